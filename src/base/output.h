// Standard output and standard error of this program.
//
// This is the one place where this program writes to them, and where what strangers said is made
// safe for a terminal (visible.h).
//
// A command prints as any program does: it waits for its reader. What runs for months (a gate, a
// server) must never do so: QueueOutput() puts an OutputQueue before each of the two. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tamtap {

// Both write Visible(text).
void WriteStandardOutput(std::string_view text);
void WriteStandardError(std::string_view text);
// What moves the cursor or has colours on purpose: written as it is. Whatever others said in it
// must have been made visible before. The first is a whole screen, which makes one that nobody has
// read yet stale.
void WriteStandardScreen(std::string_view text);
void WriteStandardErrorInColour(std::string_view text);

// From here on nothing of this waits. `gap` is the text on standard output that says how many texts
// are missing there; empty: none. Once, before other threads write.
void QueueOutput(std::function<std::string(uint64_t dropped)> gap);
// Waits until all is out, at most so long altogether.
void FlushOutput(std::chrono::milliseconds timeout);
// Texts that nobody read, on both, since the start.
uint64_t DroppedOutput();

}  // namespace tamtap

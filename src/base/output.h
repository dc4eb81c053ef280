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

// Both write Visible(text), whatever the text is.
void WriteStandardOutput(std::string_view text);
void WriteStandardError(std::string_view text);
// Write as it is what moves the cursor or has colours on purpose. Whatever others said in it must
// have been made visible before. The first writes a whole screen, and replaces one before it that
// nobody has read yet.
void WriteStandardScreen(std::string_view text);
void WriteStandardErrorInColour(std::string_view text);

// From this call on no write waits for its reader. `gap` makes the text on standard output that
// says how many texts are missing there; if that is empty, nothing is said. To be called once,
// before other threads write.
void QueueOutput(std::function<std::string(uint64_t dropped)> gap);
// Waits until all is out, but no longer than `timeout` for both together.
void FlushOutput(std::chrono::milliseconds timeout);
// How many texts nobody read, on both together, since the start.
uint64_t DroppedOutput();

}  // namespace tamtap

// Readers whose cards are lines of text: `stdin` and `script:FILE`.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "reader/reader.h"

namespace tamtap {

// One card id a line from `fd`, which stays the caller's. Each line is a tap; nothing is read ahead
// beyond one pipe-sized buffer, so that a writer who is faster than the terminal waits.
std::unique_ptr<Reader> MakeLineReader(int fd, std::string name, CardFormat format);

// A file of taps, for demonstrations and tests:
//
//   # arrivals of gate 1          a comment; blank lines mean nothing
//   04A2B3C4D5E680                at once
//   sleep 250                     wait 250 ms
//   100582761834                  then this one
//   @5000 176B3325                not before 5,000 ms after the script started
//
// The script starts with the first Next(), its times are those of `clock`, and it ends with
// kClosed. A malformed pause or time is kRejected, by its line's number; all else is a tap, of a
// card or of what is none. kMisconfigured: there is no such file.
Result<std::unique_ptr<Reader>> MakeScriptReader(const std::string& path, CardFormat format,
                                                 Clock& clock);

}  // namespace tamtap

// LineSource: lines from a descriptor, as they come. One thread at a time.
//
// A line ends with LF, CR LF or CR, or with the ETX of a serial reader; the last one may end with
// the input instead. Blank lines are skipped, and those that have control characters alone. A line
// longer than kMaxLineBytes is cut there, and its rest is read over without being kept: no input
// makes this grow.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace tamtap {

class LineSource {
 public:
  static constexpr size_t kMaxLineBytes = 1024;  // a card id has 64 at most

  // What the input ends with, without a line's end. That of a device that was unplugged is half a
  // card's number, and may be another card's.
  enum class Unfinished { kIsALine, kIsNothing };

  // Reads from `fd`, which stays the caller's. `name` is for messages: "stdin".
  LineSource(int fd, std::string name, Unfinished unfinished = Unfinished::kIsALine);
  LineSource(const LineSource&) = delete;
  LineSource& operator=(const LineSource&) = delete;

  // The next line, without its end. nullopt: none came within `timeout` (none given: waits for
  // ever). Errors: kClosed at the end of the input or when a stop was asked for, which wakes it at
  // once; kRetry when the system cannot read.
  Result<std::optional<std::string>> Next(
      std::stop_token stop, std::optional<std::chrono::milliseconds> timeout = std::nullopt);

  // Reads from another descriptor from now on, as if it had not read before.
  void ReadFrom(int fd);

  // Of the line returned last, counted from 1, blank ones too.
  uint64_t line_number() const { return line_number_; }

 private:
  enum class Wait { kReadable, kTimedOut, kStopped };
  Result<Wait> WaitForInput(const std::stop_token& stop,
                            std::optional<std::chrono::milliseconds> timeout);
  // Reads what is there. False at the end of the input.
  Result<bool> Fill();
  // The next line that is whole in the buffer.
  std::optional<std::string> TakeLine();

  int fd_;
  const std::string name_;
  const Unfinished unfinished_;
  const Descriptor wake_;  // readable when a stop was asked for
  std::string buffer_;
  size_t start_ = 0;  // of what has not been returned yet
  bool ended_ = false;
  bool skipping_ = false;  // within a line whose beginning was returned
  bool after_cr_ = false;  // a LF now belongs to the line before
  uint64_t line_number_ = 0;
};

}  // namespace tamtap

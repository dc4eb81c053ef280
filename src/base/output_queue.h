// OutputQueue: writes to one descriptor by a thread of its own, so that nobody ever waits for
// whoever reads there: a full pipe, a terminal stopped by Ctrl-S, a full disk, a reader that left.
//
// Bounded. What does not fit any more, or can't be written, is dropped and counted; the next text
// that gets through is preceded by one that says how many are missing. What is in the queue when
// the process dies is lost: say nothing here that must be known.
//
// Thread-safe; no call blocks, but for Flush.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tamtap {

struct OutputQueueOptions {
  size_t most_bytes = 4 << 20;  // waiting to be written; a text of its own may be as long
  // All three are called on the queue's thread. The text that says how many are missing; nothing
  // is said if it is empty.
  std::function<std::string(uint64_t dropped)> gap{};
  // A text gets through again after so many did not.
  std::function<void(uint64_t dropped)> resumed{};
  // Writing begins to fail, by this errno. What is merely not read is no failure.
  std::function<void(int reason)> failed{};
};

class OutputQueue {
 public:
  // Writes through a duplicate of its own, so the caller may close `descriptor` at any time: what a
  // thread left behind still writes never reaches what is opened later under that number. The
  // descriptor's flags are not changed: other programs may share it. Where no descriptor is free
  // for the duplicate, every text is dropped, and `failed` is told EMFILE.
  explicit OutputQueue(int descriptor, OutputQueueOptions options = {});
  // Drops what is left. Never waits for the reader: a thread that is inside a write is left behind.
  ~OutputQueue();
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;

  // Writes the text whole and in order, or not at all: one text is one write, if it is not very
  // long. False: it was dropped.
  bool Write(std::string_view text);
  // The same for a whole screen. It replaces the text before it, if that is a screen too which
  // nobody has read yet.
  bool WriteScreen(std::string_view text);

  // Waits until all that was written before is out, but no longer than `timeout`. False: something
  // is not out.
  bool Flush(std::chrono::milliseconds timeout);

  uint64_t dropped() const;  // since the start

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace tamtap

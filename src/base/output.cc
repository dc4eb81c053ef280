#include "base/output.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "base/log.h"
#include "base/output_queue.h"
#include "base/result.h"
#include "base/visible.h"

namespace tamtap {
namespace {

struct Queues {
  OutputQueue output;
  OutputQueue error;
};

// Never destroyed: threads may write until the process ends.
std::atomic<Queues*> queues{nullptr};

void WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads any more
    text.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

void WriteStandardOutput(std::string_view text) {
  const std::string visible = Visible(text);
  Queues* const queued = queues;
  if (queued == nullptr) return WriteAll(STDOUT_FILENO, visible);
  queued->output.Write(visible);  // dropped texts are counted there
}

void WriteStandardScreen(std::string_view text) {
  Queues* const queued = queues;
  if (queued == nullptr) return WriteAll(STDOUT_FILENO, text);
  queued->output.WriteScreen(text);
}

void WriteStandardError(std::string_view text) { WriteStandardErrorInColour(Visible(text)); }

void WriteStandardErrorInColour(std::string_view text) {
  Queues* const queued = queues;
  if (queued == nullptr) return WriteAll(STDERR_FILENO, text);
  queued->error.Write(text);
}

void QueueOutput(std::function<std::string(uint64_t dropped)> gap) {
  OutputQueueOptions output;
  output.gap = std::move(gap);
  output.resumed = [](uint64_t dropped) {
    LogWarning("standard output: {} texts were dropped, as nobody read them", dropped);
  };
  output.failed = [](int reason) {
    LogWarning("{}; taps go on being recorded",
               ErrnoError(reason, "write to standard output").Message());
  };
  OutputQueueOptions error;
  error.gap = [](uint64_t dropped) {
    return fmt::format("({} lines of this log were dropped, as nobody read them)\n", dropped);
  };
  queues = new Queues{OutputQueue(STDOUT_FILENO, std::move(output)),
                      OutputQueue(STDERR_FILENO, std::move(error))};
}

void FlushOutput(std::chrono::milliseconds timeout) {
  Queues* const queued = queues;
  if (queued == nullptr) return;
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  queued->output.Flush(timeout);
  queued->error.Flush(std::chrono::ceil<std::chrono::milliseconds>(
      std::max(deadline - std::chrono::steady_clock::now(), std::chrono::nanoseconds(0))));
}

uint64_t DroppedOutput() {
  Queues* const queued = queues;
  return queued == nullptr ? 0 : queued->output.dropped() + queued->error.dropped();
}

}  // namespace tamtap

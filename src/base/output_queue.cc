#include "base/output_queue.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <deque>
#include <thread>
#include <utility>

#include "base/descriptor.h"
#include "base/mutex.h"

namespace tamtap {
namespace {

// A pipe that polls as writable takes so many bytes without waiting.
constexpr size_t kChunkBytes = PIPE_BUF;
// How often a thread that waits for a reader looks whether it is still wanted.
constexpr int kLookMs = 200;

}  // namespace

struct OutputQueue::State {
  struct Text {
    std::string bytes;
    bool screen = false;
    uint64_t dropped_before = 0;  // right before this one
  };

  State(int shared, OutputQueueOptions options_given)
      : descriptor(fcntl(shared, F_DUPFD_CLOEXEC, 0)),
        no_descriptor(descriptor ? 0 : errno),
        options(std::move(options_given)) {}

  bool Add(std::string_view bytes, bool screen) EXCLUDES(mutex);
  void Run() EXCLUDES(mutex);
  // 0, or why it could not be written.
  int Put(std::string_view bytes, bool& begun) EXCLUDES(mutex);
  bool WaitForReader() EXCLUDES(mutex);
  bool Ended() EXCLUDES(mutex) {
    MutexLock lock(mutex);
    return ended;
  }

  const Descriptor descriptor;  // ours, if one could be had
  const int no_descriptor;      // why not
  const OutputQueueOptions options;
  Mutex mutex;
  CondVar changed;
  std::deque<Text> waiting GUARDED_BY(mutex);
  size_t waiting_bytes GUARDED_BY(mutex) = 0;
  bool writing GUARDED_BY(mutex) = false;
  bool ended GUARDED_BY(mutex) = false;
  uint64_t dropped GUARDED_BY(mutex) = 0;
  uint64_t dropped_last GUARDED_BY(mutex) = 0;  // behind the last text that waits
};

bool OutputQueue::State::Add(std::string_view bytes, bool screen) {
  MutexLock lock(mutex);
  if (screen && !waiting.empty() && waiting.back().screen) {
    waiting_bytes -= waiting.back().bytes.size();
    waiting_bytes += bytes.size();
    waiting.back().bytes = bytes;
    return true;
  }
  if (waiting_bytes + bytes.size() > options.most_bytes) {
    ++dropped;
    ++dropped_last;
    return false;
  }
  waiting.push_back({std::string(bytes), screen, std::exchange(dropped_last, 0)});
  waiting_bytes += bytes.size();
  changed.NotifyAll();
  return true;
}

// False when nobody wants the rest any more.
bool OutputQueue::State::WaitForReader() {
  while (true) {
    pollfd watched{descriptor.get(), POLLOUT, 0};
    const int found = poll(&watched, 1, kLookMs);
    if (found > 0) return true;  // an error too: the write will say which
    if (found < 0 && errno != EINTR && errno != ENOMEM) return true;
    if (Ended()) return false;
  }
}

int OutputQueue::State::Put(std::string_view bytes, bool& begun) {
  if (!descriptor) return no_descriptor;
  while (!bytes.empty()) {
    if (!WaitForReader()) return ECANCELED;
    const ssize_t written =
        write(descriptor.get(), bytes.data(), std::min(bytes.size(), kChunkBytes));
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    begun = true;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

void OutputQueue::State::Run() {
  uint64_t untold = 0;    // dropped, and nobody has been told
  bool mid_line = false;  // a write failed half-way
  int failing = 0;
  while (true) {
    Text text;
    {
      MutexLock lock(mutex);
      writing = false;
      changed.NotifyAll();
      while (waiting.empty() && !ended) changed.Wait(mutex);
      if (ended) return;
      text = std::move(waiting.front());
      waiting.pop_front();
      waiting_bytes -= text.bytes.size();
      writing = true;
    }
    untold += text.dropped_before;
    std::string before = mid_line ? "\n" : "";
    if (untold > 0 && options.gap) before += options.gap(untold);
    bool begun = false;
    int reason = Put(before, begun);
    if (reason == 0) reason = Put(text.bytes, begun);
    if (reason == 0) {
      if (untold > 0 && options.resumed) options.resumed(untold);
      untold = 0;
      mid_line = false;
      failing = 0;
      continue;
    }
    if (reason != failing && reason != ECANCELED && options.failed) options.failed(reason);
    failing = reason;
    mid_line |= begun;
    ++untold;
    MutexLock lock(mutex);
    ++dropped;
  }
}

OutputQueue::OutputQueue(int descriptor, OutputQueueOptions options)
    : state_(std::make_shared<State>(descriptor, std::move(options))) {
  // It may be inside a write for ever, so nobody ever waits for it; it shares what it needs.
  std::thread([state = state_] { state->Run(); }).detach();
}

OutputQueue::~OutputQueue() {
  MutexLock lock(state_->mutex);
  state_->ended = true;
  state_->changed.NotifyAll();
}

bool OutputQueue::Write(std::string_view text) { return state_->Add(text, false); }
bool OutputQueue::WriteScreen(std::string_view text) { return state_->Add(text, true); }

bool OutputQueue::Flush(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  MutexLock lock(state_->mutex);
  while (!state_->waiting.empty() || state_->writing) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) return false;
    state_->changed.WaitFor(state_->mutex, left);
  }
  return true;
}

uint64_t OutputQueue::dropped() const {
  MutexLock lock(state_->mutex);
  return state_->dropped;
}

}  // namespace tamtap

#include "reader/line_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "base/check.h"

namespace tamtap {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // some editors start a file with it

constexpr std::string_view kLineEnds = "\n\r\x03";

bool IsBlank(std::string_view line) {
  return std::all_of(line.begin(), line.end(),
                     [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; });
}

// Never as descriptor 0 to 2, which a program started without standard input has free: it would
// then be waited for as if it were the input.
Descriptor EventBehindStandardStreams() {
  const Descriptor lowest(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return Descriptor(fcntl(lowest.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

}  // namespace

LineSource::LineSource(int fd, std::string name, Unfinished unfinished)
    : fd_(fd),
      name_(std::move(name)),
      unfinished_(unfinished),
      wake_(EventBehindStandardStreams()) {
  CHECK(wake_);  // at start, before anything can have used up the descriptors
}

void LineSource::ReadFrom(int fd) {
  fd_ = fd;
  buffer_.clear();
  start_ = 0;
  ended_ = skipping_ = after_cr_ = false;
  line_number_ = 0;
}

Result<std::optional<std::string>> LineSource::Next(
    std::stop_token stop, std::optional<std::chrono::milliseconds> timeout) {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + timeout.value_or(std::chrono::milliseconds(0));
  while (true) {
    if (stop.stop_requested()) return Error{ErrorCode::kClosed, name_ + " was stopped", 0, ""};
    if (auto line = TakeLine()) {
      if (IsBlank(*line)) continue;
      return line;
    }
    if (ended_) return Error{ErrorCode::kClosed, "the end of " + name_, 0, ""};
    std::optional<std::chrono::milliseconds> left;
    if (timeout) {
      left = std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()),
                      std::chrono::milliseconds(0));
    }
    TAMTAP_TRY(const Wait wait, WaitForInput(stop, left));
    if (wait == Wait::kTimedOut) return std::optional<std::string>();
    if (wait == Wait::kStopped) continue;
    TAMTAP_TRY(const bool more, Fill());
    ended_ = !more;
  }
}

Result<LineSource::Wait> LineSource::WaitForInput(
    const std::stop_token& stop, std::optional<std::chrono::milliseconds> timeout) {
  const std::stop_callback wake(stop, [this] {
    const uint64_t one = 1;
    // Only a full counter can refuse this, and a full counter wakes as well.
    [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);
  });
  std::array<pollfd, 2> watched{{{fd_, POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
  const int milliseconds =
      timeout ? static_cast<int>(std::min<int64_t>(timeout->count(), 1'000'000'000)) : -1;
  if (poll(watched.data(), watched.size(), milliseconds) < 0) {
    const int reason = errno;
    if (reason == EINTR) return Wait::kStopped;  // the caller looks again at everything
    return ErrnoError(reason, "wait for " + name_);
  }
  if (watched[1].revents != 0) {
    uint64_t count = 0;  // emptied, so that the next stop token starts afresh
    [[maybe_unused]] const ssize_t got = read(wake_.get(), &count, sizeof count);
    return Wait::kStopped;
  }
  return watched[0].revents != 0 ? Wait::kReadable : Wait::kTimedOut;
}

Result<bool> LineSource::Fill() {
  buffer_.erase(0, start_);
  start_ = 0;
  std::array<char, 16384> chunk;
  const ssize_t got = read(fd_, chunk.data(), chunk.size());
  if (got < 0) {
    const int reason = errno;
    if (reason == EINTR || reason == EAGAIN) return true;
    // A program started without standard input, and a terminal whose session is over.
    if (reason == EBADF || (reason == EIO && isatty(fd_) == 1)) return false;
    return ErrnoError(reason, "read " + name_);
  }
  buffer_.append(chunk.data(), static_cast<size_t>(got));
  return got > 0;
}

std::optional<std::string> LineSource::TakeLine() {
  while (true) {
    if (after_cr_ && start_ < buffer_.size()) {
      if (buffer_[start_] == '\n') ++start_;
      after_cr_ = false;
    }
    const size_t end = buffer_.find_first_of(kLineEnds, start_);
    const bool whole = end != std::string::npos;
    std::string_view line = std::string_view(buffer_).substr(start_);
    if (whole) line = line.substr(0, end - start_);
    const bool is_long = line.size() > kMaxLineBytes;
    if (!whole && !ended_ && !is_long && !skipping_) return std::nullopt;
    if (!whole && line.empty()) return std::nullopt;
    if (!whole && ended_ && unfinished_ == Unfinished::kIsNothing) return std::nullopt;

    start_ = whole ? end + 1 : buffer_.size();
    after_cr_ = whole && buffer_[end] == '\r';
    if (std::exchange(skipping_, !whole && !ended_)) continue;  // the rest of a long line
    ++line_number_;
    if (line_number_ == 1 && line.starts_with(kByteOrderMark)) {
      line.remove_prefix(kByteOrderMark.size());
    }
    return std::string(line.substr(0, kMaxLineBytes));
  }
}

}  // namespace tamtap

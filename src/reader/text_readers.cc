#include "reader/text_readers.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "base/descriptor.h"
#include "base/text.h"
#include "device/pause.h"
#include "reader/line_source.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kLongestPauseMs = 24 * 60 * 60 * 1000;

class LineReader final : public Reader {
 public:
  LineReader(int fd, std::string name, CardFormat format)
      : name_(std::move(name)), format_(format), lines_(fd, name_) {}

  Result<PresentedCard> Next(std::stop_token stop) override {
    TAMTAP_TRY(const std::optional<std::string> line, lines_.Next(std::move(stop)));
    return PresentedCard::Text(*line, format_);  // without a time-out there is a line
  }
  std::string Describe() const override { return name_; }

 private:
  const std::string name_;
  const CardFormat format_;
  LineSource lines_;
};

std::string_view Trim(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Takes a whole number of milliseconds off the front of `text`, and the blanks behind it.
std::optional<milliseconds> TakeMilliseconds(std::string_view& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > kLongestPauseMs) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (!text.empty() && Trim(text).size() == text.size()) return std::nullopt;  // "12abc"
  text = Trim(text);
  return milliseconds(number);
}

class ScriptReader final : public Reader {
 public:
  ScriptReader(Descriptor fd, std::string path, CardFormat format, Clock& clock)
      : fd_(std::move(fd)),
        path_(std::move(path)),
        format_(format),
        clock_(clock),
        lines_(fd_.get(), path_) {}

  Result<PresentedCard> Next(std::stop_token stop) override {
    if (!started_) started_ = clock_.MonotonicNow();
    while (true) {
      TAMTAP_TRY(const std::optional<std::string> line, lines_.Next(stop));
      std::string_view text = Trim(std::string_view(*line).substr(0, line->find('#')));
      if (text.empty()) continue;
      if (text == "sleep" || text.starts_with("sleep ")) {
        text = Trim(text.substr(5));
        const auto pause = TakeMilliseconds(text);
        if (!pause || !text.empty()) return Malformed(*line);
        TAMTAP_RETURN_IF_ERROR(SleepUntil(clock_.MonotonicNow() + *pause, stop));
        continue;
      }
      if (text.starts_with('@')) {
        text.remove_prefix(1);
        const auto offset = TakeMilliseconds(text);
        if (!offset || text.empty()) return Malformed(*line);
        TAMTAP_RETURN_IF_ERROR(SleepUntil(*started_ + *offset, stop));
      }
      return PresentedCard::Text(text, format_);
    }
  }
  std::string Describe() const override { return "script:" + path_; }

 private:
  Error Malformed(std::string_view line) const {
    return {ErrorCode::kRejected,
            fmt::format("{} line {}: '{}'", path_, lines_.line_number(), Shortened(line, 64)), 0,
            "write CARD, @MILLISECONDS CARD, sleep MILLISECONDS or # a comment"};
  }

  Result<> SleepUntil(MonotonicTime due, const std::stop_token& stop) {
    while (true) {
      if (stop.stop_requested()) return Error{ErrorCode::kClosed, path_ + " was stopped", 0, ""};
      const auto left = due - clock_.MonotonicNow();
      if (left <= left.zero()) return {};
      clock_.SleepFor(std::min<std::chrono::microseconds>(left, kStopCheck));
    }
  }

  const Descriptor fd_;
  const std::string path_;
  const CardFormat format_;
  Clock& clock_;
  LineSource lines_;
  std::optional<MonotonicTime> started_;
};

}  // namespace

std::unique_ptr<Reader> MakeLineReader(int fd, std::string name, CardFormat format) {
  return std::make_unique<LineReader>(fd, std::move(name), format);
}

Result<std::unique_ptr<Reader>> MakeScriptReader(const std::string& path, CardFormat format,
                                                 Clock& clock) {
  Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const int reason = errno;
  if (!fd) {
    Error error = ErrnoError(reason, "open the script " + path);
    error.code = ErrorCode::kMisconfigured;
    return error;
  }
  struct stat status {};
  if (fstat(fd.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return Error{ErrorCode::kMisconfigured, "open the script " + path, EISDIR, "name a file"};
  }
  return std::unique_ptr<Reader>(
      std::make_unique<ScriptReader>(std::move(fd), path, format, clock));
}

}  // namespace tamtap

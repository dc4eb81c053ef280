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
#include "reader/line_source.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

// A pause is slept in pieces of this length, so that a stop is not kept waiting.
constexpr milliseconds kStopCheck{50};
constexpr int64_t kLongestPauseMs = 24 * 60 * 60 * 1000;

Error AtLine(Error error, std::string_view source, uint64_t line) {
  error.operation = fmt::format("{} line {}: {}", source, line, error.operation);
  return error;
}

class LineReader final : public Reader {
 public:
  LineReader(int fd, std::string name) : name_(std::move(name)), lines_(fd, name_) {}

  Result<CardId> Next(std::stop_token stop) override {
    TAMTAP_TRY(const std::optional<std::string> line, lines_.Next(std::move(stop)));
    auto card = CardId::Parse(*line);  // without a time-out there is a line
    if (!card) return AtLine(std::move(card).error(), name_, lines_.line_number());
    return card;
  }
  std::string Describe() const override { return name_; }

 private:
  const std::string name_;
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
  ScriptReader(Descriptor fd, std::string path, Clock& clock)
      : fd_(std::move(fd)), path_(std::move(path)), clock_(clock), lines_(fd_.get(), path_) {}

  Result<CardId> Next(std::stop_token stop) override {
    if (!started_) started_ = clock_.MonotonicNow();
    while (true) {
      TAMTAP_TRY(const std::optional<std::string> line, lines_.Next(stop));
      std::string_view text = Trim(std::string_view(*line).substr(0, line->find('#')));
      if (text.empty()) continue;
      if (text.starts_with("sleep ")) {
        text = Trim(text.substr(6));
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
      auto card = CardId::Parse(text);
      if (!card) return AtLine(std::move(card).error(), path_, lines_.line_number());
      return card;
    }
  }
  std::string Describe() const override { return "script:" + path_; }

 private:
  Error Malformed(std::string_view line) const {
    return AtLine(Error{ErrorCode::kRejected, fmt::format("'{}'", Shortened(line, 64)), 0,
                        "write CARD, @MILLISECONDS CARD, sleep MILLISECONDS or # a comment"},
                  path_, lines_.line_number());
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
  Clock& clock_;
  LineSource lines_;
  std::optional<MonotonicTime> started_;
};

}  // namespace

std::unique_ptr<Reader> MakeLineReader(int fd, std::string name) {
  return std::make_unique<LineReader>(fd, std::move(name));
}

Result<std::unique_ptr<Reader>> MakeScriptReader(const std::string& path, Clock& clock) {
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
  return std::unique_ptr<Reader>(std::make_unique<ScriptReader>(std::move(fd), path, clock));
}

}  // namespace tamtap

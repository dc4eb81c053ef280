#include "base/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>

#include "base/output.h"
#include "base/service_manager.h"
#include "base/visible.h"

namespace tamtap {
namespace {

void (*log_receiver)(LogLevel level, std::string_view message) = nullptr;

// One line, one write, to standard error or the queue before it.
class StandardErrorSink final : public spdlog::sinks::base_sink<std::mutex> {
 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (journal_) return WriteToJournal(message);
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    const std::string_view text(line.data(), line.size());
    if (!colours_ || message.color_range_end <= message.color_range_start) {
      return WriteStandardErrorInColour(text);
    }
    const size_t begin = message.color_range_start;
    const size_t end = message.color_range_end;
    WriteStandardErrorInColour(fmt::format("{}{}{}\033[0m{}", text.substr(0, begin),
                                           Colour(message.level), text.substr(begin, end - begin),
                                           text.substr(end)));
  }
  void flush_() override {}

  // It has times of its own, and shows by the priority what matters (journalctl -p warning).
  static void WriteToJournal(const spdlog::details::log_msg& message) {
    const std::string_view text(message.payload.data(), message.payload.size());
    WriteStandardErrorInColour(fmt::format("<{}>{}\n", Priority(message.level), text));
  }

  // As syslog(3) numbers them.
  static int Priority(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::err:
        return 3;
      case spdlog::level::warn:
        return 4;
      case spdlog::level::info:
        return 6;
      default:
        return 7;
    }
  }

  static std::string_view Colour(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::err:
        return "\033[1;31m";
      case spdlog::level::warn:
        return "\033[1;33m";
      case spdlog::level::info:
        return "\033[32m";
      default:
        return "\033[36m";
    }
  }

  const bool journal_ = StandardErrorIsJournal();
  const bool colours_ = isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
};

spdlog::logger& Logger() {
  // Never destroyed: a thread that is left behind at the end may log.
  static const auto& logger = *new std::shared_ptr<spdlog::logger>([] {
    auto created =
        std::make_shared<spdlog::logger>("tamtap", std::make_shared<StandardErrorSink>());
    created->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
    return created;
  }());
  return *logger;
}

}  // namespace

Result<> SetLogLevel(std::string_view level) {
  if (level == "debug") {
    Logger().set_level(spdlog::level::debug);
  } else if (level == "info") {
    Logger().set_level(spdlog::level::info);
  } else if (level == "warning") {
    Logger().set_level(spdlog::level::warn);
  } else if (level == "error") {
    Logger().set_level(spdlog::level::err);
  } else if (level == "off") {
    Logger().set_level(spdlog::level::off);
  } else {
    return Error{ErrorCode::kMisconfigured, fmt::format("log level '{}'", level), 0,
                 "use debug, info, warning, error or off"};
  }
  return {};
}

void SendLogTo(void (*receiver)(LogLevel level, std::string_view message)) {
  log_receiver = receiver;
}

void LogFailure(std::string_view what, const std::exception& error) noexcept {
  try {
    LogError("{} failed: {}", what, error.what());
  } catch (const std::exception&) {  // too little memory to say that there is too little memory
  }
}

void LogLine(LogLevel level, std::string_view message) {
  if (log_receiver != nullptr) return log_receiver(level, message);
  static constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                          spdlog::level::warn, spdlog::level::err};
  Logger().log(kLevels[static_cast<int>(level)], VisibleLine(message));
}

}  // namespace tamtap

// Logging to stderr through spdlog, behind a header that does not pull it in. One event a line:
// control characters in a message are escaped, so that no input can forge a line. Where standard
// error is systemd's journal, a line begins with its priority and has no time of its own.
// Thread-safe.
#pragma once

#include <fmt/core.h>

#include <exception>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace tamtap {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// "debug" | "info" | "warning" | "error".
Result<> SetLogLevel(std::string_view level);
void LogLine(LogLevel level, std::string_view message);
// Sends what is logged here to `receiver` instead, whatever its level. It is for modules, whose
// messages the program writes, and must be called before anything is logged.
void SendLogTo(void (*receiver)(LogLevel level, std::string_view message));
// For whoever catches an exception and goes on: says that `what` failed, if there is memory for it.
void LogFailure(std::string_view what, const std::exception& error) noexcept;

template <typename... Args>
void LogDebug(fmt::format_string<Args...> format, Args&&... args) {
  LogLine(LogLevel::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void LogInfo(fmt::format_string<Args...> format, Args&&... args) {
  LogLine(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void LogWarning(fmt::format_string<Args...> format, Args&&... args) {
  LogLine(LogLevel::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void LogError(fmt::format_string<Args...> format, Args&&... args) {
  LogLine(LogLevel::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace tamtap

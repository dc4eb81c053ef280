// What the service manager (systemd) that started this process is told of it, as sd_notify(3)
// describes: a datagram of lines to the socket that NOTIFY_SOCKET names. Without such a socket
// every call does nothing. libsystemd is not used: it and the four libraries for compression and
// secrets that it brings would be loaded at every start of a gate, for one datagram whose form is
// documented and stable.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

class ServiceManager {
 public:
  // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
  static ServiceManager FromEnvironment();

  // Half the time after which the manager takes a process for hung that did not say that it is
  // alive. Nothing: it does not watch.
  const std::optional<std::chrono::milliseconds>& watchdog() const { return watchdog_; }

  // The start is over. `status` is one line for people.
  Result<> Ready(std::string_view status) const;
  Result<> Alive(std::string_view status) const;
  Result<> Stopping() const;

 private:
  Result<> Tell(const std::string& lines) const;

  std::string socket_;  // empty: nobody asked
  std::optional<std::chrono::milliseconds> watchdog_;
};

// Whether standard error leads to systemd's journal, as JOURNAL_STREAM says. Lines there may begin
// with a priority, "<4>", and need no time of their own.
bool StandardErrorIsJournal();

}  // namespace tamtap

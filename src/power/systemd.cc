#include "power/systemd.h"

#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "power/child.h"

namespace tamtap {
namespace {

constexpr std::chrono::seconds kSystemdPatience{15};

Result<> Ask(std::vector<std::string> words, const std::string& what, const std::stop_token& stop,
             Clock& clock) {
  words.insert(words.begin(), {"systemctl", "--no-ask-password", "--quiet"});
  TAMTAP_TRY(const int status, RunToEnd(words, kSystemdPatience, stop, clock));
  if (status == 0) return {};
  return Error{
      ErrorCode::kDenied, fmt::format("{}: systemctl ended with {}", what, status), 0,
      "polkit must allow it to this user: apt-get install polkitd, which finds the package's "
      "rule 50-tamtap.rules; `journalctl -u polkit` says what was refused"};
}

}  // namespace

Result<> AskForUnit(ButtonAction action, const std::string& unit, const std::stop_token& stop,
                    Clock& clock) {
  const std::string verb(ToString(action));
  return Ask({"--no-block", verb, unit}, fmt::format("ask systemd to {} {}", verb, unit), stop,
             clock);
}

Result<> AskForPowerOff(Clock& clock) {
  return Ask({"--no-wall", "poweroff"}, "ask systemd to switch the machine off", {}, clock);
}

std::string UnitOfGate() {
  // The link that `systemctl enable` makes, by the unit's WantedBy.
  std::error_code failed;
  const auto kind = std::filesystem::symlink_status(
      "/etc/systemd/system/multi-user.target.wants/tamtap.service", failed);
  return kind.type() == std::filesystem::file_type::symlink ? "tamtap.service"
                                                            : "tamtap-gate.service";
}

std::string UnitOf(std::string_view cgroup) {
  constexpr std::string_view kService = ".service";
  const size_t end = cgroup.find(kService);
  if (end == std::string_view::npos) return {};
  const size_t begin = cgroup.rfind('/', end);
  if (begin == std::string_view::npos) return {};
  return std::string(cgroup.substr(begin + 1, end + kService.size() - begin - 1));
}

std::string OwnUnit() {
  if (std::getenv("INVOCATION_ID") == nullptr) return {};
  std::ostringstream cgroup;
  cgroup << std::ifstream("/proc/self/cgroup").rdbuf();
  return UnitOf(cgroup.str());
}

}  // namespace tamtap

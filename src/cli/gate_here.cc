#include "cli/gate_here.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "base/disk.h"

namespace tamtap::cli {
namespace {

// Whether somebody holds a lock of flock(2) on the file: the kernel lists each as
// "1: FLOCK  ADVISORY  WRITE 1234 08:02:131074 0 EOF". The device is left out of it: file systems
// of several volumes show another one there than stat(2) does.
bool IsLocked(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return false;
  const std::string ending = fmt::format(":{}", file.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number;
    std::string kind;
    std::string advisory;
    std::string access;
    std::string process;
    std::string place;
    words >> number >> kind >> advisory >> access >> process >> place;
    if (kind == "FLOCK" && place.ends_with(ending)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> GateHere(const Settings& settings) {
  const std::string path = JoinPath(settings.JournalDirectory(), "lock");
  if (!IsLocked(path)) return std::nullopt;
  std::ifstream file(path);
  std::string holder;
  std::getline(file, holder);
  return holder.empty() ? "another process" : holder;
}

Result<> CheckNoGateHere(const Settings& settings) {
  const auto gate = GateHere(settings);
  if (!gate) return {};
  return Error{
      ErrorCode::kMisconfigured,
      fmt::format("try the devices of {}: its gate runs as {} and has them", settings.data, *gate),
      0, "stop the gate first (`systemctl stop tamtap-gate`), and start it again after"};
}

}  // namespace tamtap::cli

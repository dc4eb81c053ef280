#include "cli/setup_devices.h"

#include <algorithm>
#include <filesystem>

namespace tamtap::cli {
namespace {

namespace fs = std::filesystem;

// The names in a directory that begin so, sorted. A directory that is missing has none.
std::vector<std::string> NamesThere(const std::string& directory, std::string_view beginning) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator each(directory, failed), end; !failed && each != end;
       each.increment(failed)) {
    std::string name = each->path().filename().string();
    if (name.starts_with(beginning)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool IsThere(const std::string& path) {
  std::error_code failed;
  return fs::exists(path, failed);
}

}  // namespace

std::vector<FoundDevice> ProposedReaders(const std::string& root) {
  std::vector<FoundDevice> found;
  if (IsThere(root + "/run/pcscd/pcscd.comm")) {
    found.push_back({"pcsc", "a PC/SC reader, by pcscd"});
  }
  for (const std::string& name : NamesThere(root + "/dev", "spidev")) {
    found.push_back({"rc522:/dev/" + name + ",reset=25", "an RC522 module on SPI"});
  }
  // These names stay the same, whatever is plugged in first.
  for (const std::string& name : NamesThere(root + "/dev/serial/by-id", "")) {
    found.push_back({"serial:/dev/serial/by-id/" + name, "a serial reader"});
  }
  for (const std::string& name : NamesThere(root + "/dev/input/by-id", "")) {
    if (!name.ends_with("-event-kbd")) continue;
    found.push_back({"evdev:/dev/input/by-id/" + name, "a reader that types, or a keyboard"});
  }
  return found;
}

std::vector<FoundDevice> ProposedPanels(const std::string& root) {
  std::vector<FoundDevice> found;
  for (const std::string& name : NamesThere(root + "/dev", "i2c-")) {
    found.push_back({"lcd:/dev/" + name + ",0x27", "a display on I2C"});
  }
  return found;
}

}  // namespace tamtap::cli

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "reader/evdev_reader.h"
#include "reader/pcsc_reader.h"
#include "reader/reader.h"

namespace tamtap {
namespace {

// Paths in the directory whose names begin like one of these.
std::vector<std::string> FilesIn(const char* directory,
                                 std::initializer_list<std::string_view> beginnings) {
  std::vector<std::string> found;
  std::error_code failed;
  const std::filesystem::directory_iterator none;
  for (std::filesystem::directory_iterator at(directory, failed); !failed && at != none;
       at.increment(failed)) {
    const std::string name = at->path().filename();
    const bool wanted =
        std::any_of(beginnings.begin(), beginnings.end(),
                    [&name](std::string_view each) { return name.starts_with(each); });
    if (wanted) found.push_back(at->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::vector<std::string> FindReaders() {
  std::vector<std::string> found;
  for (const std::string& device : FilesIn("/dev", {"spidev"})) {
    found.push_back(fmt::format("rc522:{} (if a board is wired there)", device));
  }
  // Names that stay when it is plugged in elsewhere, where there are any.
  auto lines = FilesIn("/dev/serial/by-id", {""});
  if (lines.empty()) lines = FilesIn("/dev", {"ttyUSB", "ttyACM"});
  for (const std::string& device : lines) found.push_back("serial:" + device);
  for (const std::string& name : KeyboardNames()) found.push_back("evdev:" + name);
  if (const auto names = PcscReaderNames()) {
    for (const std::string& name : *names) found.push_back("pcsc:" + name);
  }
  return found;
}

}  // namespace tamtap

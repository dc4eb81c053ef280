// A directory of a test's own, or of a simulation's, removed when it ends.
#pragma once

#include <filesystem>
#include <string>

#include "base/random.h"

namespace tamtap {

class TestDirectory {
 public:
  explicit TestDirectory(
      const std::filesystem::path& parent = std::filesystem::temp_directory_path())
      : path_(parent / ("tamtap-" + SystemRandom().Hex(8))) {
    std::filesystem::create_directories(path_);
  }
  ~TestDirectory() {
    std::error_code ignored;  // a test that leaves a mount behind fails by itself
    std::filesystem::remove_all(path_, ignored);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  std::string path() const { return path_.string(); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace tamtap

#include "camera/files_camera.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include "base/disk.h"

namespace tamtap {
namespace {

constexpr uint64_t kLargestPicture = 32 << 20;  // bytes; more than any camera's JPEG

bool IsPicture(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  std::string ending(name.substr(dot));
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png";
}

class FilesCamera final : public Camera {
 public:
  explicit FilesCamera(std::string directory) : directory_(std::move(directory)) {}

  Result<> List() {
    auto names = PosixDisk().List(directory_);
    if (!names) {
      Error error = std::move(names).error();
      error.code = ErrorCode::kMisconfigured;
      return error;
    }
    names_.clear();
    next_ = 0;
    std::copy_if(names->begin(), names->end(), std::back_inserter(names_), IsPicture);
    if (names_.empty()) return Empty();
    return {};
  }

  Result<Frame> Grab(MonotonicTime /*from*/, MonotonicTime /*until*/,
                     LateCamera /*late*/) override {
    // Twice: the rest of this round, and a whole new one.
    for (int round = 0; round < 2; ++round) {
      while (next_ < names_.size()) {
        const std::string path = JoinPath(directory_, names_[next_++]);
        auto encoded = Read(path);
        if (encoded) return Frame{std::move(*encoded)};
        if (encoded.error().errno_value == ENOENT) continue;
        Error error = std::move(encoded).error();
        error.code = ErrorCode::kRetry;  // the next one may be fine
        return error;
      }
      TAMTAP_RETURN_IF_ERROR(List());
    }
    return Empty();  // all of them vanished between listing and reading
  }

  void Want(bool /*wanted*/) override {}
  std::string Describe() const override { return "files:" + directory_; }

 private:
  Error Empty() const {
    return Error{ErrorCode::kMisconfigured, fmt::format("camera directory {}", directory_), 0,
                 "it has no .jpg, .jpeg or .png file"};
  }

  static Result<std::string> Read(const std::string& path) {
    TAMTAP_TRY(const std::unique_ptr<File> file, PosixDisk().Open(path, OpenMode::kRead));
    TAMTAP_TRY(const uint64_t size, file->Size());
    if (size == 0 || size > kLargestPicture) {
      return Error{ErrorCode::kRetry, fmt::format("read the picture {} of {} bytes", path, size), 0,
                   "pictures have 1 byte to 32 MiB"};
    }
    std::string content(size, '\0');
    TAMTAP_TRY(const size_t got, file->ReadAt(0, content));
    content.resize(got);
    return content;
  }

  const std::string directory_;
  std::vector<std::string> names_;  // of this round
  size_t next_ = 0;
};

}  // namespace

Result<std::unique_ptr<Camera>> MakeFilesCamera(const std::string& directory) {
  auto camera = std::make_unique<FilesCamera>(directory);
  TAMTAP_RETURN_IF_ERROR(camera->List());
  return std::unique_ptr<Camera>(std::move(camera));
}

}  // namespace tamtap

#include "base/replaced_file.h"

namespace tamtap {
namespace {

constexpr size_t kBufferBytes = 64 << 10;

std::string Temporary(const std::string& path) { return path + ".new"; }

}  // namespace

Result<ReplacedFile> ReplacedFile::Begin(Disk& disk, const std::string& path) {
  TAMTAP_RETURN_IF_ERROR(RemoveIfThere(disk, Temporary(path)));
  TAMTAP_TRY(auto file, disk.Open(Temporary(path), OpenMode::kCreateReadWrite));
  return ReplacedFile(disk, path, std::move(file));
}

Result<> ReplacedFile::Append(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? Result<>() : Write();
}

Result<> ReplacedFile::Write() {
  TAMTAP_RETURN_IF_ERROR(file_->WriteAt(written_, buffer_));
  written_ += buffer_.size();
  buffer_.clear();
  return {};
}

Result<> ReplacedFile::Finish() {
  TAMTAP_RETURN_IF_ERROR(Write());
  TAMTAP_RETURN_IF_ERROR(file_->DataSync());
  file_.reset();
  TAMTAP_RETURN_IF_ERROR(disk_->Rename(Temporary(path_), path_));
  return disk_->SyncDirectory(ParentDirectory(path_));
}

}  // namespace tamtap

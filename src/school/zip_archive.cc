#include "school/zip_archive.h"

#include <fmt/core.h>
#include <unzip.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "school/table_rows.h"

namespace tamtap {
namespace {

constexpr size_t kPieceBytes = 64 << 10;
constexpr int kCaseMatters = 1;

Error Damaged(std::string_view what) {
  return NoTable(fmt::format("it is a damaged workbook ({})", what),
                 "open it in the spreadsheet and save it again");
}

}  // namespace

void ZipArchive::Closer::operator()(void* archive) const { unzClose(archive); }

Result<ZipArchive> ZipArchive::Open(std::string_view bytes) {
  ZipArchive zip;
  zip.source_ = std::make_unique<Source>(Source{bytes});
  zlib_filefunc64_def from_memory{};
  from_memory.opaque = zip.source_.get();
  // There is one file, which is open already.
  from_memory.zopen64_file = [](void* opaque, const void*, int) { return opaque; };
  from_memory.zread_file = [](void*, void* stream, void* buffer, uLong size) -> uLong {
    Source& source = *static_cast<Source*>(stream);
    const size_t taken = std::min<size_t>(size, source.bytes.size() - source.at);
    std::memcpy(buffer, source.bytes.data() + source.at, taken);
    source.at += taken;
    return taken;
  };
  from_memory.zwrite_file = [](void*, void*, const void*, uLong) -> uLong { return 0; };
  from_memory.ztell64_file = [](void*, void* stream) -> ZPOS64_T {
    return static_cast<Source*>(stream)->at;
  };
  from_memory.zseek64_file = [](void*, void* stream, ZPOS64_T offset, int origin) -> long {
    Source& source = *static_cast<Source*>(stream);
    const ZPOS64_T from = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                          : origin == ZLIB_FILEFUNC_SEEK_CUR ? source.at
                                                             : source.bytes.size();
    if (offset > source.bytes.size() - from) return -1;
    source.at = from + offset;
    return 0;
  };
  from_memory.zclose_file = [](void*, void*) { return 0; };
  from_memory.zerror_file = [](void*, void*) { return 0; };
  zip.archive_.reset(unzOpen2_64("", &from_memory));
  if (!zip.archive_) return Damaged("it has no list of contents");
  return zip;
}

bool ZipArchive::Has(std::string_view name) {
  return unzLocateFile(archive_.get(), std::string(name).c_str(), kCaseMatters) == UNZ_OK;
}

Result<std::string> ZipArchive::Read(std::string_view name, size_t most_bytes) {
  if (!Has(name)) return Damaged(fmt::format("{} is missing", name));
  if (unzOpenCurrentFile(archive_.get()) != UNZ_OK) return Damaged(fmt::format("{}", name));
  const size_t most = std::min(most_bytes, left_);
  std::string unpacked;
  int got = 0;
  do {
    const size_t before = unpacked.size();
    unpacked.resize(before + kPieceBytes);
    got = unzReadCurrentFile(archive_.get(), unpacked.data() + before, kPieceBytes);
    unpacked.resize(before + static_cast<size_t>(std::max(got, 0)));
  } while (got > 0 && unpacked.size() <= most);
  const int closed = unzCloseCurrentFile(archive_.get());  // also says whether the checksum fits
  if (unpacked.size() > most) {
    return NoTable(fmt::format("unpacked, {} in it has more than {} MB", name, most >> 20),
                   "save what is needed of it as \"CSV UTF-8\"");
  }
  if (got < 0 || closed != UNZ_OK) return Damaged(fmt::format("{}", name));
  left_ -= unpacked.size();
  return unpacked;
}

}  // namespace tamtap

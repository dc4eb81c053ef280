#include "base/zip_writer.h"

#include "base/crc32.h"

namespace tamtap {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kCentralHeader = 0x02014b50;
constexpr uint32_t kEnd = 0x06054b50;
constexpr uint16_t kVersion = 20;
constexpr uint16_t kNamesAreUtf8 = 0x0800;
constexpr uint16_t kFirstDay = (1 << 5) | 1;  // 1980-01-01: the same content is the same archive
constexpr uint64_t kMostBytes = UINT32_MAX;
constexpr size_t kMostEntries = UINT16_MAX;

void Put16(std::string& bytes, uint32_t value) {
  bytes += static_cast<char>(value & 0xFF);
  bytes += static_cast<char>((value >> 8) & 0xFF);
}

void Put32(std::string& bytes, uint64_t value) {
  Put16(bytes, static_cast<uint32_t>(value & 0xFFFF));
  Put16(bytes, static_cast<uint32_t>((value >> 16) & 0xFFFF));
}

// What both headers of a file say: flags, method, time, day, sums and lengths.
void PutFacts(std::string& bytes, uint32_t crc, uint32_t size, size_t name) {
  Put16(bytes, kNamesAreUtf8);
  Put16(bytes, 0);
  Put16(bytes, 0);
  Put16(bytes, kFirstDay);
  Put32(bytes, crc);
  Put32(bytes, size);
  Put32(bytes, size);
  Put16(bytes, static_cast<uint32_t>(name));
  Put16(bytes, 0);
}

}  // namespace

Result<> ZipWriter::Write(std::string_view bytes) {
  TAMTAP_RETURN_IF_ERROR(archive_.WriteAt(at_, bytes));
  at_ += bytes.size();
  return {};
}

Result<> ZipWriter::Add(const std::string& name, std::string_view content) {
  if (entries_.size() >= kMostEntries || name.size() > UINT16_MAX ||
      at_ + content.size() + name.size() > kMostBytes / 2) {
    return Error{ErrorCode::kFull, "write a zip archive", 0, "it would become too large"};
  }
  Entry entry{name, Crc32(content), static_cast<uint32_t>(content.size()),
              static_cast<uint32_t>(at_)};
  std::string header;
  Put32(header, kLocalHeader);
  Put16(header, kVersion);
  PutFacts(header, entry.crc, entry.size, name.size());
  header += name;
  TAMTAP_RETURN_IF_ERROR(Write(header));
  TAMTAP_RETURN_IF_ERROR(Write(content));
  entries_.push_back(std::move(entry));
  return {};
}

Result<> ZipWriter::Finish() {
  const uint64_t directory = at_;
  for (const Entry& entry : entries_) {
    std::string header;
    Put32(header, kCentralHeader);
    Put16(header, kVersion);
    Put16(header, kVersion);
    PutFacts(header, entry.crc, entry.size, entry.name.size());
    Put16(header, 0);  // comment
    Put16(header, 0);  // disk
    Put16(header, 0);  // attributes within
    Put32(header, 0);  // attributes without
    Put32(header, entry.offset);
    header += entry.name;
    TAMTAP_RETURN_IF_ERROR(Write(header));
  }
  std::string end;
  const uint64_t bytes = at_ - directory;
  Put32(end, kEnd);
  Put16(end, 0);
  Put16(end, 0);
  Put16(end, static_cast<uint32_t>(entries_.size()));
  Put16(end, static_cast<uint32_t>(entries_.size()));
  Put32(end, bytes);
  Put32(end, directory);
  Put16(end, 0);
  TAMTAP_RETURN_IF_ERROR(Write(end));
  return archive_.DataSync();
}

}  // namespace tamtap

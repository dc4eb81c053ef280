#include "base/tar.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace tamtap {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kPiece = 256 << 10;
constexpr size_t kMostName = 100;
constexpr size_t kMostPrefix = 155;
constexpr uint64_t kMostSize = 077777777777;  // eleven octal digits: 8 GiB

// The header of POSIX.1-1988: text in fields of a fixed size, numbers in octal.
struct Header {
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6];
  char version[2];
  char owner[32];
  char group[32];
  char device_major[8];
  char device_minor[8];
  char prefix[155];
  char rest[12];
};
static_assert(sizeof(Header) == kBlock);

struct SplitName {
  std::string_view prefix;
  std::string_view name;
};

std::optional<SplitName> Split(std::string_view name) {
  if (name.size() <= kMostName) return SplitName{{}, name};
  // At the last slash that leaves enough for the name.
  const size_t slash = name.find('/', name.size() - kMostName - 1);
  if (slash == name.npos || slash > kMostPrefix) return std::nullopt;
  return SplitName{name.substr(0, slash), name.substr(slash + 1)};
}

uint64_t SumOf(Header header) {
  std::memset(header.checksum, ' ', sizeof(header.checksum));
  std::array<unsigned char, kBlock> bytes{};
  std::memcpy(bytes.data(), &header, kBlock);
  uint64_t sum = 0;
  for (const unsigned char byte : bytes) sum += byte;
  return sum;
}

template <size_t kSize>
void PutOctal(char (&field)[kSize], uint64_t number) {
  const std::string digits = fmt::format("{:0{}o}", number, kSize - 1);
  std::memcpy(field, digits.data(), kSize - 1);
}

template <size_t kSize>
std::optional<uint64_t> OctalIn(const char (&field)[kSize]) {
  uint64_t number = 0;
  size_t digits = 0;
  for (const char c : field) {
    if (c == ' ' && digits == 0) continue;
    if (c == ' ' || c == '\0') break;
    if (c < '0' || c > '7') return std::nullopt;
    number = number * 8 + static_cast<uint64_t>(c - '0');
    ++digits;
  }
  return digits == 0 ? std::nullopt : std::optional(number);
}

template <size_t kSize>
std::string_view TextIn(const char (&field)[kSize]) {
  return {field, strnlen(field, kSize)};
}

Error Damaged(std::string_view what) {
  return Error{ErrorCode::kCorrupt, "read the archive", 0, std::string(what)};
}

}  // namespace

bool IsTarName(std::string_view name) {
  if (name.empty() || name.find('\0') != name.npos || !Split(name)) return false;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

Result<> TarWriter::Begin(const std::string& name, uint64_t size) {
  const auto split = Split(name);
  if (!IsTarName(name) || !split || size > kMostSize) {
    return Error{ErrorCode::kRejected, fmt::format("archive '{}'", name), 0,
                 "its name or the file is too long for a tar archive"};
  }
  Header header{};
  std::copy(split->name.begin(), split->name.end(), header.name);
  std::copy(split->prefix.begin(), split->prefix.end(), header.prefix);  // it may be empty
  PutOctal(header.mode, 0600);
  PutOctal(header.uid, 0);
  PutOctal(header.gid, 0);
  PutOctal(header.size, size);
  PutOctal(header.mtime, 0);
  header.type = '0';
  std::memcpy(header.magic, "ustar", 6);
  std::memcpy(header.version, "00", 2);
  // Six digits, a zero byte and a blank, as tar itself writes it.
  const std::string sum = fmt::format("{:06o}", SumOf(header));
  std::memcpy(header.checksum, sum.data(), 6);
  header.checksum[7] = ' ';
  std::array<char, kBlock> block{};
  std::memcpy(block.data(), &header, kBlock);
  TAMTAP_RETURN_IF_ERROR(archive_.WriteAt(at_, {block.data(), block.size()}));
  at_ += kBlock;
  return {};
}

Result<> TarWriter::Pad() {
  const size_t over = at_ % kBlock;
  if (over == 0) return {};
  const std::string zeros(kBlock - over, '\0');
  TAMTAP_RETURN_IF_ERROR(archive_.WriteAt(at_, zeros));
  at_ += zeros.size();
  return {};
}

Result<> TarWriter::Add(const std::string& name, File& file, uint64_t size,
                        const std::function<void(std::string_view)>& seen) {
  TAMTAP_RETURN_IF_ERROR(Begin(name, size));
  std::string piece(static_cast<size_t>(std::min<uint64_t>(kPiece, size)), '\0');
  for (uint64_t done = 0; done < size;) {
    const auto wanted = static_cast<size_t>(std::min<uint64_t>(piece.size(), size - done));
    TAMTAP_TRY(const size_t got, file.ReadAt(done, std::span(piece).first(wanted)));
    if (got == 0) {
      return Error{ErrorCode::kRetry, fmt::format("archive '{}'", name), 0,
                   "it became shorter while it was read; try again"};
    }
    const std::string_view bytes = std::string_view(piece).substr(0, got);
    seen(bytes);
    TAMTAP_RETURN_IF_ERROR(archive_.WriteAt(at_, bytes));
    at_ += got;
    done += got;
  }
  return Pad();
}

Result<> TarWriter::AddText(const std::string& name, std::string_view text) {
  TAMTAP_RETURN_IF_ERROR(Begin(name, text.size()));
  TAMTAP_RETURN_IF_ERROR(archive_.WriteAt(at_, text));
  at_ += text.size();
  return Pad();
}

Result<> TarWriter::Finish() {
  const std::string zeros(2 * kBlock, '\0');
  TAMTAP_RETURN_IF_ERROR(archive_.WriteAt(at_, zeros));
  at_ += zeros.size();
  return archive_.DataSync();
}

Result<std::optional<TarEntry>> TarReader::Next() {
  std::array<char, kBlock> block{};
  TAMTAP_TRY(const size_t got, archive_.ReadAt(at_, block));
  if (got < kBlock) return Damaged("it was cut off");
  if (std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; })) {
    return std::optional<TarEntry>();
  }
  Header header{};
  std::memcpy(&header, block.data(), kBlock);
  const auto sum = OctalIn(header.checksum);
  if (!sum || *sum != SumOf(header)) return Damaged("it is no tar archive, or it is damaged");
  const auto size = OctalIn(header.size);
  if (!size || *size > kMostSize) return Damaged("a file in it has no size");
  TarEntry entry;
  entry.name = std::string(TextIn(header.name));
  if (const std::string_view prefix = TextIn(header.prefix); !prefix.empty()) {
    entry.name = fmt::format("{}/{}", prefix, entry.name);
  }
  if ((header.type != '0' && header.type != '\0') || !IsTarName(entry.name)) {
    return Damaged(fmt::format("'{}' in it is none of the files that TamTap writes", entry.name));
  }
  entry.size = *size;
  entry.offset = at_ + kBlock;
  at_ = entry.offset + (entry.size + kBlock - 1) / kBlock * kBlock;
  return std::optional(std::move(entry));
}

Result<> TarReader::Read(const TarEntry& entry,
                         const std::function<Result<>(std::string_view)>& take) {
  std::string piece(static_cast<size_t>(std::min<uint64_t>(kPiece, entry.size)), '\0');
  for (uint64_t done = 0; done < entry.size;) {
    const auto wanted = static_cast<size_t>(std::min<uint64_t>(piece.size(), entry.size - done));
    TAMTAP_TRY(const size_t got,
               archive_.ReadAt(entry.offset + done, std::span(piece).first(wanted)));
    if (got == 0) return Damaged("it was cut off");
    TAMTAP_RETURN_IF_ERROR(take(std::string_view(piece).substr(0, got)));
    done += got;
  }
  return {};
}

}  // namespace tamtap

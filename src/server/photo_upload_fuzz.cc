// Photos as gates that may be anybody's send them: pieces of any bytes, in any order, under any
// name. Whatever comes, what is shown is a plain JPEG that can be decoded, in the directory of
// photos.
#include <fmt/core.h>

#include "base/check.h"
#include "base/log.h"
#include "base/sha256.h"
#include "picture/clean_photo.h"
#include "picture/plain_jpeg.h"
#include "server/photo_inbox.h"
#include "sim/simulated_disk.h"
#include "tap/photo_name.h"
#include "tap/tap_id.h"

using namespace tamtap;

namespace {

constexpr size_t kPieceBytes = 3;  // of the input: how long each of the first pieces is

void CheckName(std::string_view name) {
  const auto origin = OriginOfPhoto(name);
  if (!IsPhotoFile(name)) {
    CHECK(!origin);
    return;
  }
  CHECK(name.find('/') == std::string_view::npos && name.find("..") == std::string_view::npos);
  if (origin) CHECK(IsTerminalName(origin->terminal));
  const std::string given = WithOrigin(name, "2026-11-23", "gate-1");
  if (const auto told = OriginOfPhoto(given)) CHECK(told->day == "2026-11-23");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  CHECK(SetLogLevel("off").has_value());
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  CheckName(input.substr(0, 64));
  if (size < kPieceBytes) return 0;
  const std::string content(input.substr(kPieceBytes));
  if (content.empty()) return 0;

  sim::SimulatedDisk disk;
  PhotoInbox inbox(disk, "/photos", CleanJpeg, 0);
  const IncomingPhoto photo{"2026-11-23", "2026-11-23_1_a_b_070000_AM_gate-1.jpg",
                            Sha256Hex(content), content.size()};
  uint64_t offset = 0;
  for (size_t piece = 0; offset < content.size(); ++piece) {
    const size_t left = content.size() - offset;
    const size_t count = piece < kPieceBytes ? std::min<size_t>(left, 1 + data[piece]) : left;
    const auto taken = inbox.Take("gate-1", photo, offset, content.substr(offset, count));
    if (!taken) {
      CHECK(taken.error().code == ErrorCode::kRejected || taken.error().code == ErrorCode::kRetry);
      break;
    }
    CHECK(*taken == offset + count);
    offset = *taken;
  }
  const std::string path = "/photos/" + photo.day + "/" + photo.file;
  const bool shown = *disk.Exists(path);
  CHECK(shown == (offset == content.size()));
  if (!shown) return 0;
  const std::string kept = disk.Content(path);
  CHECK(IsPlainJpeg(kept));
  CHECK(CleanJpeg(kept).has_value());
  return 0;
}

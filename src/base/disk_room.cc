#include "base/disk_room.h"

#include <fmt/core.h>

namespace tamtap {

DiskRoom RoomIn(uint64_t free_bytes, uint64_t photo_reserve) {
  if (free_bytes < kTapReserve) return DiskRoom::kNoTaps;
  if (free_bytes < kRecordReserve) return DiskRoom::kNoRecords;
  if (free_bytes < photo_reserve) return DiskRoom::kNoPhotos;
  return DiskRoom::kEnough;
}

std::string DescribeRoom(uint64_t free_bytes, uint64_t photo_reserve) {
  const std::string left = fmt::format("{} MiB of the disk are free", free_bytes >> 20);
  switch (RoomIn(free_bytes, photo_reserve)) {
    case DiskRoom::kEnough:
      break;
    case DiskRoom::kNoPhotos:
      return left + ": photos are not kept any more; make room";
    case DiskRoom::kNoRecords:
      return left +
             ": photos are not kept and the central store on it takes no records any more; taps go "
             "on being recorded at the gates; make room";
    case DiskRoom::kNoTaps:
      return left + ": it is full, and gates that keep their journal on it refuse taps; make room";
  }
  return {};
}

}  // namespace tamtap

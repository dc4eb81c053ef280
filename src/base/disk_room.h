// What is left of a disk is for what is worth most. Photos stop first, then the central store's
// records (gates keep what is not taken), and taps are written until there is nothing left.
#pragma once

#include <cstdint>
#include <string>

namespace tamtap {

// How many bytes must stay free for each of them to go on.
inline constexpr uint64_t kServerPhotoReserve = 256 << 20;
inline constexpr uint64_t kGatePhotoReserve = 64 << 20;
inline constexpr uint64_t kRecordReserve = 16 << 20;
// Taps are written until the disk is full; this is room for one segment more.
inline constexpr uint64_t kTapReserve = 8 << 20;
static_assert(kServerPhotoReserve > kRecordReserve && kGatePhotoReserve > kRecordReserve &&
              kRecordReserve > kTapReserve);

enum class DiskRoom {
  kEnough,
  kNoPhotos,   // photos are not kept any more
  kNoRecords,  // nor does the central store on this disk take records
  kNoTaps,     // and the next tap may be refused
};

DiskRoom RoomIn(uint64_t free_bytes, uint64_t photo_reserve);

// A sentence for staff that says what is not done any more, and what to do. Empty: there is enough.
std::string DescribeRoom(uint64_t free_bytes, uint64_t photo_reserve);

}  // namespace tamtap

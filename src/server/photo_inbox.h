// PhotoInbox: where photos from gates arrive, piece by piece. What has come of a photo stays when
// the connection breaks, so that it goes on from there; a photo is shown when all of it has come,
// its hash is right, it was decoded and encoded anew, and that is durable. Its name tells day and
// gate (tap/photo_name.h), so a name stands for one photo: what comes again under it is there.
// Thread-safe.
//
//   PHOTOS/.incoming/<terminal>.<sha256>    what has come so far; one a terminal
//   PHOTOS/<day>/<file>                     whole photos
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/disk.h"
#include "base/disk_room.h"
#include "base/mutex.h"
#include "base/result.h"

namespace tamtap {

inline constexpr uint64_t kMaxPhotoBytes = 8 << 20;

struct IncomingPhoto {
  std::string day;     // IsDay
  std::string file;    // IsPhotoFile, with its origin
  std::string sha256;  // of all of it, lower-case hexadecimal
  uint64_t length = 0;
};

class PhotoInbox {
 public:
  using Clean = std::function<Result<std::string>(std::string_view encoded)>;  // CleanJpeg

  // Keeps `reserve_bytes` of the disk free for what is worth more than photos.
  PhotoInbox(Disk& disk, std::string directory, Clean clean,
             uint64_t reserve_bytes = kServerPhotoReserve)
      : disk_(disk),
        directory_(std::move(directory)),
        clean_(std::move(clean)),
        reserve_bytes_(reserve_bytes) {}

  // How many bytes of it are here; `photo.length` of one that is complete.
  Result<uint64_t> Received(std::string_view terminal, const IncomingPhoto& photo) EXCLUDES(mutex_);

  // Takes the bytes at `offset`, if that is where it goes on, and returns how many are here now.
  // kRejected: it would be longer than said, or the whole is not what its hash says, or no picture
  // (then all of it is forgotten); kFull: no room for photos.
  Result<uint64_t> Take(std::string_view terminal, const IncomingPhoto& photo, uint64_t offset,
                        std::string_view bytes) EXCLUDES(mutex_);

 private:
  std::string PartPath(std::string_view terminal, const IncomingPhoto& photo) const;
  // Whether all of it is in its place.
  Result<bool> IsHere(const IncomingPhoto& photo) REQUIRES(mutex_);
  // How much of it is here. Puts in its place what has all come.
  Result<uint64_t> Here(std::string_view terminal, const IncomingPhoto& photo) REQUIRES(mutex_);
  // Room for a new one, and forgets what the terminal began and did not finish.
  Result<> Begin(std::string_view terminal, const IncomingPhoto& photo) REQUIRES(mutex_);
  Result<> Finish(const std::string& part, const IncomingPhoto& photo) REQUIRES(mutex_);

  Disk& disk_;
  const std::string directory_;
  const Clean clean_;
  const uint64_t reserve_bytes_;
  Mutex mutex_;
};

}  // namespace tamtap

// PhotoInbox: where photos from gates arrive, piece by piece. What has arrived of a photo is kept
// when the connection breaks, so that the gate can go on from there. A photo is shown when all of
// it has arrived, its hash is right, it was decoded and encoded anew, and the result is durable.
// Its name contains the day and the gate (tap/photo_name.h), so a name stands for one photo: if it
// comes again, it is there already. Thread-safe.
//
//   PHOTOS/.incoming/<terminal>.<sha256>    what has come so far; one a terminal
//   PHOTOS/<day>/<file>                     whole photos
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/disk.h"
#include "base/disk_room.h"
#include "base/mutex.h"
#include "base/result.h"

namespace tamtap {

inline constexpr uint64_t kMaxPhotoBytes = 8 << 20;

struct IncomingPhoto {
  std::string day;     // IsDay
  std::string file;    // IsPhotoFile, with its origin
  std::string sha256;  // of the whole photo as the gate sends it, in lower-case hexadecimal
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

  // Returns how many bytes of the photo are here; `photo.length` if it is complete.
  Result<uint64_t> Received(std::string_view terminal, const IncomingPhoto& photo) EXCLUDES(mutex_);

  // Takes the bytes at `offset`, if the photo goes on there, and returns how many bytes are here
  // now. kRejected: the photo would be longer than announced, or it is complete and its hash is
  // wrong or it is no picture (then all of it is forgotten). kFull: there is no room for photos.
  Result<uint64_t> Take(std::string_view terminal, const IncomingPhoto& photo, uint64_t offset,
                        std::string_view bytes) EXCLUDES(mutex_);

  // Forgets photos of which nothing more has come for a day: their gates were shut out, or will
  // begin anew. It does little if it is called often.
  Result<> RemoveAbandoned(MonotonicTime now) EXCLUDES(mutex_);

 private:
  // What was seen of a photo that is not whole, and since when it is so.
  struct Seen {
    uint64_t bytes = 0;
    MonotonicTime since{};
  };
  std::string PartPath(std::string_view terminal, const IncomingPhoto& photo) const;
  // Whether the whole photo is in its place.
  Result<bool> IsHere(const IncomingPhoto& photo) REQUIRES(mutex_);
  // Returns how many bytes of it are here. A photo of which all bytes are here is put in its place.
  Result<uint64_t> Here(std::string_view terminal, const IncomingPhoto& photo) REQUIRES(mutex_);
  // Makes sure that there is room for a new photo, and forgets the photo that the terminal began
  // and did not finish.
  Result<> Begin(std::string_view terminal, const IncomingPhoto& photo) REQUIRES(mutex_);
  Result<> Finish(const std::string& part, const IncomingPhoto& photo) REQUIRES(mutex_);

  Disk& disk_;
  const std::string directory_;
  const Clean clean_;
  const uint64_t reserve_bytes_;
  Mutex mutex_;
  std::map<std::string, Seen> seen_ GUARDED_BY(mutex_);  // by its name on the disk
  std::optional<MonotonicTime> looked_ GUARDED_BY(mutex_);
};

}  // namespace tamtap

// PhotoStore: writes photos to DATA/photos/<day>/<name> on a thread of its own, encoded anew so
// that nothing but the picture is kept (picture/clean_photo.h). A photo is worth less than a tap:
// when the queue or the disk is nearly full, photos are dropped, and the log says so.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "base/disk.h"
#include "base/disk_room.h"
#include "camera/camera.h"
#include "terminal/bounded_queue.h"

namespace tamtap {

class PhotoStore {
 public:
  // From an encoded picture to the same picture encoded anew: CleanPicture, or a test's own.
  using Clean = std::function<Result<std::string>(std::string_view encoded)>;

  // Keeps `reserve_bytes` of the disk free for the journal.
  PhotoStore(Disk& disk, std::string directory, Clean clean,
             uint64_t reserve_bytes = kGatePhotoReserve);
  ~PhotoStore();

  // `stored` is called after each photo that was stored, on the thread that stored it. Set it
  // before the first photo is added.
  void OnStored(std::function<void()> stored) { stored_ = std::move(stored); }

  // `day` is "YYYY-MM-DD", `name` the file's name (tap/photo_name.h). Never waits.
  void Add(const std::string& day, const std::string& name, Frame frame);

 private:
  struct Photo {
    std::string day;
    std::string name;
    Frame frame;
  };
  void Run();
  void Take(const Photo& photo);
  Result<> Write(const Photo& photo);

  Disk& disk_;
  const std::string directory_;
  const Clean clean_;
  const uint64_t reserve_bytes_;
  std::function<void()> stored_;
  BoundedQueue<Photo> queue_{16};
  std::jthread thread_;
};

}  // namespace tamtap

// Room on a disk that is kept free for what must work when the disk is full: signing out, revoking
// a gate. It is a file whose blocks are allocated and never used; they are given back step by step,
// so that one who fills the disk at the same time can't take all of it at once.
//
// Several processes may share one. One thread at a time.
#pragma once

#include <cstdint>
#include <string>

namespace tamtap {

class DiskReserve {
 public:
  // The file is `path`; it holds `bytes`, and `step` of them are given back at a time.
  DiskReserve(std::string path, uint64_t bytes, uint64_t step)
      : path_(std::move(path)), bytes_(bytes), step_(step) {}

  // Makes it whole again, if that leaves `margin` bytes of the disk free. What fails is tried again
  // by the next call. Cheap when it is whole.
  void Fill(uint64_t margin);

  // Gives one step of it back to the disk. False: there is nothing left.
  bool Release();

 private:
  std::string path_;
  uint64_t bytes_;
  uint64_t step_;
};

}  // namespace tamtap

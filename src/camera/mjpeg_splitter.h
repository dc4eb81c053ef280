// MjpegSplitter: cuts a stream of JPEGs, one behind the other, into its pictures. It looks at their
// structure alone (markers and lengths) and decodes nothing. What lies between pictures is passed
// over, so the multipart streams of network cameras work, too. What a picture lacks its end, a
// picture that is none, and one that is larger than kLargestFrame cost themselves, and the next
// picture is found behind them. Memory is bounded by kLargestFrame and one chunk.
//
// One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tamtap {

inline constexpr size_t kLargestFrame = 4 << 20;  // bytes; a JPEG of 12 megapixels has about that

class MjpegSplitter {
 public:
  // Gets a whole picture, which is gone after the call.
  using Take = std::function<void(std::string_view picture)>;

  void Feed(std::string_view bytes, const Take& take);
  // What comes next does not continue what came before.
  void Reset();

  uint64_t pictures() const { return pictures_; }
  // Bytes that were in no whole picture.
  uint64_t wasted() const { return wasted_; }

 private:
  enum class Place {
    kBetween,  // no picture has begun
    kMarker,   // at a marker of a picture's head
    kScan      // in its compressed data, which only markers end
  };
  // Goes on as far as the bytes reach. False: more are needed.
  bool Step(const Take& take);
  bool FindStart();
  bool PassMarker(const Take& take);
  bool PassScan();
  // The picture is none: the next one is looked for from `from` of the buffer on.
  bool GiveUp(size_t from);
  void Drop(size_t count);

  std::string buffer_;
  Place place_ = Place::kBetween;
  size_t at_ = 0;     // in the buffer; what lies before it is known to belong to the picture
  int segments_ = 0;  // of this picture, so far
  bool scanned_ = false;
  uint64_t pictures_ = 0;
  uint64_t wasted_ = 0;
};

}  // namespace tamtap

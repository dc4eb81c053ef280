// Any bytes as what a camera's program writes: whatever the pieces in which they come, the same
// whole pictures come out of them, no byte is in two, and none is larger than it may be.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "camera/mjpeg_splitter.h"

namespace tamtap {
namespace {

std::vector<std::string> PicturesOf(std::string_view stream, size_t piece) {
  MjpegSplitter splitter;
  std::vector<std::string> pictures;
  size_t bytes = 0;
  const auto take = [&](std::string_view picture) {
    CHECK(picture.size() <= kLargestFrame);
    CHECK(picture.starts_with("\xFF\xD8") && picture.ends_with("\xFF\xD9"));
    bytes += picture.size();
    pictures.emplace_back(picture);
  };
  for (size_t at = 0; at < stream.size(); at += piece) {
    splitter.Feed(stream.substr(at, piece), take);
  }
  CHECK(splitter.pictures() == pictures.size());
  CHECK(bytes + splitter.wasted() <= stream.size());
  // What came before a reset has no part in what comes then.
  splitter.Reset();
  splitter.Feed("\xFF\xD9", take);
  CHECK(splitter.pictures() == pictures.size());
  return pictures;
}

}  // namespace

// The first byte says how long the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  CHECK(PicturesOf(stream, std::max<size_t>(data[0], 1)) == PicturesOf(stream, stream.size() + 1));
  return 0;
}

}  // namespace tamtap

// The photos of an existing installation: a folder with a folder for each day, and the photos in
// these. What else lies there is a stranger's (a link, a FIFO, a folder called a.jpg), and is named
// rather than followed, opened or waited for.
#pragma once

#include <string>
#include <vector>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap::cli {

struct DayPhoto {
  std::string day;
  std::string name;
};

struct DayPhotos {
  std::vector<DayPhoto> photos;
  std::vector<std::string> left_out;  // "DAY/NAME: why"
};

// Those in `directory`/YYYY-MM-DD that are regular files with the name of a JPEG; nothing is said
// of what programs hide (names that begin with a dot). An error only if `directory` can't be read.
Result<DayPhotos> FindDayPhotos(const std::string& directory);

// One of them, whatever has been put in its place since then. An error concerns this photo alone.
Result<std::string> ReadDayPhoto(const std::string& directory, const DayPhoto& photo);

}  // namespace tamtap::cli

// Where a photo lies on the server's disk. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "server/personal_data.h"

namespace tamtap {

struct FoundPhoto {
  std::string path;
  std::string content;
};

// The photo of that name, `terminal` having taken the tap (empty: not known). A photo lies under
// the day that the gate's clock showed, which may not be the tap's right one: its name tells. Names
// of earlier versions do not; such a photo is looked for, also under the name that it got on its
// way. kMisconfigured: it is not there.
Result<FoundPhoto> FindPhoto(Disk& disk, const std::string& directory, const std::string& day,
                             const std::string& file, const std::string& terminal);

// A photo that a record names.
struct NamedPhoto {
  std::string day;
  std::string file;
  std::string terminal;
  friend auto operator<=>(const NamedPhoto&, const NamedPhoto&) = default;
};

// Those that these records name, each once. A gate can name any photo in its records: one that
// another gate took is none of that tap, and left out.
std::vector<NamedPhoto> PhotosOf(const std::vector<StoredRecord>& records);

// Removes all photos whose name says that they are of this owner (PhotoOwner), also those of which
// no record is here. Returns how many these were.
Result<size_t> RemovePhotosOf(Disk& disk, const std::string& directory, const std::string& owner);
// By what the store knows, of somebody who was erased, that their photos are not to come back. It
// does not tell the name.
std::string MarkOfPhotos(const std::string& owner);

}  // namespace tamtap

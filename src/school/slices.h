// A large school comes to a gate in slices: no answer is longer than a gate can hold, taps go in
// between, and a link that breaks costs one slice.
//
// Slices of one version have the things of an update in its order: the people, what is gone, the
// schedules, the calendar; the last one has the settings besides. A gate takes nothing before it
// has all of one version: with half a roster, half the school would be turned away.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "school/update.h"

namespace tamtap {

// How much of which version somebody has. None of any: to begin.
struct SlicePlace {
  std::string version;
  size_t have = 0;  // things, also those that could not be read
  friend bool operator==(const SlicePlace&, const SlicePlace&) = default;
};

// How many things a school may have, so that no answer fills the memory of
// a gate.
inline constexpr size_t kMostInSlices = 250'000;

// How many things there are in it.
size_t SizeOf(const SchoolUpdate& update);

// The slice of `update` that follows what is at `place`; its first one if that is no place in it.
SchoolUpdate SliceOf(const SchoolUpdate& update, const SlicePlace& place, size_t most);

// Puts slices together. Not thread-safe.
class SliceJoin {
 public:
  // Where the next slice has to follow.
  SlicePlace place() const;
  bool empty() const { return !begun_; }
  void Clear();

  // Adds a slice. People who are the same as those of `known` are shared with it. Returns the whole
  // update with its last slice. A slice that does not follow makes it begin anew: with that slice,
  // if it is a first one. kRejected: it is too large.
  Result<std::optional<SchoolUpdate>> Add(SchoolUpdate slice, const People& known);

 private:
  bool begun_ = false;
  size_t have_ = 0;
  SchoolUpdate update_;
};

}  // namespace tamtap

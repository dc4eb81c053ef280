// SchoolUpdate: how a copy of the school follows its master: the whole of it, or what has changed
// since a version that the copy has.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "school/change.h"
#include "tap/school.h"

namespace tamtap {

struct SchoolUpdate {
  std::string version;  // names this state of the school at this master; opaque, never empty
  bool whole = true;    // `school` is all of it, and replaces what the copy has
  // Whether anybody has ever said anything of this school to this master; the time zone, which a
  // server writes down by itself, is nothing. An empty school that was never told is no reason to
  // forget what a copy knows; one that was emptied is.
  bool told = true;
  School school;  // if it is not whole: the things that are new, or are not as they were
  std::vector<FactKey> gone;  // if it is not whole: the things that are there no more
  // A slice of a large one (school/slices.h): how many things stand before it, and before the next
  // one; 0: it is the last.
  size_t from = 0;
  size_t next = 0;
};

// Brings `school` to the state of the update.
void Apply(SchoolUpdate update, School& school);

// What has to be told to bring a copy from `before` to `after`, which is at `version`.
SchoolUpdate Difference(const School& before, const School& after, std::string version);

// {version, whole, told, students: [...], ..., gone: [{kind, key}, ...]}, and of a slice also
// {from, next}. kRejected names what can't be read. Reading names `where` it comes from when it
// leaves out a row (school_json.h).
boost::json::object ToJson(const SchoolUpdate& update);
Result<SchoolUpdate> SchoolUpdateFromJson(const boost::json::value& value, std::string_view where);

}  // namespace tamtap

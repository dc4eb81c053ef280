#include "school/slices.h"

#include <fmt/core.h>

#include <algorithm>

namespace tamtap {

size_t SizeOf(const SchoolUpdate& update) {
  const School& school = update.school;
  return school.people.size() + update.gone.size() + school.schedules.size() +
         school.calendar.size();
}

SchoolUpdate SliceOf(const SchoolUpdate& update, const SlicePlace& place, size_t most) {
  const School& school = update.school;
  const size_t all = SizeOf(update);
  const bool follows = place.version == update.version && place.have <= all;
  SchoolUpdate slice;
  slice.version = update.version;
  slice.whole = update.whole;
  slice.told = update.told;
  slice.from = follows ? place.have : 0;
  const size_t end = slice.from + std::min(std::max<size_t>(most, 1), all - slice.from);
  size_t before = 0;  // things of the lists before this one
  const auto take = [&](size_t size, const auto& add) {
    const size_t until = std::min(end, before + size);
    for (size_t at = std::max(slice.from, before); at < until; ++at) add(at - before);
    before += size;
  };
  take(school.people.size(),
       [&](size_t at) { slice.school.people.push_back(school.people.shared(at)); });
  take(update.gone.size(), [&](size_t at) { slice.gone.push_back(update.gone[at]); });
  take(school.schedules.size(),
       [&](size_t at) { slice.school.schedules.push_back(school.schedules[at]); });
  take(school.calendar.size(),
       [&](size_t at) { slice.school.calendar.push_back(school.calendar[at]); });
  slice.next = end < all ? end : 0;
  if (slice.next == 0) slice.school.settings = school.settings;
  return slice;
}

SlicePlace SliceJoin::place() const {
  if (!begun_) return {};
  return {update_.version, have_};
}

void SliceJoin::Clear() {
  begun_ = false;
  have_ = 0;
  update_ = {};
}

Result<std::optional<SchoolUpdate>> SliceJoin::Add(SchoolUpdate slice, const People& known) {
  const bool follows = begun_ && slice.version == update_.version && slice.whole == update_.whole &&
                       slice.from == have_;
  if (!follows) {
    Clear();
    if (slice.from != 0) return std::optional<SchoolUpdate>();
  }
  if (SizeOf(update_) + SizeOf(slice) > kMostInSlices) {
    Clear();
    return Error{ErrorCode::kRejected, "fetch the school", 0,
                 fmt::format("it has more than {} people; a gate holds no more", kMostInSlices)};
  }
  begun_ = true;
  have_ = slice.next;
  update_.version = std::move(slice.version);
  update_.whole = slice.whole;
  update_.told = slice.told;
  for (size_t at = 0; at < slice.school.people.size(); ++at) {
    update_.school.people.push_back(known.Same(std::move(slice.school.people[at])));
  }
  const auto add = [](auto& from, auto& to) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
  };
  add(slice.gone, update_.gone);
  add(slice.school.schedules, update_.school.schedules);
  add(slice.school.calendar, update_.school.calendar);
  if (slice.next > slice.from) return std::optional<SchoolUpdate>();
  update_.school.settings = std::move(slice.school.settings);
  SchoolUpdate whole = std::move(update_);
  Clear();
  return std::optional(std::move(whole));
}

}  // namespace tamtap

// Since when a person is of the school.
#pragma once

#include <string_view>

#include "tap/school.h"
#include "tap/school_time.h"

namespace tamtap {

// Whether that person was registered by that day: nobody is absent before. If nobody has said when
// they were, they always were. Who has tapped before was there before: that is for whoever counts.
inline bool WasRegisteredBy(const Person& person, std::string_view day) {
  const std::string_view registered = std::string_view(person.registered).substr(0, day.size());
  return !IsDay(registered) || registered <= day;
}

// From when on a person's days count, asked day by day in their order: since they were registered,
// or since the first of which something is known.
class SinceRegistered {
 public:
  explicit SinceRegistered(const Person& person) : person_(person) {}

  bool Counts(std::string_view day, bool is_known) {
    has_begun_ = has_begun_ || is_known || WasRegisteredBy(person_, day);
    return has_begun_;
  }

 private:
  const Person& person_;
  bool has_begun_ = false;
};

}  // namespace tamtap

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

}  // namespace tamtap

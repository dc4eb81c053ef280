// Whether two descriptions may be of one person. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "tap/record.h"
#include "tap/school.h"

namespace tamtap {

// Without what makes no difference between two spellings of a name: case, marks on letters, spaces.
std::string FoldedName(std::string_view text);

// Whether both may be one person whose name was corrected: a part of it stayed, or the parts
// changed places. Somebody without a name may be anybody.
bool MayBeTheSame(const Person& before, const Person& after);

// The same, but not for two of one family name whose first names have nothing in common.
bool IsSpelledAlike(const Person& a, const Person& b);

// Whether both have one name, but for what makes no difference.
bool HaveOneName(const Person& a, const Person& b);

// Somebody of whom no more is known than the names in the record.
Person NamedLike(const Record& record);

}  // namespace tamtap

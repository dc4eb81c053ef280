#include "tap/same_person.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"

namespace tamtap {
namespace {

constexpr size_t kFewEdits = 1;

// How many letters have to be put in, taken out or changed (Levenshtein).
size_t Edits(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

}  // namespace

std::string FoldedName(std::string_view text) {
  std::string folded;
  for (const char c : LowerAscii(ToAscii(Nfc(text), "?"))) {
    const bool second_space = c == ' ' && (folded.empty() || folded.back() == ' ');
    if (!second_space) folded += c;
  }
  return std::string(TrimSpace(folded));
}

bool MayBeTheSame(const Person& before, const Person& after) {
  const std::string first = FoldedName(before.first_name);
  const std::string last = FoldedName(before.last_name);
  const std::string new_first = FoldedName(after.first_name);
  const std::string new_last = FoldedName(after.last_name);
  if (first.empty() && last.empty())
    return before.name.empty() || FoldedName(before.name) == FoldedName(after.name);
  return first == new_first || last == new_last || (first == new_last && last == new_first);
}

bool IsSpelledAlike(const Person& a, const Person& b) {
  if (!MayBeTheSame(a, b)) return false;
  const std::string first = FoldedName(a.first_name);
  const std::string other = FoldedName(b.first_name);
  const bool only_family = first != other && FoldedName(a.last_name) == FoldedName(b.last_name);
  return !only_family || first.starts_with(other) || other.starts_with(first) ||
         Edits(first, other) <= kFewEdits;
}

bool HaveOneName(const Person& a, const Person& b) {
  return FoldedName(a.name) == FoldedName(b.name);
}

Person NamedLike(const Record& record) {
  Person person;
  person.name = record.name;
  person.first_name = record.first_name;
  person.last_name = record.last_name;
  return person;
}

}  // namespace tamtap

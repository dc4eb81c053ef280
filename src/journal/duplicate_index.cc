#include "journal/duplicate_index.h"

#include <algorithm>

#include "base/check.h"

namespace tamtap::journal {
namespace {

constexpr size_t kSchoolSize = 2048;  // room made at a day's first tap

}  // namespace

size_t DuplicateIndex::KeyHash::operator()(const Key& key) const {
  return std::hash<std::string_view>{}(std::string_view(key.data(), key.size()));
}

DuplicateIndex::Key DuplicateIndex::KeyOf(std::string_view person) {
  Key key{};
  CHECK(person.size() <= key.size());
  std::copy(person.begin(), person.end(), key.begin());
  return key;
}

void DuplicateIndex::Insert(std::string_view day, std::string_view person, const KnownTap& tap) {
  auto people = days_.find(day);
  if (people == days_.end()) {
    if (days_.size() == kDays) {
      // A day before all that are kept is not worth one of them, unless the clock went back: the
      // newest insertion is the day that people tap on now, so it always gets a place.
      days_.erase(days_.begin());
    }
    people = days_.emplace(std::string(day), People()).first;
    people->second.reserve(kSchoolSize);
  }
  const auto [place, added] = people->second.try_emplace(KeyOf(person), KnownTaps{tap, tap});
  if (added) return;
  KnownTaps& known = place->second;
  // What was tapped here too is known better here.
  if (tap.sequence != kOtherGate || known.last.sequence == kOtherGate) known.last = tap;
  const bool again = tap.sequence != kOtherGate && tap.sequence == known.first.sequence;
  if (again || tap.at_us < known.first.at_us) known.first = tap;
}

void DuplicateIndex::Erase(uint64_t first, uint64_t last) {
  for (auto& [day, people] : days_) {
    boost::unordered::erase_if(people, [&](auto& entry) {
      KnownTaps& known = entry.second;
      const auto is_gone = [&](const KnownTap& tap) {
        return tap.sequence >= first && tap.sequence <= last;
      };
      if (is_gone(known.first) && is_gone(known.last)) return true;
      if (is_gone(known.first)) known.first = known.last;
      if (is_gone(known.last)) known.last = known.first;
      return false;
    });
  }
}

std::optional<KnownTaps> DuplicateIndex::Find(std::string_view day, std::string_view person) const {
  const auto people = days_.find(day);
  if (people == days_.end()) return std::nullopt;
  const auto tap = people->second.find(KeyOf(person));
  if (tap == people->second.end()) return std::nullopt;
  return tap->second;
}

}  // namespace tamtap::journal

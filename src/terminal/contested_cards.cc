#include "terminal/contested_cards.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.h"

namespace tamtap {

void ContestedCards::Note(std::string_view card, const CardOwner& owner, std::string_view at) {
  const Person& first = *owner.rivals.front();
  Entry entry{std::string(card),
              std::string(ToString(owner.refusal)),
              std::string(at),
              first.name,
              first.NfcId(),
              first.section,
              owner.rivals.size() > 1 ? owner.rivals[1]->name : ""};
  MutexLock lock(mutex_);
  const auto known = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& each) { return each.card == card; });
  if (known != entries_.end()) {
    entries_.erase(known);
  } else if (entry.other.empty()) {
    LogWarning("card {}: {} is registered as {}, and another card of that beginning is theirs",
               card, entry.name, entry.nfc_id);
  } else {
    LogWarning(
        "card {}: it may be {}'s or {}'s; say format= to the reader if it has one way to "
        "print a card, else register one of them by the UID",
        card, entry.name, entry.other);
  }
  entries_.push_front(std::move(entry));
  if (entries_.size() > kMost) entries_.pop_back();
}

bool ContestedCards::empty() {
  MutexLock lock(mutex_);
  return entries_.empty();
}

boost::json::array ContestedCards::ToJson() {
  MutexLock lock(mutex_);
  boost::json::array list;
  for (const Entry& entry : entries_) {
    list.push_back({{"card", entry.card},
                    {"reason", entry.reason},
                    {"at", entry.at},
                    {"name", entry.name},
                    {"nfc_id", entry.nfc_id},
                    {"section", entry.section},
                    {"other", entry.other}});
  }
  return list;
}

}  // namespace tamtap

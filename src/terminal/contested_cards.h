// ContestedCards: cards that were refused because only staff can say whose they are: a second card
// of a beginning that another has taken, or a number that may be two people's. The last few, for
// the status report; a page shows them. Thread-safe.
#pragma once

#include <boost/json/fwd.hpp>
#include <deque>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "roster/card_index.h"

namespace tamtap {

class ContestedCards {
 public:
  static constexpr size_t kMost = 20;

  // `at` is the tap's time, ISO 8601. A card that comes again is one entry.
  void Note(std::string_view card, const CardOwner& owner, std::string_view at) EXCLUDES(mutex_);
  bool empty() EXCLUDES(mutex_);
  // [{card, reason, at, name, nfc_id, section, other}], newest first. `name`, `nfc_id` and
  // `section` are those of the first whose it may be, `other` the second's name.
  boost::json::array ToJson() EXCLUDES(mutex_);

 private:
  struct Entry {
    std::string card;
    std::string reason;
    std::string at;
    std::string name;
    std::string nfc_id;
    std::string section;
    std::string other;
  };

  Mutex mutex_;
  std::deque<Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace tamtap

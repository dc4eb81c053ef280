// RosterHolder: the roster that holds now, and the whole UIDs of cards that were registered by
// their first three bytes.
//
// Such a card is bound to its person when it first comes, and the binding holds from then on in
// every school that is taken here, until the school itself names another card. It is saved with the
// roster (WithCards), and learnt again from the journal after a power cut
// (terminal/card_learning.h).
//
// Thread-safe. Current() never waits for a change that is being made.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "roster/roster.h"

namespace tamtap {

class RosterHolder {
 public:
  explicit RosterHolder(School school);

  // From now on `zone` is what the roster that holds says of the school's time zone. It must
  // outlive the holder.
  void KeepInStep(SchoolZone& zone) EXCLUDES(mutex_);

  std::shared_ptr<const Roster> Current() EXCLUDES(mutex_);
  void Replace(School school) EXCLUDES(changing_, mutex_);

  // By person. Where a person has a whole card already, or the card does not begin as registered,
  // nothing changes: the first card stays. Returns whether any was bound.
  using Cards = std::map<std::string, CardId>;
  bool Bind(const Cards& cards) EXCLUDES(changing_, mutex_);
  bool AnyBound() EXCLUDES(changing_);
  // `school` with the cards that were bound here, but those that it says are somebody else's.
  School WithCards(School school) EXCLUDES(changing_);
  // Is called after each Bind that changed something, on its thread. Set it before the first.
  void OnBound(std::function<void()> bound) { bound_ = std::move(bound); }

 private:
  // Takes the bindings that `school` has itself, and gives it ours.
  void Exchange(School& school) REQUIRES(changing_);
  void Show(School school) REQUIRES(changing_) EXCLUDES(mutex_);

  Mutex changing_;  // one change at a time, also while a roster is being made
  Cards cards_ GUARDED_BY(changing_);
  std::function<void()> bound_;
  Mutex mutex_;
  SchoolZone* zone_ GUARDED_BY(mutex_) = nullptr;  // null: nobody asks
  std::shared_ptr<const Roster> current_ GUARDED_BY(mutex_);
};

}  // namespace tamtap

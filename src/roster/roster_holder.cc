#include "roster/roster_holder.h"

#include <set>

#include "tap/person_cards.h"

namespace tamtap {
namespace {

bool IsBeginningOf(const Person& person, const CardId& card) {
  return ReadingsOf(person.NfcId()).BeginsLike(card);
}

bool Waits(const Person& person) { return person.card.empty(); }

}  // namespace

RosterHolder::RosterHolder(School school) { Replace(std::move(school)); }

void RosterHolder::KeepInStep(SchoolZone& zone) {
  MutexLock lock(mutex_);
  zone_ = &zone;
  zone_->Follow(current_->settings().timezone);
}

std::shared_ptr<const Roster> RosterHolder::Current() {
  MutexLock lock(mutex_);
  return current_;
}

void RosterHolder::Replace(School school) {
  MutexLock lock(changing_);
  Exchange(school);
  Show(std::move(school));
}

bool RosterHolder::Bind(const Cards& cards) {
  {
    MutexLock lock(changing_);
    const std::shared_ptr<const Roster> now = Current();
    bool bound = false;
    for (const auto& [key, card] : cards) {
      const Person* const person = now->cards().FindPerson(key);
      if (person == nullptr || !Waits(*person) || !IsBeginningOf(*person, card)) continue;
      cards_.insert_or_assign(key, card);
      bound = true;
    }
    if (!bound) return false;
    School school = now->school();
    Exchange(school);
    Show(std::move(school));
  }
  if (bound_) bound_();
  return true;
}

bool RosterHolder::AnyBound() {
  MutexLock lock(changing_);
  return !cards_.empty();
}

School RosterHolder::WithCards(School school) {
  MutexLock lock(changing_);
  Exchange(school);
  return school;
}

void RosterHolder::Exchange(School& school) {
  std::set<CardId> bound;
  for (const auto& [key, card] : cards_) bound.insert(card);
  for (const Person& person : school.people) {
    if (person.card.empty()) continue;
    bound.erase(person.card);
    if (IsBeginningOf(person, person.card)) cards_.insert_or_assign(person.person, person.card);
  }
  for (size_t i = 0; i < school.people.size(); ++i) {
    const Person& person = std::as_const(school).people[i];
    if (!person.card.empty()) continue;
    const auto known = cards_.find(person.person);
    if (known == cards_.end() || !bound.contains(known->second)) continue;
    if (!IsBeginningOf(person, known->second)) continue;
    SpellCard(std::string(person.NfcId()), known->second, school.people[i]);
  }
}

void RosterHolder::Show(School school) {
  auto next = std::make_shared<const Roster>(std::move(school));
  MutexLock lock(mutex_);
  if (zone_ != nullptr) zone_->Follow(next->settings().timezone);
  current_ = std::move(next);
}

}  // namespace tamtap

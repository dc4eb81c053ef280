#include "tap/people.h"

#include <algorithm>
#include <atomic>

#include "tap/school.h"

namespace tamtap {
namespace {

constexpr auto kByKey = [](const auto& a, const auto& b) { return a->person < b->person; };

}  // namespace

People::People(std::initializer_list<Person> people) {
  list_.reserve(people.size());
  for (const Person& each : people) push_back(each);
}

People::People(std::vector<Person> people) {
  list_.reserve(people.size());
  for (Person& each : people) push_back(std::move(each));
}

void People::push_back(Person person) {
  list_.push_back(std::make_shared<Person>(std::move(person)));
}

// Nobody writes to them through the pointer but Own(), which sees whether they are shared.
void People::push_back(const Shared& person) {
  list_.push_back(std::const_pointer_cast<Person>(person));
}

Person& People::emplace_back() { return *list_.emplace_back(std::make_shared<Person>()); }

void People::Append(People others) {
  list_.insert(list_.end(), std::make_move_iterator(others.list_.begin()),
               std::make_move_iterator(others.list_.end()));
}

void People::Sort() {
  if (!std::is_sorted(list_.begin(), list_.end(), kByKey)) {
    std::sort(list_.begin(), list_.end(), kByKey);
  }
}

People::Shared People::Same(Person person) const {
  const auto there = std::lower_bound(
      list_.begin(), list_.end(), person,
      [](const auto& each, const Person& wanted) { return each->person < wanted.person; });
  if (there != list_.end() && **there == person) return *there;
  return std::make_shared<const Person>(std::move(person));
}

bool operator==(const People& a, const People& b) {
  return std::equal(
      a.list_.begin(), a.list_.end(), b.list_.begin(), b.list_.end(),
      [](const auto& one, const auto& other) { return one == other || *one == *other; });
}

Person& People::Own(std::shared_ptr<Person>& person) {
  if (person.use_count() > 1) {
    person = std::make_shared<Person>(std::as_const(*person));
  } else {
    // Whoever held them too has done with them before.
    std::atomic_thread_fence(std::memory_order_acquire);
  }
  return *person;
}

}  // namespace tamtap

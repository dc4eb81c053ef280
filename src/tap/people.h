// People: a list of people. Each is held once, however many lists hold them: to copy a list costs a
// few bytes a person, and a school of 50,000 may be known as it was and as it is.
//
// Used like a std::vector, but that who is in several lists is never changed in the others: to
// reach somebody through a list that is not const makes them this list's own. Iterators only read.
// Thread-safe as a std::vector is, also for two lists that share people.
#pragma once

#include <compare>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace tamtap {

struct Person;

class People {
 public:
  using Shared = std::shared_ptr<const Person>;
  using value_type = Person;

  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Person;
    using difference_type = std::ptrdiff_t;
    using pointer = const Person*;
    using reference = const Person&;

    const_iterator() = default;
    reference operator*() const { return **at_; }
    pointer operator->() const { return at_->get(); }
    Shared shared() const { return *at_; }
    const_iterator& operator++() {
      ++at_;
      return *this;
    }
    const_iterator operator++(int) { return const_iterator(at_++); }
    friend bool operator==(const const_iterator&, const const_iterator&) = default;

   private:
    friend class People;
    using Place = std::vector<std::shared_ptr<Person>>::const_iterator;
    explicit const_iterator(Place at) : at_(at) {}
    Place at_;
  };
  using iterator = const_iterator;

  People() = default;
  People(std::initializer_list<Person> people);
  People(std::vector<Person> people);  // NOLINT(google-explicit-constructor): a list is a list

  size_t size() const { return list_.size(); }
  bool empty() const { return list_.empty(); }
  const_iterator begin() const { return const_iterator(list_.begin()); }
  const_iterator end() const { return const_iterator(list_.end()); }

  const Person& operator[](size_t index) const { return *list_[index]; }
  Person& operator[](size_t index) { return Own(list_[index]); }
  const Person& at(size_t index) const { return *list_.at(index); }
  Person& at(size_t index) { return Own(list_.at(index)); }
  const Person& front() const { return *list_.front(); }
  Person& front() { return Own(list_.front()); }
  const Person& back() const { return *list_.back(); }
  Person& back() { return Own(list_.back()); }

  Shared shared(size_t index) const { return list_[index]; }

  void reserve(size_t size) { list_.reserve(size); }
  void push_back(Person person);
  void push_back(const Shared& person);
  Person& emplace_back();
  void erase(const_iterator which) { list_.erase(which.at_); }
  void Append(People others);

  // By `person`.
  void Sort();
  // The one of these who is equal to that person, if the list is sorted; else that person, shared.
  Shared Same(Person person) const;

  template <typename Predicate>
  friend size_t erase_if(People& people, Predicate predicate) {
    return std::erase_if(people.list_,
                         [&](const std::shared_ptr<Person>& each) { return predicate(*each); });
  }
  friend bool operator==(const People& a, const People& b);

 private:
  static Person& Own(std::shared_ptr<Person>& person);

  std::vector<std::shared_ptr<Person>> list_;
};

}  // namespace tamtap

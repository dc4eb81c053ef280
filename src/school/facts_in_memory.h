// A master's facts in memory: of a test or a simulation, or of a store that reads all of them to
// change some.
#pragma once

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "school/facts.h"

namespace tamtap {

class FactsInMemory final : public FactTable {
 public:
  FactsInMemory() = default;
  explicit FactsInMemory(std::map<FactKey, Fact> facts) : facts_(std::move(facts)) {}

  const std::map<FactKey, Fact>& facts() const { return facts_; }
  // What was put, and which changes were noted as taken, since BeginNoting.
  const std::map<FactKey, Fact>& put() const { return put_; }
  const std::map<std::string, std::string>& taken() const { return noted_; }
  void BeginNoting() {
    put_.clear();
    noted_.clear();
  }

  Result<std::optional<Fact>> Find(const FactKey& key) override {
    const auto there = facts_.find(key);
    return there == facts_.end() ? std::optional<Fact>() : std::optional(there->second);
  }
  Result<> Put(const FactKey& key, const Fact& fact) override {
    facts_[key] = fact;
    put_[key] = fact;
    return {};
  }
  Result<std::vector<std::string>> OwnersOfCard(const std::string& card) override {
    return Owners([&](const Person& person) { return CardKey(person) == card; });
  }
  Result<std::vector<std::string>> OwnersOfNumber(const std::string& tamtap_id) override {
    return Owners([&](const Person& person) { return person.tamtap_id == tamtap_id; });
  }
  Result<uint64_t> LargestNumber() override {
    uint64_t largest = 0;
    for (const auto& [key, fact] : facts_) {
      const auto word = fact.words.find("tamtap_id");
      if (key.kind != FactKind::kPerson || word == fact.words.end()) continue;
      // It is JSON: a text in quotes.
      const std::string& text = word->second.value;
      uint64_t number = 0;
      const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
      if (error == std::errc() && *end == '"') largest = std::max(largest, number);
    }
    return largest;
  }
  Result<std::optional<std::string>> Taken(const std::string& id) override {
    const auto there = taken_.find(id);
    return there == taken_.end() ? std::optional<std::string>() : std::optional(there->second);
  }
  Result<> NoteTaken(const std::string& id, const std::string& outcome) override {
    taken_[id] = outcome;
    noted_[id] = outcome;
    return {};
  }

 private:
  template <typename Is>
  std::vector<std::string> Owners(Is is) const {
    std::vector<std::string> owners;
    for (const auto& [key, fact] : facts_) {
      if (key.kind != FactKind::kPerson) continue;
      const auto person = PersonOf(key.key, fact);
      if (person && is(*person)) owners.push_back(key.key);
    }
    return owners;
  }

  std::map<FactKey, Fact> facts_;
  std::map<FactKey, Fact> put_;
  std::map<std::string, std::string> taken_;
  std::map<std::string, std::string> noted_;
};

}  // namespace tamtap

// What a master knows of its school, and how it takes changes: of two words on one field the later
// holds. Therefore the order in which changes arrive makes no difference, and a gate that brings
// last week's word undoes nothing that was said since.
//
// Two rules need more than one thing at a time: a card belongs to one person, and so does a number
// (tamtap_id). Who asks for another's card is refused, with both names. A new person whose number
// is somebody else's by now gets the next free one. A key is a person's first card, so whoever is
// registered with that of somebody who is there, by another name, is refused in the same way; and
// with that of somebody who left, is a new person with a key of their own (NextPersonKey): what is
// kept of a person stays theirs.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "school/change.h"

namespace tamtap {

struct Word {
  std::string value;  // JSON text
  Said said;
  friend bool operator==(const Word&, const Word&) = default;
};

// All that was said of one thing. One that was taken out is still a fact: `present` is "false", so
// that an older word can't bring it back.
struct Fact {
  std::map<std::string, Word, std::less<>> words;  // by field

  FactFields Fields() const;
  bool present() const;
  friend bool operator==(const Fact&, const Fact&) = default;
};

// By what a card is told from others: its UID, or the school's spelling if that names no UID.
const std::string& CardKey(const Person& person);
// The person whom the fact describes; none if it is not present, or describes nobody.
std::optional<Person> PersonOf(const std::string& key, const Fact& fact);

// {field: [value, at_us, by], ...}
boost::json::object ToJson(const Fact& fact);
Result<Fact> FactFromJson(const boost::json::value& value);

// Where a master keeps its facts. All calls of one ApplyChanges are of one transaction.
class FactTable {
 public:
  virtual ~FactTable() = default;
  virtual Result<std::optional<Fact>> Find(const FactKey& key) = 0;
  // Adds or replaces it.
  virtual Result<> Put(const FactKey& key, const Fact& fact) = 0;
  // Keys of people who are present and have that card (CardKey), or that number. Neither is empty.
  virtual Result<std::vector<std::string>> OwnersOfCard(const std::string& card) = 0;
  virtual Result<std::vector<std::string>> OwnersOfNumber(const std::string& tamtap_id) = 0;
  // The largest number that a person has or had, as a number; 0: none.
  virtual Result<uint64_t> LargestNumber() = 0;
  // What became of a change with that id, which was taken before; and notes it.
  virtual Result<std::optional<std::string>> Taken(const std::string& id) = 0;
  virtual Result<> NoteTaken(const std::string& id, const std::string& outcome) = 0;
};

// Takes the changes in their order, each once by its id. Returns for each "" if it was taken (also
// if a later word holds instead), else the sentence that says why it is refused for good. `now` is
// the master's clock: nothing counts as said later than that. Errors are the table's; some changes
// may be put then, and nothing must be kept of them.
Result<std::vector<std::string>> ApplyChanges(std::span<const SchoolChange> changes, WallTime now,
                                              FactTable& table);

}  // namespace tamtap

// What an import would do to the school, before it does it. A sheet's people are compared with
// those that the school has, by their cards; nothing is guessed: a card that belongs to somebody
// else, and somebody of the same name with another card, are questions for a person. All of a sheet
// is imported or nothing. Pure functions of values; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "school/roster_sheet.h"
#include "tap/school.h"

namespace tamtap {

struct FieldChange {
  std::string field;  // as in school_json.h
  std::string from;
  std::string to;
};

struct NewPerson {
  size_t line = 0;
  Person person;
};

struct ChangedPerson {
  size_t line = 0;
  Person before;
  Person after;
  std::vector<FieldChange> changes;
};

struct MissingPerson {
  Person person;
  bool section_in_sheet = false;  // the sheet has others of their section
};

// What to do with somebody of the name, section and role of a person who has another card.
enum class SameName { kAsk, kReplaceCard, kAnotherPerson };

struct ImportOptions {
  SameName same_name = SameName::kAsk;
  bool remove_missing = false;  // those whose section is in the sheet
};

struct ImportPlan {
  ImportOptions options;
  std::vector<NewPerson> added;
  std::vector<ChangedPerson> changed;
  std::vector<NewPerson> unchanged;
  // The same person with another card: done with kReplaceCard, else a question.
  std::vector<ChangedPerson> replacements;
  std::vector<NewPerson> unreadable;   // of the above, those whose card no reader can give
  std::vector<LeftOut> left_out;       // lines that can't be imported, and why
  std::vector<MissingPerson> missing;  // of the roles in the sheet, and not in it
  std::vector<std::string> notes;      // how the file was read, and what looks wrong

  // Whether all of it can be imported. If not, nothing is.
  bool possible() const {
    return left_out.empty() &&
           (replacements.empty() || options.same_name == SameName::kReplaceCard);
  }
};

ImportPlan PlanImport(const School& school, RosterSheet sheet, const ImportOptions& options);

// What a person's card is compared by, however the school spells it.
std::string CardIdentity(const Person& person);

// Does what the plan says, which was made for this very school. It must be possible.
void ApplyImport(const ImportPlan& plan, std::string_view registered, School& school);

// Adds people. Those without a tamtap_id get the next free one (numbers of three digits at least;
// larger than any there, as a number), and those without a date of registration `registered`.
void AddNewPeople(People people, std::string_view registered, School& school);

}  // namespace tamtap

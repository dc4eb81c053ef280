// Guardians in a list of people (school/roster_sheet.h): what the cells mean, what bringing them in
// would change, and doing it. A row without guardians says nothing of them, so a list of the office
// takes nobody out. Known to servers and their stores alone; no gate brings any.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "messages/message_store.h"
#include "roster/card_index.h"
#include "school/import_plan.h"
#include "school/roster_sheet.h"

namespace tamtap {

// Those of one person, who are others than before.
struct WardChange {
  size_t line = 0;
  Person person;
  std::vector<Guardian> before;
  std::vector<Guardian> after;  // who is new has no id yet
  bool is_new = false;          // the person: their master says by what key they are known
};

// kRejected, with a sentence: nobody can be written to by that.
Result<Guardian> GuardianFromSheet(const SheetGuardian& cells);
SheetGuardian ToSheet(const Guardian& guardian);

// Whether the sheet says anything of guardians.
bool SaysGuardians(const RosterSheet& sheet);
// Adds the lines whose guardians can't be believed to those that are left out.
void CheckGuardians(RosterSheet& sheet);
// What that sheet changes, of which the plan was made; it may be done already.
Result<std::vector<WardChange>> PlanGuardians(const RosterSheet& sheet, const ImportPlan& plan,
                                              MessageStore& store);
// `people` are those of the master once the plan is done. May be repeated after an error: who is
// there already is no change then.
Result<> PutGuardians(const std::vector<WardChange>& changes, const CardIndex& people,
                      MessageStore& store, Random& random);

// Of these people, to be written into a sheet.
Result<SheetGuardians> GuardiansForSheet(const People& people, MessageStore& store);

// [{line, nfc_id, name, section, before, after}], of these how many guardians.
boost::json::array ToJson(const std::vector<WardChange>& changes);

}  // namespace tamtap

#include "central/mongo_indexes.h"

#include <utility>

#include "central/mongo_messages.h"
#include "central/mongo_refusals.h"

namespace tamtap::central {

namespace json = boost::json;

std::vector<MongoIndex> MongoIndexes() {
  return {{"attendance", "day_1_section_1", {{"day", 1}, {"section", 1}}, false},
          {"attendance", "person_1_day_1", {{"person", 1}, {"day", 1}}, false},
          {"attendance", "date_1", {{"date", 1}}, false},
          {"students", "nfc_id_1", {{"nfc_id", 1}}, true},
          {"students", "person_1", {{"person", 1}}, false},
          {"schedules", "section_1", {{"section", 1}}, true},
          {kRefusalsCollection, "day_1_refused_at_us_1", {{"day", 1}, {"refused_at_us", 1}}, false},
          {kMessagesCollection, "state_1_due_us_1", {{"state", 1}, {"due_us", 1}}, false},
          {kMessagesCollection, "day_1_recipient_1", {{"day", 1}, {"recipient", 1}}, false},
          {kMessagesCollection, "person_1", {{"person", 1}}, false}};
}

json::object CommandFor(const MongoIndex& index) {
  json::object wanted{{"key", index.key}, {"name", index.name}};
  if (index.unique) wanted.emplace("unique", true);
  return {{"createIndexes", index.collection}, {"indexes", json::array{std::move(wanted)}}};
}

}  // namespace tamtap::central

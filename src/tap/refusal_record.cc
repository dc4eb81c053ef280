#include "tap/refusal_record.h"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "tap/json_fields.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

namespace json = boost::json;

// The one list of a refusal's texts, in their order. `visit(key, text, is required)`.
template <typename AnyRefusal, typename Visit>
void VisitTexts(AnyRefusal& refusal, Visit visit) {
  visit("reason", refusal.reason, true);
  visit("card", refusal.card, false);
  visit("person", refusal.person, false);
  visit("nfc_id", refusal.nfc_id, false);
  visit("name", refusal.name, false);
  visit("section", refusal.section, false);
  visit("date", refusal.date, true);
  visit("time", refusal.time, true);
  visit("day", refusal.day, true);
  visit("refused_at", refusal.refused_at, true);
}

Error Unusable(std::string what) {
  return Error{ErrorCode::kRejected, std::move(what), 0,
               "see docs/journal-format.md for the fields of a refusal"};
}

}  // namespace

bool FieldsFit(const RefusalRecord& refusal) {
  bool fit = true;
  VisitTexts(refusal, [&](std::string_view, const std::string& text, bool) {
    fit = fit && text.size() <= kMostFieldBytes;
  });
  return fit;
}

json::object ToJson(const RefusalRecord& refusal) {
  json::object object;
  object.emplace("refusal", refusal.id.ToString());
  VisitTexts(refusal, [&](std::string_view key, const std::string& text, bool) {
    object.emplace(key, text);
  });
  object.emplace("refused_at_us", refusal.refused_at_us);
  object.emplace("clock", ToString(refusal.clock));
  object.emplace("terminal", refusal.id.terminal);
  return object;
}

Result<RefusalRecord> RefusalRecordFromJson(const json::value& value) {
  const json::object* const object = value.if_object();
  if (object == nullptr) return Unusable("a refusal that is no JSON object");
  RefusalRecord refusal;
  TAMTAP_TRY(refusal.id, TapId::Parse(TextAt(*object, "refusal")));
  std::string complaint;
  VisitTexts(refusal, [&](std::string_view key, std::string& text, bool required) {
    text = TextAt(*object, key);
    const bool good = text.size() <= kMostFieldBytes && !(required && text.empty());
    if (!good && complaint.empty()) complaint = key;
  });
  const std::optional<ClockState> clock = ClockStateFrom(TextAt(*object, "clock"));
  if (!clock) complaint = "clock";
  refusal.clock = clock.value_or(ClockState::kUnsure);
  refusal.refused_at_us = IntegerAt(*object, "refused_at_us");
  if (refusal.refused_at_us == 0) complaint = "refused_at_us";
  if (!IsDay(refusal.day)) complaint = "day";
  if (complaint.empty()) return refusal;
  return Unusable(
      fmt::format("refusal field '{}' is missing, too long, or none of its values", complaint));
}

}  // namespace tamtap

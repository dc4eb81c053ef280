#include "central/mongo_refusals.h"

#include <boost/json.hpp>
#include <utility>

#include "base/log.h"
#include "base/unreadable.h"
#include "tap/json_fields.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;

}  // namespace

Result<> MongoRefusals::Keep(std::span<const RefusalRecord> refusals) {
  constexpr std::string_view kOperation = "keep in MongoDB who was turned away";
  std::vector<Object> documents;
  documents.reserve(refusals.size());
  for (const RefusalRecord& refusal : refusals) {
    Object document{{"_id", refusal.id.ToString()}};
    for (const auto& [key, value] : ToJson(refusal)) document.emplace(key, value);
    documents.push_back(std::move(document));
  }
  const auto inserted = session_.InsertMany(kRefusalsCollection, documents);
  if (!inserted) return inserted.error().ToError(kOperation);
  for (const auto& [index, failure] : inserted->failures) {
    if (failure.kind == MongoFailure::Kind::kDuplicateKey) continue;  // it was kept before
    if (failure.kind != MongoFailure::Kind::kRejected) return failure.ToError(kOperation);
    LogWarning("mongodb: refusal {} can't be kept: {}", refusals[index].id.ToString(),
               failure.reason);
  }
  return {};
}

Result<std::vector<RefusalRecord>> MongoRefusals::Find(const RefusalQuery& query) {
  Object filter{{"day", {{"$gte", query.first_day}, {"$lte", query.last_day}}}};
  if (query.sections) {
    json::array sections;
    for (const std::string& section : *query.sections) sections.emplace_back(section);
    filter.emplace("section", Object{{"$in", std::move(sections)}});
  }
  if (!query.terminal.empty()) filter.emplace("terminal", query.terminal);
  if (!query.reason.empty()) filter.emplace("reason", query.reason);
  const auto documents =
      session_.Find(kRefusalsCollection, filter,
                    {{"sort", Object{{"day", -1}, {"refused_at_us", -1}, {"_id", 1}}},
                     {"limit", static_cast<int64_t>(query.limit)}});
  if (!documents) return documents.error().ToError("read from MongoDB who was turned away");
  std::vector<RefusalRecord> found;
  found.reserve(documents->size());
  for (const Object& document : *documents) {
    auto refusal = RefusalRecordFromJson(document);
    if (!refusal) {
      NoteUnreadable("refusal " + TextAt(document, "_id") + " of MongoDB", refusal.error());
      continue;
    }
    found.push_back(*std::move(refusal));
  }
  return found;
}

}  // namespace tamtap::central

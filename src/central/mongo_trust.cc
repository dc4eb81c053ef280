// The trust store in MongoDB: see trust_store.h.
#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/sha256.h"
#include "central/mongo_identity.h"
#include "server/audit_names.h"
#include "tap/json_fields.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;
using Kind = MongoFailure::Kind;

constexpr size_t kPeopleAtOnce = 500;  // in one question
constexpr const char* kAuditCounter = "audit";
constexpr int kAuditAttempts = 5;
// The end of a range of texts that begin alike.
constexpr const char* kLastCharacter = "\xF4\x8F\xBF\xBF";

class MongoTrust final : public TrustStore {
 public:
  explicit MongoTrust(MongoPool& pool) : pool_(pool) {}

  // Most are known: one question a few hundred people, and what is new.
  Result<> RememberCards(std::span<const KnownCard> cards) override {
    constexpr std::string_view kOperation = "remember cards";
    MongoSession session = Open();
    while (!cards.empty()) {
      const auto some = cards.first(std::min(cards.size(), kPeopleAtOnce));
      cards = cards.subspan(some.size());
      json::array ids;
      for (const KnownCard& each : some) ids.emplace_back(PairId(each.person, each.card));
      std::set<std::string> known;
      const auto found = session.Visit(
          kKnownCards, {{"_id", {{"$in", std::move(ids)}}}}, {{"projection", Object{{"_id", 1}}}},
          [&known](Object&& document) { known.insert(TextAt(document, "_id")); });
      if (!found) return IdentityError(found.error(), kOperation);
      std::vector<Object> fresh;
      for (const KnownCard& each : some) {
        std::string id = PairId(each.person, each.card);
        if (!known.insert(id).second) continue;
        fresh.push_back({{"_id", std::move(id)}, {"person", each.person}, {"card", each.card}});
      }
      TAMTAP_RETURN_IF_ERROR(InsertMissing(session, kKnownCards, fresh, kOperation));
    }
    return {};
  }

  Result<bool> WasCardOf(std::string_view card, std::string_view person) override {
    return IsThere(kKnownCards, PairId(person, card), "look whose a card was");
  }

  Result<> NoteImports(std::string_view terminal, std::span<const std::string> taps) override {
    std::vector<Object> documents;
    for (const std::string& tap : taps) {
      documents.push_back({{"_id", PairId(terminal, tap)}, {"terminal", terminal}, {"tap", tap}});
    }
    return Insert(kImports, documents, "note imported taps");
  }

  Result<std::vector<std::string>> ImportsOf(std::string_view terminal) override {
    return Texts(kImports, terminal, "tap");
  }

  Result<std::vector<std::string>> FormerNamesOf(std::string_view terminal) override {
    return Texts(kFormerNames, terminal, "name");
  }

  Result<> AddVoided(const VoidedDays& days) override {
    const std::string id = PairId(PairId(days.terminal, days.first_day), days.last_day);
    return Put(kVoidedDays, id,
               {{"terminal", days.terminal},
                {"first_day", days.first_day},
                {"last_day", days.last_day},
                {"voided_by", days.by},
                {"at_us", Microseconds(days.at)}},
               "void a gate's days");
  }

  Result<std::vector<VoidedDays>> Voided() override {
    MongoSession session = Open();
    const auto found = session.Find(kVoidedDays, {});
    if (!found) return IdentityError(found.error(), "look which days are void");
    std::vector<VoidedDays> voided;
    for (const Object& each : *found) {
      voided.push_back({TextAt(each, "terminal"), TextAt(each, "first_day"),
                        TextAt(each, "last_day"), TextAt(each, "voided_by"),
                        TimeOf(IntegerAt(each, "at_us"))});
    }
    return voided;
  }

  Result<> AddVoidedImports(std::span<const std::string> taps) override {
    std::vector<Object> documents;
    for (const std::string& tap : taps) documents.push_back({{"_id", tap}});
    return Insert(kVoidedImports, documents, "void imported taps");
  }

  Result<bool> IsVoidedImport(std::string_view tap) override {
    return IsThere(kVoidedImports, tap, "look whether a tap is void");
  }

  Result<> Vouch(std::span<const std::string> taps, std::string_view by, WallTime now) override {
    for (const std::string& tap : taps) {
      TAMTAP_RETURN_IF_ERROR(Put(kVouchedTaps, tap,
                                 {{"vouched_by", by}, {"at_us", Microseconds(now)}},
                                 "vouch for a tap"));
    }
    return {};
  }

  Result<bool> IsVouchedFor(std::string_view tap) override {
    return IsThere(kVouchedTaps, tap, "look whether a tap is vouched for");
  }

  Result<> AddAudit(const AuditEntry& entry) override { return Write(entry, {}); }

  // That it is said once among all servers, its `_id` sees to; what was said otherwise since then,
  // the trail is asked for.
  Result<> AddAuditOnce(const AuditEntry& entry, WallTime since) override {
    MongoSession session = Open();
    const auto there = session.Find(kAudit,
                                    {{"who", entry.who},
                                     {"whom", entry.whom},
                                     {"what", entry.what},
                                     {"at_us", {{"$gte", Microseconds(since)}}}},
                                    {{"limit", 1}, {"projection", Object{{"_id", 1}}}});
    if (!there) return IdentityError(there.error(), "read the audit trail");
    if (!there->empty()) return {};
    const std::string act = PairId(PairId(entry.who, entry.what), entry.whom);
    return Write(entry, "once " + Sha256Hex(PairId(act, std::to_string(Microseconds(since)))));
  }

  Result<std::vector<AuditEntry>> Audit(const AuditQuery& query) override {
    Object filter{
        {"id", {{"$lt", query.before}}},
        {"at_us", {{"$gte", Microseconds(query.since)}, {"$lt", Microseconds(query.until)}}}};
    if (!query.who.empty()) filter.emplace("who", query.who);
    if (!query.whom.empty()) filter.emplace("whom", query.whom);
    if (!query.what.empty()) {
      filter.emplace("what", Object{{"$gte", query.what}, {"$lt", query.what + kLastCharacter}});
    }
    MongoSession session = Open();
    const auto found = session.Find(kAudit, filter,
                                    {{"sort", Object{{"id", -1}}}, {"limit", int64_t{query.most}}});
    if (!found) return IdentityError(found.error(), "read the audit trail");
    std::vector<AuditEntry> entries;
    for (const Object& each : *found) entries.push_back(EntryFrom(each));
    return entries;
  }

  Result<std::vector<AuditEntry>> AuditOf(const PersonNames& names,
                                          std::string_view name) override {
    std::vector<AuditEntry> entries;
    TAMTAP_RETURN_IF_ERROR(ForEachOf(names, name, [&entries](const Object& document) {
      entries.push_back(EntryFrom(document));
    }));
    return entries;
  }

  // Entry by entry, the oldest last: after an error it is repeated, and finds what is left.
  Result<> ForgetPerson(const PersonNames& names, std::string_view name) override {
    constexpr std::string_view kOperation = "forget somebody in the audit trail";
    MongoSession session = Open();
    const auto cards = session.RemoveAll(kKnownCards, {{"person", names.person}});
    if (!cards) return IdentityError(cards.error(), kOperation);
    std::vector<Object> theirs;
    TAMTAP_RETURN_IF_ERROR(
        ForEachOf(names, name, [&theirs](const Object& document) { theirs.push_back(document); }));
    for (const Object& document : theirs) {
      const std::string what = TextAt(document, "what");
      const Object forgotten{
          {"what", what.substr(0, what.find(':'))}, {"whom", kErasedName}, {"detail", ""}};
      const std::string id = TextAt(document, "_id");
      const auto changed = session.UpdateOne(kAudit, {{"_id", id}}, {{"$set", forgotten}});
      if (!changed) return IdentityError(changed.error(), kOperation);
      if (!id.starts_with("once ")) continue;
      // Its `_id` is a hash of whom it was about, which somebody who guesses could find out.
      Object entry = document;
      for (const auto& [key, value] : forgotten) entry[key] = value;
      entry["_id"] = "erased " + std::to_string(IntegerAt(document, "id"));
      TAMTAP_RETURN_IF_ERROR(InsertMissing(session, kAudit, {entry}, kOperation));
      const auto removed = session.RemoveAll(kAudit, {{"_id", id}});
      if (!removed) return IdentityError(removed.error(), kOperation);
    }
    return ForgetInReports(name.empty() ? names.person : std::string(name));
  }

 private:
  MongoSession Open() { return MongoSession(pool_.get(), pool_.database()); }

  static AuditEntry EntryFrom(const Object& document) {
    return {TimeOf(IntegerAt(document, "at_us")),
            TextAt(document, "who"),
            TextAt(document, "what"),
            TextAt(document, "whom"),
            TextAt(document, "detail"),
            IntegerAt(document, "id")};
  }

  // `once`: the `_id` that it has if it may be there once; empty: it is one of many.
  Result<> Write(const AuditEntry& entry, const std::string& once) {
    constexpr std::string_view kOperation = "write into the audit trail";
    MongoSession session = Open();
    for (int attempt = 0; attempt < kAuditAttempts; ++attempt) {
      const auto id = DrawNumber(session, kAuditCounter);
      if (!id) return IdentityError(id.error(), kOperation);
      const auto written =
          session.Insert(kAudit, {{"_id", once.empty() ? std::to_string(*id) : once},
                                  {"id", *id},
                                  {"at_us", Microseconds(entry.at)},
                                  {"who", entry.who},
                                  {"what", entry.what},
                                  {"whom", entry.whom},
                                  {"detail", entry.detail}});
      if (written) return {};
      if (written.error().kind != Kind::kDuplicateKey) {
        return IdentityError(written.error(), kOperation);
      }
      if (!once.empty()) return {};  // another server has said it
      TAMTAP_RETURN_IF_ERROR(CatchUp(session));
    }
    return Error{ErrorCode::kRetry, std::string(kOperation), 0, "its numbers are taken"};
  }

  // The counter lags behind the trail: it was restored from an older copy, or is gone.
  Result<> CatchUp(MongoSession& session) {
    constexpr std::string_view kOperation = "number the audit trail";
    const auto newest =
        session.Find(kAudit, {}, {{"sort", Object{{"id", -1}}}, {"limit", int64_t{1}}});
    if (!newest) return IdentityError(newest.error(), kOperation);
    if (newest->empty()) return {};
    const auto raised =
        session.UpdateOne(kCounters, {{"_id", kAuditCounter}},
                          {{"$max", {{"number", IntegerAt(newest->front(), "id")}}}});
    return raised ? Result<>() : Result<>(IdentityError(raised.error(), kOperation));
  }

  // What gates have reported last names people, too: taps in quarantine, contested cards. A gate
  // that is still there reports again.
  Result<> ForgetInReports(const std::string& shown) {
    constexpr std::string_view kOperation = "forget somebody in what gates reported";
    const std::string quoted = json::serialize(json::value(shown));
    std::vector<std::string> naming;
    MongoSession session = Open();
    const auto visited = session.Visit(kTerminals, {}, {}, [&](Object&& document) {
      const bool names_them = TextAt(document, "status_json").find(quoted) != std::string::npos;
      if (names_them) naming.push_back(TextAt(document, "_id"));
    });
    if (!visited) return IdentityError(visited.error(), kOperation);
    for (const std::string& id : naming) {
      const auto changed =
          session.UpdateOne(kTerminals, {{"_id", id}}, {{"$set", Object{{"status_json", ""}}}});
      if (!changed) return IdentityError(changed.error(), kOperation);
    }
    return {};
  }

  // Reads the whole trail, which is done when a person's data is asked for or erased.
  template <typename Visit>
  Result<> ForEachOf(const PersonNames& names, std::string_view name, Visit visit) {
    MongoSession session = Open();
    const auto visited = session.Visit(kAudit, {{"whom", {{"$ne", kErasedName}}}},
                                       {{"sort", Object{{"id", -1}}}}, [&](Object&& document) {
                                         if (IsAbout(EntryFrom(document), names, name))
                                           visit(document);
                                       });
    if (!visited) return IdentityError(visited.error(), "read the audit trail");
    return {};
  }

  Result<bool> IsThere(const char* collection, std::string_view id, std::string_view operation) {
    MongoSession session = Open();
    const auto count = session.Count(collection, {{"_id", id}});
    if (!count) return IdentityError(count.error(), operation);
    return *count > 0;
  }

  Result<> Insert(const char* collection, const std::vector<Object>& documents,
                  std::string_view operation) {
    if (documents.empty()) return {};
    MongoSession session = Open();
    return InsertMissing(session, collection, documents, operation);
  }

  Result<> Put(const char* collection, std::string_view id, const Object& fields,
               std::string_view operation) {
    MongoSession session = Open();
    auto put = session.UpdateOne(collection, {{"_id", id}}, {{"$set", fields}}, /*upsert=*/true);
    if (!put && put.error().kind == Kind::kDuplicateKey) {  // another has put it just now
      put = session.UpdateOne(collection, {{"_id", id}}, {{"$set", fields}}, /*upsert=*/true);
    }
    return put ? Result<>() : Result<>(IdentityError(put.error(), operation));
  }

  Result<std::vector<std::string>> Texts(const char* collection, std::string_view terminal,
                                         std::string_view field) {
    MongoSession session = Open();
    std::vector<std::string> texts;
    const auto visited =
        session.Visit(collection, {{"terminal", terminal}}, {},
                      [&](Object&& document) { texts.push_back(TextAt(document, field)); });
    if (!visited) return IdentityError(visited.error(), "look what a gate brought");
    return texts;
  }

  MongoPool& pool_;
};

}  // namespace

std::unique_ptr<TrustStore> MakeMongoTrust(MongoPool& pool) {
  return std::make_unique<MongoTrust>(pool);
}

}  // namespace tamtap::central

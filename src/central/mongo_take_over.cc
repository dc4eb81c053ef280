// What a server's own file held, taken into the database that servers share. What is there already
// stays: it is what other servers go by. Repeated after an error or a kill, it adds what is
// missing.
#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/ascii.h"
#include "base/log.h"
#include "base/text.h"
#include "central/identity_content.h"
#include "central/mongo_identity.h"
#include "central/stores.h"
#include "tap/json_fields.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::string_view kTakeOver = "take over what server.db holds";
constexpr size_t kDocumentsAtOnce = 1'000;

class TakeOver {
 public:
  TakeOver(MongoSession& session, const IdentityContent& content, const std::string& file)
      : session_(session), content_(content), file_(file) {}

  Result<> Run() {
    TAMTAP_RETURN_IF_ERROR(TakeAccounts());
    TAMTAP_RETURN_IF_ERROR(TakeGates());
    TAMTAP_RETURN_IF_ERROR(TakeTrust());
    return TakeAudit();
  }

 private:
  Result<> Insert(const char* collection, const std::vector<Object>& documents) {
    for (size_t begin = 0; begin < documents.size(); begin += kDocumentsAtOnce) {
      const size_t end = std::min(begin + kDocumentsAtOnce, documents.size());
      const std::vector<Object> some(documents.begin() + static_cast<std::ptrdiff_t>(begin),
                                     documents.begin() + static_cast<std::ptrdiff_t>(end));
      TAMTAP_RETURN_IF_ERROR(InsertMissing(session_, collection, some, kTakeOver));
    }
    return {};
  }

  Result<> TakeAccounts() {
    std::set<std::string> taken_in;
    std::vector<Object> documents;
    for (const auto& each : content_.former_accounts) {
      taken_in.insert(LowerAscii(each.username));
      documents.push_back({{"_id", LowerAscii(each.username)},
                           {"username", each.username},
                           {"email", LowerAscii(each.email)}});
    }
    TAMTAP_RETURN_IF_ERROR(Insert(kFormerAccounts, documents));
    documents.clear();
    for (const Account& account : content_.accounts) {
      Object document = AccountDocument(account);
      document.emplace("era", NewEra());
      document.emplace("born", NewEra());
      if (taken_in.contains(LowerAscii(account.username))) document.emplace("taken_in", true);
      documents.push_back(std::move(document));
    }
    TAMTAP_RETURN_IF_ERROR(Insert(kAccounts, documents));
    return TakeSessions();
  }

  // Of those whose account there is the one of here: of another of that name, somebody else's
  // session must not be.
  Result<> TakeSessions() {
    std::map<std::string, Object> there;
    const auto visited = session_.Visit(kAccounts, {}, {}, [&there](Object&& document) {
      std::string id = TextAt(document, "_id");
      there.insert_or_assign(std::move(id), std::move(document));
    });
    if (!visited) return IdentityError(visited.error(), kTakeOver);
    std::set<std::string> ours;
    for (const Account& account : content_.accounts) {
      const std::string id = LowerAscii(account.username);
      const auto found = there.find(id);
      const bool is_ours =
          found != there.end() && TextAt(found->second, "password_hash") == account.password_hash;
      if (is_ours) {
        ours.insert(id);
      } else {
        LogWarning(
            "the account {} of this server's own file stays out: the database has one of "
            "that name with another password",
            account.username);
      }
    }
    std::vector<Object> sessions;
    for (const SessionRow& row : content_.sessions) {
      const std::string id = LowerAscii(row.username);
      if (!ours.contains(id)) continue;
      sessions.push_back({{"_id", row.id_hash},
                          {"username", id},
                          {"era", TextAt(there[id], "era")},
                          {"created_us", Microseconds(row.created)},
                          {"last_seen_us", Microseconds(row.last_seen)}});
    }
    TAMTAP_RETURN_IF_ERROR(Insert(kSessions, sessions));
    std::vector<Object> devices;
    for (const auto& each : content_.devices) {
      const std::string id = LowerAscii(each.username);
      if (!ours.contains(id)) continue;
      devices.push_back({{"_id", PairId(each.device_hash, id)},
                         {"device", each.device_hash},
                         {"username", id},
                         {"born", TextAt(there[id], "born")},
                         {"last_used_us", Microseconds(each.last_used)}});
    }
    return Insert(kDevices, devices);
  }

  Result<> TakeGates() {
    std::vector<Object> terminals;
    for (const TerminalRow& row : content_.terminals) {
      terminals.push_back({{"_id", row.name},
                           {"token_hash", row.token_hash},
                           {"token_expires_us", Microseconds(row.token_expires)},
                           {"secret_hash", row.secret_hash},
                           {"revoked", row.revoked},
                           {"last_seen_us", Microseconds(row.last_seen)},
                           {"status_json", row.status_json},
                           {"label", row.label}});
    }
    TAMTAP_RETURN_IF_ERROR(Insert(kTerminals, terminals));
    std::vector<Object> names;
    for (const auto& row : content_.former_names) {
      names.push_back({{"_id", PairId(row.name, row.terminal)},
                       {"name", row.name},
                       {"terminal", row.terminal},
                       {"since_us", Microseconds(row.since)},
                       {"proven", row.proven}});
    }
    return Insert(kFormerNames, names);
  }

  Result<> TakeTrust() {
    std::vector<Object> cards;
    for (const KnownCard& each : content_.known_cards) {
      cards.push_back(
          {{"_id", PairId(each.person, each.card)}, {"person", each.person}, {"card", each.card}});
    }
    TAMTAP_RETURN_IF_ERROR(Insert(kKnownCards, cards));
    std::vector<Object> imports;
    for (const auto& each : content_.imports) {
      imports.push_back({{"_id", PairId(each.terminal, each.tap)},
                         {"terminal", each.terminal},
                         {"tap", each.tap}});
    }
    TAMTAP_RETURN_IF_ERROR(Insert(kImports, imports));
    std::vector<Object> voided;
    for (const std::string& tap : content_.voided_imports) voided.push_back({{"_id", tap}});
    TAMTAP_RETURN_IF_ERROR(Insert(kVoidedImports, voided));
    std::vector<Object> days;
    for (const VoidedDays& each : content_.voided_days) {
      days.push_back({{"_id", PairId(PairId(each.terminal, each.first_day), each.last_day)},
                      {"terminal", each.terminal},
                      {"first_day", each.first_day},
                      {"last_day", each.last_day},
                      {"voided_by", each.by},
                      {"at_us", Microseconds(each.at)}});
    }
    TAMTAP_RETURN_IF_ERROR(Insert(kVoidedDays, days));
    std::vector<Object> vouched;
    for (const auto& each : content_.vouched) {
      vouched.push_back(
          {{"_id", each.tap}, {"vouched_by", each.by}, {"at_us", Microseconds(each.at)}});
    }
    return Insert(kVouchedTaps, vouched);
  }

  Result<> TakeAudit() {
    std::set<std::string> known;
    const auto found =
        session_.Visit(kAudit, {}, {{"projection", Object{{"_id", 1}}}},
                       [&known](Object&& document) { known.insert(TextAt(document, "_id")); });
    if (!found) return IdentityError(found.error(), kTakeOver);
    std::vector<Object> entries;
    for (const AuditEntry& each : content_.audit) {
      std::string id = file_ + " " + std::to_string(each.id);
      if (known.contains(id)) continue;
      entries.push_back({{"_id", std::move(id)},
                         {"id", 0},
                         {"at_us", Microseconds(each.at)},
                         {"who", each.who},
                         {"what", each.what},
                         {"whom", each.whom},
                         {"detail", each.detail}});
    }
    if (entries.empty()) return {};
    const auto count = static_cast<int64_t>(entries.size());
    const auto last = DrawNumber(session_, "audit", count);
    if (!last) return IdentityError(last.error(), kTakeOver);
    int64_t id = *last - count;
    for (Object& entry : entries) entry["id"] = ++id;
    return Insert(kAudit, entries);
  }

  MongoSession& session_;
  const IdentityContent& content_;
  const std::string& file_;
};

}  // namespace

Result<> TakeIntoMongo(const MongoOptions& options, const IdentityContent& content,
                       const std::string& file) {
  TAMTAP_TRY(const auto pool, MongoPool::Open(options));
  MongoSession session(pool->get(), pool->database());
  return TakeOver(session, content, file).Run();
}

}  // namespace tamtap::central

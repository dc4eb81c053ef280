#include "central/mongo_accounts.h"

#include <boost/json.hpp>

#include "base/ascii.h"
#include "base/text.h"
#include "base/unreadable.h"
#include "tap/json_fields.h"
#include "tap/record.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;
using Kind = MongoFailure::Kind;

constexpr size_t kMostEnded = 10'000;

Error NoAccountOf(std::string_view username) {
  return Error{ErrorCode::kRejected, "find the account " + std::string(username), 0,
               "there is none of that name"};
}

bool IsText(const Account& account) {
  bool is_text = IsUtf8(account.username) && IsUtf8(account.name) && IsUtf8(account.email) &&
                 IsUtf8(account.password_hash);
  for (const std::string& section : account.sections) is_text = is_text && IsUtf8(section);
  return is_text;
}

SessionRow SessionFrom(const Object& document) {
  return {TextAt(document, "_id"), TextAt(document, "username"),
          TimeOf(IntegerAt(document, "created_us")), TimeOf(IntegerAt(document, "last_seen_us"))};
}

}  // namespace

Result<> MongoAccounts::Add(const Account& account) {
  const auto refused = [&account](std::string hint) {
    return Error{ErrorCode::kRejected, "add the account " + account.username, 0, std::move(hint)};
  };
  if (account.username.empty()) return refused("it needs a name");
  if (!IsText(account)) return refused("it holds text that is not UTF-8");
  Object document = AccountDocument(account);
  document.emplace("era", NewEra());
  document.emplace("born", NewEra());
  MongoSession session(pool_.get(), pool_.database());
  const auto inserted = session.Insert(kAccounts, document);
  if (inserted) return {};
  if (inserted.error().kind == Kind::kDuplicateKey) return refused("the name is taken");
  return IdentityError(inserted.error(), "add an account");
}

Result<std::optional<Object>> MongoAccounts::FindDocument(MongoSession& session,
                                                          std::string_view username) {
  auto found = session.Find(kAccounts, {{"_id", LowerAscii(username)}});
  if (!found) return IdentityError(found.error(), "look for an account");
  if (found->empty()) return std::optional<Object>();
  return std::optional(std::move(found->front()));
}

Result<std::optional<Account>> MongoAccounts::Find(std::string_view username) {
  return accounts_.Get(LowerAscii(username), [&]() -> Result<std::optional<Account>> {
    MongoSession session(pool_.get(), pool_.database());
    TAMTAP_TRY(const auto document, FindDocument(session, username));
    if (!document) return std::optional<Account>();
    TAMTAP_TRY(Account account, AccountFrom(*document));
    return std::optional(std::move(account));
  });
}

Result<std::vector<Account>> MongoAccounts::All() {
  MongoSession session(pool_.get(), pool_.database());
  const auto found = session.Find(kAccounts, {}, {{"sort", Object{{"_id", 1}}}});
  if (!found) return IdentityError(found.error(), "list the accounts");
  std::vector<Account> accounts;
  for (const Object& document : *found) {
    auto account = AccountFrom(document);
    if (account) {
      accounts.push_back(*std::move(account));
    } else {
      std::string name = "account ";
      AppendJsonString(TextAt(document, "_id"), name);
      NoteUnreadable(name, account.error());
    }
  }
  return accounts;
}

// The sessions are over by the first change; the second takes away what is left of them.
Result<bool> MongoAccounts::ChangeHash(Object filter, std::string_view hash) {
  const json::value id = filter.at("_id");
  Object fields = HashFields(hash);
  fields.emplace("must_change_password", false);
  fields.emplace("era", NewEra());
  MongoSession session(pool_.get(), pool_.database());
  const auto changed = session.UpdateOne(kAccounts, filter, {{"$set", std::move(fields)}});
  Forget();
  if (!changed) return IdentityError(changed.error(), "set a password");
  if (*changed == 0) return false;
  static_cast<void>(session.RemoveAll(kSessions, {{"username", id}}));
  return true;
}

Result<> MongoAccounts::SetPasswordHash(std::string_view username, std::string_view hash) {
  TAMTAP_TRY(const bool there, ChangeHash({{"_id", LowerAscii(username)}}, hash));
  return there ? Result<>() : Result<>(NoAccountOf(username));
}

Result<bool> MongoAccounts::ReplacePasswordHash(std::string_view username, std::string_view was,
                                                std::string_view hash) {
  return ChangeHash({{"_id", LowerAscii(username)}, {"password_hash", was}}, hash);
}

Result<> MongoAccounts::Remove(std::string_view username) {
  const std::string id = LowerAscii(username);
  MongoSession session(pool_.get(), pool_.database());
  const auto there = session.Count(kAccounts, {{"_id", id}});
  if (!there) return IdentityError(there.error(), "remove an account");
  const auto removed = session.RemoveAll(kAccounts, {{"_id", id}});
  Forget();
  if (!removed) return IdentityError(removed.error(), "remove an account");
  static_cast<void>(session.RemoveAll(kSessions, {{"username", id}}));
  static_cast<void>(session.RemoveAll(kDevices, {{"username", id}}));
  if (*there == 0) return NoAccountOf(username);
  return {};
}

// Only what differs is written: an answer that was kept for a moment, or an edit at another server
// a moment ago, must not bring back a role that was taken away.
Result<> MongoAccounts::Change(const Account& before, const Account& after) {
  if (!IsText(after)) {
    return Error{ErrorCode::kRejected, "change an account", 0, "it holds text that is not UTF-8"};
  }
  const Object was = AccountDocument(before);
  Object fields = AccountDocument(after);
  for (const char* kept : {"_id", "username", "password_hash", "bcrypt"}) fields.erase(kept);
  for (const auto& [key, value] : was) {
    const auto same = fields.find(key);
    if (same != fields.end() && same->value() == value) fields.erase(same);
  }
  const Object filter{{"_id", LowerAscii(after.username)}};
  MongoSession session(pool_.get(), pool_.database());
  const auto changed = fields.empty()
                           ? session.Count(kAccounts, filter)
                           : session.UpdateOne(kAccounts, filter, {{"$set", std::move(fields)}});
  Forget();
  if (!changed) return IdentityError(changed.error(), "change an account");
  return *changed == 0 ? Result<>(NoAccountOf(after.username)) : Result<>();
}

Result<> MongoAccounts::AddSession(const SessionRow& row) {
  MongoSession session(pool_.get(), pool_.database());
  TAMTAP_TRY(const auto account, FindDocument(session, row.username));
  if (!account) return NoAccountOf(row.username);
  const auto inserted = session.Insert(kSessions, {{"_id", row.id_hash},
                                                   {"username", TextAt(*account, "_id")},
                                                   {"era", TextAt(*account, "era")},
                                                   {"created_us", Microseconds(row.created)},
                                                   {"last_seen_us", Microseconds(row.last_seen)}});
  return inserted ? Result<>() : Result<>(IdentityError(inserted.error(), "begin a session"));
}

Result<std::optional<SessionRow>> MongoAccounts::FindSession(std::string_view id_hash) {
  {
    MutexLock lock(mutex_);
    if (ended_.contains(id_hash)) return std::optional<SessionRow>();
  }
  return sessions_.Get(id_hash, [&] { return ReadSession(id_hash); });
}

Result<std::optional<SessionRow>> MongoAccounts::ReadSession(std::string_view id_hash) {
  MongoSession session(pool_.get(), pool_.database());
  const auto found = session.Find(kSessions, {{"_id", id_hash}});
  if (!found) return IdentityError(found.error(), "look for a session");
  if (found->empty()) return std::optional<SessionRow>();
  SessionRow row = SessionFrom(found->front());
  TAMTAP_TRY(const auto account, FindDocument(session, row.username));
  if (!account || TextAt(*account, "era") != TextAt(found->front(), "era")) {
    return std::optional<SessionRow>();
  }
  row.username = TextAt(*account, "username");
  return std::optional(std::move(row));
}

Result<std::vector<SessionRow>> MongoAccounts::SessionsOf(std::string_view username) {
  MongoSession session(pool_.get(), pool_.database());
  TAMTAP_TRY(const auto account, FindDocument(session, username));
  std::vector<SessionRow> sessions;
  if (!account) return sessions;
  const auto found = session.Find(
      kSessions, {{"username", TextAt(*account, "_id")}, {"era", TextAt(*account, "era")}},
      {{"sort", Object{{"created_us", -1}}}});
  if (!found) return IdentityError(found.error(), "list the sessions of an account");
  MutexLock lock(mutex_);
  for (const Object& document : *found) {
    SessionRow row = SessionFrom(document);
    if (ended_.contains(row.id_hash)) continue;
    row.username = TextAt(*account, "username");
    sessions.push_back(std::move(row));
  }
  return sessions;
}

Result<> MongoAccounts::TouchSession(std::string_view id_hash, WallTime now) {
  MongoSession session(pool_.get(), pool_.database());
  const auto touched = session.UpdateOne(kSessions, {{"_id", id_hash}},
                                         {{"$set", {{"last_seen_us", Microseconds(now)}}}});
  sessions_.Forget();
  return touched ? Result<>() : Result<>(IdentityError(touched.error(), "note a session's use"));
}

Result<> MongoAccounts::RemoveSession(std::string_view id_hash) {
  MongoSession session(pool_.get(), pool_.database());
  const auto removed = session.RemoveAll(kSessions, {{"_id", id_hash}});
  sessions_.Forget();
  if (removed) return {};
  // It is over all the same, for as long as this process lives; RemoveEnded() tries again.
  MutexLock lock(mutex_);
  if (ended_.size() < kMostEnded) ended_.emplace(id_hash);
  return IdentityError(removed.error(), "end a session");
}

void MongoAccounts::RemoveEnded() {
  std::set<std::string, std::less<>> ended;
  {
    MutexLock lock(mutex_);
    ended = ended_;
  }
  if (ended.empty()) return;
  MongoSession session(pool_.get(), pool_.database());
  for (const std::string& id_hash : ended) {
    if (!session.RemoveAll(kSessions, {{"_id", id_hash}})) return;
    MutexLock lock(mutex_);
    ended_.erase(id_hash);
  }
}

Result<> MongoAccounts::RemoveSessionsBefore(WallTime created, WallTime last_seen) {
  MongoSession session(pool_.get(), pool_.database());
  const auto removed = session.RemoveAll(
      kSessions,
      {{"$or", json::array{Object{{"created_us", {{"$lt", Microseconds(created)}}}},
                           Object{{"last_seen_us", {{"$lt", Microseconds(last_seen)}}}}}}});
  sessions_.Forget();
  return removed ? Result<>() : Result<>(IdentityError(removed.error(), "end old sessions"));
}

Result<> MongoAccounts::RememberDevice(std::string_view device_hash, std::string_view username,
                                       WallTime now) {
  constexpr std::string_view kOperation = "remember a device";
  MongoSession session(pool_.get(), pool_.database());
  TAMTAP_TRY(const auto account, FindDocument(session, username));
  if (!account) return NoAccountOf(username);
  const std::string owner = TextAt(*account, "_id");
  const std::string id = PairId(device_hash, owner);
  const auto noted = session.UpdateOne(kDevices, {{"_id", id}},
                                       {{"$set",
                                         {{"device", device_hash},
                                          {"username", owner},
                                          {"born", TextAt(*account, "born")},
                                          {"last_used_us", Microseconds(now)}}}},
                                       /*upsert=*/true);
  if (!noted && noted.error().kind != Kind::kDuplicateKey) {  // another request is noting it
    return IdentityError(noted.error(), kOperation);
  }
  return RemoveSurplusDevices(session, owner, id);
}

Result<> MongoAccounts::RemoveSurplusDevices(MongoSession& session, const std::string& username,
                                             const std::string& just_used) {
  const auto devices =
      session.Find(kDevices, {{"username", username}},
                   {{"sort", Object{{"last_used_us", -1}}}, {"projection", Object{{"_id", 1}}}});
  if (!devices) return IdentityError(devices.error(), "remember a device");
  json::array surplus;
  int kept = 1;
  for (const Object& device : *devices) {
    const std::string id = TextAt(device, "_id");
    if (id != just_used && ++kept > kMostDevices) surplus.emplace_back(id);
  }
  if (surplus.empty()) return {};
  const auto removed = session.RemoveAll(kDevices, {{"_id", {{"$in", std::move(surplus)}}}});
  return removed ? Result<>() : Result<>(IdentityError(removed.error(), "forget an old device"));
}

Result<bool> MongoAccounts::KnowsDevice(std::string_view device_hash, std::string_view username) {
  MongoSession session(pool_.get(), pool_.database());
  const Object filter = username.empty()
                            ? Object{{"device", device_hash}}
                            : Object{{"_id", PairId(device_hash, LowerAscii(username))}};
  const auto found = session.Find(kDevices, filter);
  if (!found) return IdentityError(found.error(), "look for a device");
  for (const Object& device : *found) {
    TAMTAP_TRY(const auto account, FindDocument(session, TextAt(device, "username")));
    if (account && TextAt(*account, "born") == TextAt(device, "born")) return true;
  }
  return false;
}

void MongoAccounts::Forget() {
  accounts_.Forget();
  sessions_.Forget();
}

}  // namespace tamtap::central

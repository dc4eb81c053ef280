#include "central/mongo_gates.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "tap/json_fields.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;
using Kind = MongoFailure::Kind;

bool IsSet(const Object& document, std::string_view field) {
  const json::value* const value = document.if_contains(field);
  return value != nullptr && *value == json::value(true);
}

TerminalRow TerminalFrom(const Object& document) {
  TerminalRow terminal;
  terminal.name = TextAt(document, "_id");
  terminal.token_hash = TextAt(document, "token_hash");
  terminal.token_expires = TimeOf(IntegerAt(document, "token_expires_us"));
  terminal.secret_hash = TextAt(document, "secret_hash");
  terminal.revoked = IsSet(document, "revoked");
  terminal.last_seen = TimeOf(IntegerAt(document, "last_seen_us"));
  terminal.status_json = TextAt(document, "status_json");
  terminal.label = TextAt(document, "label");
  return terminal;
}

}  // namespace

Result<> MongoGates::Add(std::string_view name, std::string_view token_hash,
                         WallTime token_expires) {
  MongoSession session(pool_.get(), pool_.database());
  const Object update{
      {"$set", {{"token_hash", token_hash}, {"token_expires_us", Microseconds(token_expires)}}},
      {"$setOnInsert", {{"secret_hash", ""}, {"revoked", false}}}};
  auto added = session.UpdateOne(kTerminals, {{"_id", name}}, update, /*upsert=*/true);
  if (!added && added.error().kind == Kind::kDuplicateKey) {  // it was added just now
    added = session.UpdateOne(kTerminals, {{"_id", name}}, update, /*upsert=*/true);
  }
  return added ? Result<>() : Result<>(IdentityError(added.error(), "add a terminal"));
}

// That the token is still there is the condition of the change that takes it: of many who try it at
// once, one gets in.
Result<std::string> MongoGates::ExchangeToken(std::string_view token_hash, WallTime now,
                                              std::string_view secret_hash,
                                              std::string_view former_secret_hash) {
  constexpr std::string_view kOperation = "enrol a terminal";
  const Error denied{ErrorCode::kDenied, std::string(kOperation), 0,
                     "the token is unknown, used or expired: make a new one"};
  if (token_hash.empty() || secret_hash.empty()) return denied;
  MongoSession session(pool_.get(), pool_.database());
  const auto found = session.Find(
      kTerminals, {{"token_hash", token_hash}, {"token_expires_us", {{"$gt", Microseconds(now)}}}});
  if (!found) return IdentityError(found.error(), kOperation);
  if (found->empty()) return denied;
  const std::string name = TextAt(found->front(), "_id");
  const auto taken = session.UpdateOne(kTerminals, {{"_id", name}, {"token_hash", token_hash}},
                                       {{"$set",
                                         {{"token_hash", ""},
                                          {"token_expires_us", 0},
                                          {"secret_hash", secret_hash},
                                          {"revoked", false}}}});
  by_secret_.Forget();
  if (!taken) return IdentityError(taken.error(), kOperation);
  if (*taken == 0) return denied;
  // A gate that hears of a failure here is not enrolled, and goes on with another token.
  TAMTAP_RETURN_IF_ERROR(EndFormerName(session, former_secret_hash, name, now));
  return name;
}

// Whoever has the secret of another enrolled terminal is that terminal. Its taps may come before
// its name is at an end: so it can be repeated.
Result<> MongoGates::EndFormerName(MongoSession& session, std::string_view secret_hash,
                                   const std::string& terminal, WallTime now) {
  if (secret_hash.empty()) return {};
  constexpr std::string_view kOperation = "end a terminal's former name";
  const auto found = session.Find(
      kTerminals, {{"secret_hash", secret_hash}, {"revoked", false}, {"_id", {{"$ne", terminal}}}});
  if (!found) return IdentityError(found.error(), kOperation);
  if (found->empty()) return {};
  const std::string former = TextAt(found->front(), "_id");
  const auto noted =
      session.UpdateOne(kFormerNames, {{"_id", PairId(former, terminal)}},
                        {{"$set", {{"name", former}, {"terminal", terminal}, {"proven", true}}},
                         {"$setOnInsert", {{"since_us", Microseconds(now)}}}},
                        /*upsert=*/true);
  if (!noted) return IdentityError(noted.error(), kOperation);
  TAMTAP_TRY(const bool revoked, RevokeIn(session, former));
  static_cast<void>(revoked);
  return {};
}

Result<std::optional<TerminalRow>> MongoGates::FindBySecret(std::string_view secret_hash) {
  if (secret_hash.empty()) return std::optional<TerminalRow>();
  return by_secret_.Get(secret_hash, [&]() -> Result<std::optional<TerminalRow>> {
    MongoSession session(pool_.get(), pool_.database());
    const auto found = session.Find(kTerminals, {{"secret_hash", secret_hash}, {"revoked", false}});
    if (!found) return IdentityError(found.error(), "look for a terminal");
    if (found->empty()) return std::optional<TerminalRow>();
    return std::optional(TerminalFrom(found->front()));
  });
}

Result<std::vector<TerminalRow>> MongoGates::All() {
  MongoSession session(pool_.get(), pool_.database());
  const auto found = session.Find(kTerminals, {}, {{"sort", Object{{"_id", 1}}}});
  if (!found) return IdentityError(found.error(), "list the terminals");
  std::vector<TerminalRow> terminals;
  for (const Object& document : *found) terminals.push_back(TerminalFrom(document));
  return terminals;
}

Result<> MongoGates::Note(std::span<const TerminalNote> notes) {
  std::vector<MongoSession::BulkUpdate> updates;
  for (const TerminalNote& note : notes) {
    Object update{{"$max", {{"last_seen_us", Microseconds(note.last_seen)}}}};
    if (!note.status_json.empty())
      update.emplace("$set", Object{{"status_json", note.status_json}});
    updates.push_back({{{"_id", note.name}}, std::move(update)});
  }
  if (updates.empty()) return {};
  MongoSession session(pool_.get(), pool_.database());
  const auto noted = session.UpdateMany(kTerminals, updates);
  if (!noted) return IdentityError(noted.error(), "note what terminals report");
  for (const auto& [index, failure] : noted->failures) {
    return IdentityError(failure, "note what a terminal reports");
  }
  return {};
}

// A token that is still out must not let it back in.
Result<bool> MongoGates::RevokeIn(MongoSession& session, std::string_view name) {
  const auto revoked = session.UpdateOne(
      kTerminals, {{"_id", name}},
      {{"$set", {{"revoked", true}, {"token_hash", ""}, {"token_expires_us", 0}}}});
  by_secret_.Forget();
  if (!revoked) return IdentityError(revoked.error(), "revoke a terminal");
  return *revoked > 0;
}

Result<> MongoGates::Revoke(std::string_view name) {
  MongoSession session(pool_.get(), pool_.database());
  TAMTAP_TRY(const bool there, RevokeIn(session, name));
  if (there) return {};
  return Error{ErrorCode::kRejected, "revoke the terminal " + std::string(name), 0,
               "there is none of that name"};
}

Result<> MongoGates::Label(std::string_view name, std::string_view label) {
  constexpr std::string_view kOperation = "rename a terminal";
  if (!IsUtf8(label)) {
    return Error{ErrorCode::kRejected, std::string(kOperation), 0, "it is not UTF-8"};
  }
  MongoSession session(pool_.get(), pool_.database());
  const auto labelled =
      session.UpdateOne(kTerminals, {{"_id", name}}, {{"$set", {{"label", label}}}});
  by_secret_.Forget();
  if (!labelled) return IdentityError(labelled.error(), kOperation);
  if (*labelled > 0) return {};
  return Error{ErrorCode::kRejected, "rename the terminal " + std::string(name), 0,
               "there is none of that name"};
}

Result<FormerName> MongoGates::TakeFormerName(std::string_view name, std::string_view terminal,
                                              WallTime now) {
  constexpr std::string_view kOperation = "look up a terminal's former name";
  MongoSession session(pool_.get(), pool_.database());
  const auto known = session.Find(kFormerNames, {{"_id", PairId(name, terminal)}});
  if (!known) return IdentityError(known.error(), kOperation);
  if (!known->empty() && IsSet(known->front(), "proven")) return FormerName::kKnown;
  // Who only said so must not speak for the gate that got the name afterwards.
  const auto others =
      session.Find(kTerminals, {{"_id", name}, {"secret_hash", {{"$ne", ""}}}, {"revoked", false}});
  if (!others) return IdentityError(others.error(), kOperation);
  if (!others->empty()) return FormerName::kOthers;
  if (!known->empty()) return FormerName::kKnown;
  const auto taken = session.Insert(kFormerNames, {{"_id", PairId(name, terminal)},
                                                   {"name", name},
                                                   {"terminal", terminal},
                                                   {"since_us", Microseconds(now)},
                                                   {"proven", false}});
  if (taken) return FormerName::kTaken;
  if (taken.error().kind == Kind::kDuplicateKey) return FormerName::kKnown;
  return IdentityError(taken.error(), kOperation);
}

}  // namespace tamtap::central

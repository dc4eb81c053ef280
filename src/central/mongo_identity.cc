#include "central/mongo_identity.h"

#include <boost/json.hpp>

#include "base/ascii.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "tap/json_fields.h"

namespace tamtap::central {

namespace json = boost::json;
using Object = json::object;
using Kind = MongoFailure::Kind;

std::vector<MongoIndex> MongoIdentityIndexes() {
  return {{kSessions, "username_1", {{"username", 1}}, false},
          {kDevices, "device_1", {{"device", 1}}, false},
          {kDevices, "username_1_last_used_us_1", {{"username", 1}, {"last_used_us", 1}}, false},
          {kTerminals, "token_hash_1", {{"token_hash", 1}}, false},
          {kTerminals, "secret_hash_1", {{"secret_hash", 1}}, false},
          {kFormerNames, "terminal_1", {{"terminal", 1}}, false},
          {kFormerAccounts, "email_1", {{"email", 1}}, false},
          {kKnownCards, "person_1", {{"person", 1}}, false},
          {kImports, "terminal_1", {{"terminal", 1}}, false},
          {kAudit, "id_1", {{"id", 1}}, false},
          {kAudit, "whom_1_id_1", {{"whom", 1}, {"id", 1}}, false},
          {kAudit, "who_1_id_1", {{"who", 1}, {"id", 1}}, false},
          {kNotes, "until_us_1", {{"until_us", 1}}, false}};
}

Error IdentityError(const MongoFailure& failure, std::string_view operation) {
  Error error = failure.ToError(operation);
  if (error.code == ErrorCode::kDenied) error.code = ErrorCode::kMisconfigured;
  return error;
}

MongoAttempt<int64_t> DrawNumber(MongoSession& session, const char* counter, int64_t count) {
  constexpr int kAttempts = 5;  // two may make the counter at once: one of them is told so
  MongoFailure failure;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto drawn =
        session.UpsertAndRead(kCounters, {{"_id", counter}}, {{"$inc", {{"number", count}}}});
    if (drawn) return IntegerAt(*drawn, "number");
    failure = drawn.error();
    if (failure.OfTheWholeServer()) break;
  }
  return tl::unexpected(failure);
}

std::string NewEra() { return SystemRandom().Hex(8); }

Object HashFields(std::string_view hash) {
  return {{"password_hash", hash}, {"bcrypt", hash.starts_with("$2")}};
}

Object AccountDocument(const Account& account) {
  json::array sections;
  for (const std::string& section : account.sections) sections.emplace_back(section);
  Object document{{"_id", LowerAscii(account.username)},
                  {"username", account.username},
                  {"role", ToString(account.role)},
                  {"sections", std::move(sections)},
                  {"name", account.name},
                  {"email", account.email},
                  {"must_change_password", account.must_change_password}};
  for (auto& [key, value] : HashFields(account.password_hash)) document.emplace(key, value);
  return document;
}

Result<Account> AccountFrom(const Object& document) {
  const auto role = AccountRoleFrom(TextAt(document, "role"));
  const json::value* const sections = document.if_contains("sections");
  const std::string username = TextAt(document, "username");
  // Whoever can't be read is let into nothing.
  if (!role || sections == nullptr || !sections->is_array() || username.empty()) {
    return Error{ErrorCode::kCorrupt, "read an account", 0,
                 "remove it and add it again: tamtap account remove, tamtap account add"};
  }
  Account account;
  account.username = username;
  account.role = *role;
  for (const json::value& section : sections->get_array()) {
    if (section.is_string()) account.sections.emplace_back(section.get_string());
  }
  account.password_hash = TextAt(document, "password_hash");
  account.name = TextAt(document, "name");
  account.email = TextAt(document, "email");
  const json::value* const must = document.if_contains("must_change_password");
  account.must_change_password = must != nullptr && *must == json::value(true);
  return account;
}

Result<> InsertMissing(MongoSession& session, const char* collection,
                       const std::vector<Object>& documents, std::string_view operation) {
  const auto inserted = session.InsertMany(collection, documents);
  if (!inserted) return IdentityError(inserted.error(), operation);
  for (const auto& [index, failure] : inserted->failures) {
    if (failure.kind != Kind::kDuplicateKey) return IdentityError(failure, operation);
  }
  return {};
}

}  // namespace tamtap::central

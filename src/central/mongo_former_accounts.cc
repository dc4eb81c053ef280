// Accounts of an existing installation, in MongoDB: see former_accounts.h. All servers of a school
// look at that installation, so two may take the same account in at the same moment.
#include <boost/json.hpp>
#include <charconv>

#include "base/ascii.h"
#include "central/mongo_identity.h"
#include "tap/json_fields.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;
using Kind = MongoFailure::Kind;

constexpr int kTakeAttempts = 5;

class MongoFormerAccounts final : public FormerAccounts {
 public:
  MongoFormerAccounts(MongoPool& pool, std::function<void()> changed)
      : pool_(pool), changed_(std::move(changed)) {}

  Result<FormerOutcome> Take(const Account& account) override {
    for (int attempt = 0; attempt < kTakeAttempts; ++attempt) {
      TAMTAP_TRY(const auto outcome, TryToTake(account));
      if (outcome) return *outcome;
    }
    return Error{ErrorCode::kRetry, std::string(kTake), 0, "other servers change it, too"};
  }

  Result<std::string> NameOf(std::string_view email) override {
    if (email.empty()) return std::string();
    MongoSession session(pool_.get(), pool_.database());
    const auto found = session.Find(kFormerAccounts, {{"email", LowerAscii(email)}},
                                    {{"sort", Object{{"_id", 1}}}, {"limit", 1}});
    if (!found) return IdentityError(found.error(), "look whose an e-mail address is");
    return found->empty() ? std::string() : TextAt(found->front(), "username");
  }

  Result<bool> Replace(std::string_view username, std::string_view former,
                       std::string_view hash) override {
    MongoSession session(pool_.get(), pool_.database());
    const auto replaced =
        session.UpdateOne(kAccounts, {{"_id", LowerAscii(username)}, {"password_hash", former}},
                          {{"$set", HashFields(hash)}});
    changed_();
    if (!replaced) return IdentityError(replaced.error(), "replace a former password");
    return *replaced > 0;
  }

  Result<std::string> SomeHash() override {
    MongoSession session(pool_.get(), pool_.database());
    const auto found = session.Find(kAccounts, {{"bcrypt", true}});
    if (!found) return IdentityError(found.error(), "look for former passwords");
    std::string dearest;
    int most = 0;
    for (const Object& document : *found) {
      const std::string hash = TextAt(document, "password_hash");
      int cost = 0;  // "$2b$10$..."
      if (hash.size() > 6) std::from_chars(hash.data() + 4, hash.data() + 6, cost);
      if (cost > kMostBcryptCost || (cost <= most && !dearest.empty())) continue;
      most = cost;
      dearest = hash;
    }
    return dearest;
  }

 private:
  static constexpr std::string_view kTake = "take in an account of an existing installation";

  // Nothing: something has changed meanwhile.
  //
  // The account is inserted first, with the mark that it was taken in; the note that outlives it
  // follows. If a server dies between the two, whoever comes next makes up for the note.
  Result<std::optional<FormerOutcome>> TryToTake(const Account& account) {
    const std::string id = LowerAscii(account.username);
    MongoSession session(pool_.get(), pool_.database());
    const auto noted = session.Count(kFormerAccounts, {{"_id", id}});
    if (!noted) return IdentityError(noted.error(), kTake);
    const auto found = session.Find(kAccounts, {{"_id", id}});
    if (!found) return IdentityError(found.error(), kTake);
    if (found->empty()) {
      if (*noted > 0) return std::optional(FormerOutcome::kRemoved);
      return Insert(session, account);
    }
    const Object& there = found->front();
    const json::value* const taken_in = there.if_contains("taken_in");
    const bool was_taken = *noted > 0 || (taken_in != nullptr && *taken_in == json::value(true));
    if (was_taken && *noted == 0) {
      TAMTAP_RETURN_IF_ERROR(Note(session, TextAt(there, "username"), TextAt(there, "email")));
    }
    const std::string hash = TextAt(there, "password_hash");
    if (!was_taken) return std::optional(FormerOutcome::kTaken);
    if (hash == account.password_hash) return std::optional(FormerOutcome::kThere);
    if (TextAt(there, "username") != account.username) return std::optional(FormerOutcome::kTaken);
    if (!hash.starts_with("$2")) return std::optional(FormerOutcome::kThere);
    const bool is_admin = TextAt(there, "role") == ToString(AccountRole::kAdmin);
    if (is_admin != (account.role == AccountRole::kAdmin)) {
      return std::optional(FormerOutcome::kOtherRole);
    }
    const auto changed = session.UpdateOne(kAccounts, {{"_id", id}, {"password_hash", hash}},
                                           {{"$set", HashFields(account.password_hash)}});
    changed_();
    if (!changed) return IdentityError(changed.error(), kTake);
    return *changed > 0 ? std::optional(FormerOutcome::kChanged) : std::nullopt;
  }

  Result<std::optional<FormerOutcome>> Insert(MongoSession& session, const Account& account) {
    Object document = AccountDocument(account);
    document.emplace("era", NewEra());
    document.emplace("born", NewEra());
    document.emplace("taken_in", true);
    const auto inserted = session.Insert(kAccounts, document);
    if (!inserted && inserted.error().kind == Kind::kDuplicateKey) {
      return std::optional<FormerOutcome>();
    }
    if (!inserted) return IdentityError(inserted.error(), kTake);
    TAMTAP_RETURN_IF_ERROR(Note(session, account.username, account.email));
    return std::optional(FormerOutcome::kAdded);
  }

  // Of two with one address, the first has it.
  Result<> Note(MongoSession& session, const std::string& username, const std::string& email) {
    std::string address = LowerAscii(email);
    if (!address.empty()) {
      const auto theirs = session.Count(kFormerAccounts, {{"email", address}});
      if (!theirs) return IdentityError(theirs.error(), kTake);
      if (*theirs > 0) address.clear();
    }
    return InsertMissing(
        session, kFormerAccounts,
        {{{"_id", LowerAscii(username)}, {"username", username}, {"email", address}}}, kTake);
  }

  MongoPool& pool_;
  const std::function<void()> changed_;
};

}  // namespace

std::unique_ptr<FormerAccounts> MakeMongoFormerAccounts(MongoPool& pool,
                                                        std::function<void()> changed) {
  return std::make_unique<MongoFormerAccounts>(pool, std::move(changed));
}

}  // namespace tamtap::central

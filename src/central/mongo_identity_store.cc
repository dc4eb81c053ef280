// The identity store in MongoDB, of its parts.
#include "base/log.h"
#include "base/mutex.h"
#include "central/mongo_accounts.h"
#include "central/mongo_gates.h"
#include "central/mongo_identity.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

constexpr int kIdentityIndexAttempts = 5;

class MongoIdentity final : public IdentityStore {
 public:
  explicit MongoIdentity(std::unique_ptr<MongoPool> pool)
      : pool_(std::move(pool)), accounts_(*pool_), gates_(*pool_) {}

  Result<> AddAccount(const Account& account) override { return Kept(accounts_.Add(account)); }
  Result<std::optional<Account>> FindAccount(std::string_view username) override {
    return accounts_.Find(username);
  }
  void LookAgain() override { accounts_.Forget(); }
  Result<std::vector<Account>> Accounts() override { return Kept(accounts_.All()); }
  Result<> SetPasswordHash(std::string_view username, std::string_view hash) override {
    return accounts_.SetPasswordHash(username, hash);
  }
  Result<bool> ReplacePasswordHash(std::string_view username, std::string_view was,
                                   std::string_view hash) override {
    return accounts_.ReplacePasswordHash(username, was, hash);
  }
  Result<> RemoveAccount(std::string_view username) override { return accounts_.Remove(username); }
  Result<> ChangeAccount(const Account& before, const Account& after) override {
    return accounts_.Change(before, after);
  }

  Result<> AddSession(const SessionRow& session) override { return accounts_.AddSession(session); }
  Result<std::optional<SessionRow>> FindSession(std::string_view id_hash) override {
    return accounts_.FindSession(id_hash);
  }
  Result<std::vector<SessionRow>> SessionsOf(std::string_view username) override {
    return accounts_.SessionsOf(username);
  }
  Result<> TouchSession(std::string_view id_hash, WallTime now) override {
    return accounts_.TouchSession(id_hash, now);
  }
  Result<> RemoveSession(std::string_view id_hash) override {
    return accounts_.RemoveSession(id_hash);
  }
  Result<> RemoveSessionsBefore(WallTime created, WallTime last_seen) override {
    return accounts_.RemoveSessionsBefore(created, last_seen);
  }

  Result<> RememberDevice(std::string_view device_hash, std::string_view username,
                          WallTime now) override {
    return accounts_.RememberDevice(device_hash, username, now);
  }
  Result<bool> KnowsDevice(std::string_view device_hash, std::string_view username) override {
    return accounts_.KnowsDevice(device_hash, username);
  }

  Result<> AddTerminal(std::string_view name, std::string_view token_hash,
                       WallTime token_expires) override {
    return Kept(gates_.Add(name, token_hash, token_expires));
  }
  Result<std::string> ExchangeToken(std::string_view token_hash, WallTime now,
                                    std::string_view secret_hash,
                                    std::string_view former_secret_hash) override {
    return gates_.ExchangeToken(token_hash, now, secret_hash, former_secret_hash);
  }
  Result<std::optional<TerminalRow>> FindTerminalBySecret(std::string_view secret_hash) override {
    return gates_.FindBySecret(secret_hash);
  }
  Result<std::vector<TerminalRow>> Terminals() override { return gates_.All(); }
  Result<> NoteTerminals(std::span<const TerminalNote> notes) override {
    auto noted = gates_.Note(notes);
    if (noted) accounts_.RemoveEnded();
    return Kept(std::move(noted));
  }
  Result<> RevokeTerminal(std::string_view name) override { return gates_.Revoke(name); }
  Result<> LabelTerminal(std::string_view name, std::string_view label) override {
    return gates_.Label(name, label);
  }
  Result<FormerName> TakeFormerName(std::string_view name, std::string_view terminal,
                                    WallTime now) override {
    return gates_.TakeFormerName(name, terminal, now);
  }

  TrustStore& Trust() override { return *trust_; }
  FormerAccounts& Former() override { return *former_; }
  SharedState& Shared() override { return *shared_; }
  void WipeHashes() override {}  // what MongoDB's own files keep for a while, it overwrites

 private:
  // After a call that the server answered, as in MongoStore: without the indexes all works, too.
  template <typename Outcome>
  Outcome Kept(Outcome outcome) EXCLUDES(mutex_) {
    if (!outcome) return outcome;
    {
      MutexLock lock(mutex_);
      if (index_attempts_left_ == 0) return outcome;
      --index_attempts_left_;
    }
    MongoSession session(pool_->get(), pool_->database());
    for (const MongoIndex& index : MongoIdentityIndexes()) {
      const auto created = session.WriteCommand(CommandFor(index));
      if (created) continue;
      LogWarning("mongodb: no index {} on {}: {}", index.name, index.collection,
                 created.error().reason);
      if (created.error().kind == MongoFailure::Kind::kUnreachable) return outcome;
    }
    MutexLock lock(mutex_);
    index_attempts_left_ = 0;
    return outcome;
  }

  const std::unique_ptr<MongoPool> pool_;
  MongoAccounts accounts_;
  MongoGates gates_;
  const std::unique_ptr<TrustStore> trust_ = MakeMongoTrust(*pool_);
  const std::unique_ptr<FormerAccounts> former_ =
      MakeMongoFormerAccounts(*pool_, [this] { accounts_.Forget(); });
  const std::unique_ptr<SharedState> shared_ = MakeMongoSharedState(*pool_);
  Mutex mutex_;
  int index_attempts_left_ GUARDED_BY(mutex_) = kIdentityIndexAttempts;
};

}  // namespace

Result<std::unique_ptr<IdentityStore>> OpenMongoIdentity(const MongoOptions& options) {
  TAMTAP_TRY(auto pool, MongoPool::Open(options));
  return std::unique_ptr<IdentityStore>(std::make_unique<MongoIdentity>(std::move(pool)));
}

}  // namespace tamtap::central

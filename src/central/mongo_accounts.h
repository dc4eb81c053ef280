// MongoAccounts: accounts, their sessions and their devices in MongoDB, as IdentityStore says it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "central/identity_cache.h"
#include "central/mongo_identity.h"

namespace tamtap::central {

class MongoAccounts {
 public:
  explicit MongoAccounts(MongoPool& pool) : pool_(pool) {}

  Result<> Add(const Account& account);
  Result<std::optional<Account>> Find(std::string_view username);
  Result<std::vector<Account>> All();
  Result<> SetPasswordHash(std::string_view username, std::string_view hash);
  Result<bool> ReplacePasswordHash(std::string_view username, std::string_view was,
                                   std::string_view hash);
  Result<> Remove(std::string_view username);
  Result<> Change(const Account& before, const Account& after);

  Result<> AddSession(const SessionRow& session);
  Result<std::optional<SessionRow>> FindSession(std::string_view id_hash) EXCLUDES(mutex_);
  Result<std::vector<SessionRow>> SessionsOf(std::string_view username) EXCLUDES(mutex_);
  Result<> TouchSession(std::string_view id_hash, WallTime now);
  Result<> RemoveSession(std::string_view id_hash) EXCLUDES(mutex_);
  Result<> RemoveSessionsBefore(WallTime created, WallTime last_seen);
  // Those that are over, though it could not be written down when they ended.
  void RemoveEnded() EXCLUDES(mutex_);

  Result<> RememberDevice(std::string_view device_hash, std::string_view username, WallTime now);
  Result<bool> KnowsDevice(std::string_view device_hash, std::string_view username);

  void Forget();  // what is cached

 private:
  using Object = boost::json::object;
  Result<bool> ChangeHash(Object filter, std::string_view hash);
  Result<std::optional<Object>> FindDocument(MongoSession& session, std::string_view username);
  Result<std::optional<SessionRow>> ReadSession(std::string_view id_hash);
  Result<> RemoveSurplusDevices(MongoSession& session, const std::string& username,
                                const std::string& just_used);

  MongoPool& pool_;
  IdentityCache<Account> accounts_;
  IdentityCache<SessionRow> sessions_;
  Mutex mutex_;
  std::set<std::string, std::less<>> ended_ GUARDED_BY(mutex_);
};

}  // namespace tamtap::central

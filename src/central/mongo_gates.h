// MongoGates: terminals, their tokens and secrets, and their former names in MongoDB, as
// IdentityStore says it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "central/identity_cache.h"
#include "central/mongo_identity.h"

namespace tamtap::central {

class MongoGates {
 public:
  explicit MongoGates(MongoPool& pool) : pool_(pool) {}

  Result<> Add(std::string_view name, std::string_view token_hash, WallTime token_expires);
  Result<std::string> ExchangeToken(std::string_view token_hash, WallTime now,
                                    std::string_view secret_hash,
                                    std::string_view former_secret_hash);
  Result<std::optional<TerminalRow>> FindBySecret(std::string_view secret_hash);
  Result<std::vector<TerminalRow>> All();
  Result<> Note(std::span<const TerminalNote> notes);
  Result<> Revoke(std::string_view name);
  Result<> Label(std::string_view name, std::string_view label);
  Result<FormerName> TakeFormerName(std::string_view name, std::string_view terminal, WallTime now);

 private:
  Result<> EndFormerName(MongoSession& session, std::string_view secret_hash,
                         const std::string& terminal, WallTime now);
  Result<bool> RevokeIn(MongoSession& session, std::string_view name);

  MongoPool& pool_;
  IdentityCache<TerminalRow> by_secret_;
};

}  // namespace tamtap::central

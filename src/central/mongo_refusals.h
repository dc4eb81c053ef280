// MongoRefusals: cards that were turned away, in a collection of their own, which existing TamTap
// software does not read. One thread.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "central/mongo_connection.h"
#include "server/school_store.h"
#include "tap/refusal_record.h"

namespace tamtap::central {

inline constexpr const char* kRefusalsCollection = "tamtap_refusals";

class MongoRefusals {
 public:
  explicit MongoRefusals(MongoSession& session) : session_(session) {}

  // As CentralStore::KeepRefusals and SchoolStore::FindRefusals.
  Result<> Keep(std::span<const RefusalRecord> refusals);
  Result<std::vector<RefusalRecord>> Find(const RefusalQuery& query);

 private:
  MongoSession& session_;
};

}  // namespace tamtap::central

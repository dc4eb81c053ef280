// Taps that are taken out of the attendance in MongoDB: into the collection tamtap_voided, one
// document a tap, which existing TamTap software does not read.
#pragma once

#include <span>

#include "central/mongo_connection.h"
#include "server/school_store.h"

namespace tamtap::central {

class MongoVoiding {
 public:
  explicit MongoVoiding(MongoSession& session) : session_(session) {}

  // See SchoolStore::VoidTaps. A crash in between leaves a tap in both places, never in none; the
  // next call takes it out.
  Result<size_t> Void(std::span<const TapsOfDay> taps, const Voiding& voiding);

 private:
  MongoAttempt<size_t> VoidOfDay(const TapsOfDay& taps, const Voiding& voiding);
  MongoAttempt<void> Keep(const boost::json::object& entry, const std::string& attendance,
                          const Voiding& voiding);

  MongoSession& session_;
};

}  // namespace tamtap::central

// The parts of the identity store in MongoDB. All servers of a school use it at once, so nothing
// here relies on being alone: whatever must happen once is one change of one document, which has
// its condition in its filter, and there are no transactions. Keys that must be unique are `_id`s,
// so that every collection can be sharded by it. Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "central/mongo_connection.h"
#include "central/mongo_indexes.h"
#include "server/identity_store.h"

namespace tamtap::central {

inline constexpr const char* kAccounts = "tamtap_accounts";
inline constexpr const char* kSessions = "tamtap_sessions";
inline constexpr const char* kDevices = "tamtap_devices";
inline constexpr const char* kTerminals = "tamtap_terminals";
inline constexpr const char* kFormerNames = "tamtap_former_names";
inline constexpr const char* kFormerAccounts = "tamtap_former_accounts";
inline constexpr const char* kKnownCards = "tamtap_known_cards";
inline constexpr const char* kImports = "tamtap_imports";
inline constexpr const char* kVoidedImports = "tamtap_voided_imports";
inline constexpr const char* kVoidedDays = "tamtap_voided_days";
inline constexpr const char* kVouchedTaps = "tamtap_vouched_taps";
inline constexpr const char* kAudit = "tamtap_audit";
inline constexpr const char* kNotes = "tamtap_notes";
inline constexpr const char* kNews = "tamtap_news";
inline constexpr const char* kCounters = "tamtap_counters";

std::vector<MongoIndex> MongoIdentityIndexes();

inline int64_t Microseconds(WallTime time) { return time.time_since_epoch().count(); }
inline WallTime TimeOf(int64_t microseconds) {
  return WallTime(std::chrono::microseconds(microseconds));
}

// An `_id` of two parts, neither of which holds this character.
inline std::string PairId(std::string_view first, std::string_view second) {
  return std::string(first) + '\x1f' + std::string(second);
}

// What a failure means to whoever asks about accounts and gates. Never kDenied, which would say
// that a token is wrong.
Error IdentityError(const MongoFailure& failure, std::string_view operation);

// The next number of a counter that all servers share: each is given to one caller, the first is 1.
// `count` of them at once: the last of these.
MongoAttempt<int64_t> DrawNumber(MongoSession& session, const char* counter, int64_t count = 1);

// An account as a document, and back. kCorrupt: it can't be read, and opens nothing. A session is
// good for as long as the account has the `era` that it had when the session began, and a device
// for as long as it has its `born`: so a new password ends all sessions by the very change that
// makes it, and those of an account that was removed are not those of another of its name.
boost::json::object AccountDocument(const Account& account);
Result<Account> AccountFrom(const boost::json::object& document);
// The part of the document that belongs to the hash of its password.
boost::json::object HashFields(std::string_view hash);
std::string NewEra();

// Inserts what is not there yet, whatever is there by that `_id`.
Result<> InsertMissing(MongoSession& session, const char* collection,
                       const std::vector<boost::json::object>& documents,
                       std::string_view operation);

std::unique_ptr<TrustStore> MakeMongoTrust(MongoPool& pool);
// `changed` is called when a hash was changed.
std::unique_ptr<FormerAccounts> MakeMongoFormerAccounts(MongoPool& pool,
                                                        std::function<void()> changed);
std::unique_ptr<SharedState> MakeMongoSharedState(MongoPool& pool);

}  // namespace tamtap::central

// TrustStore: the facts by which the server judges what gates send (record_judge.h): who ever
// belonged to the school, which gate brought which imported taps, whose records were voided, and
// which single taps an admin vouches for. It also keeps the audit trail of such acts. What a call
// changes is durable when it returns. Thread-safe; several processes may share one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/personal_data.h"

namespace tamtap {

struct KnownCard {
  std::string person;
  std::string card;
};

// An admin has voided what a gate recorded on these days.
struct VoidedDays {
  std::string terminal;
  std::string first_day;  // "YYYY-MM-DD", as is the other; both days are included
  std::string last_day;
  std::string by;  // the account
  WallTime at{};
};

// `who` did `what` to `whom`; `detail` is for people to read.
struct AuditEntry {
  WallTime at{};
  std::string who;
  std::string what;
  std::string whom;
  std::string detail;
  int64_t id = 0;  // rises with each entry; drawn by the store
};

struct AuditQuery {
  int most = 500;
  int64_t before = INT64_MAX;  // the id of an entry: older ones than that
  std::string who = {};        // exactly; empty: anybody
  std::string whom = {};       // likewise
  std::string what = {};       // what it begins with, as "mark" of "mark absent"; empty: anything
  WallTime since = WallTime::min();
  WallTime until = WallTime::max();  // before that
};

// What the audit trail says in the place of somebody who was erased.
inline constexpr std::string_view kErasedName = "somebody who was erased";

class TrustStore {
 public:
  virtual ~TrustStore() = default;

  // Remembers that these people belong to the school (or did a moment ago), with their cards.
  virtual Result<> RememberCards(std::span<const KnownCard> cards) = 0;
  // Whether that person ever had that card, as far as RememberCards was told.
  virtual Result<bool> WasCardOf(std::string_view card, std::string_view person) = 0;

  // Remembers which imported taps (by id) that terminal brought, so that they are found if what it
  // brought is voided.
  virtual Result<> NoteImports(std::string_view terminal, std::span<const std::string> taps) = 0;
  virtual Result<std::vector<std::string>> ImportsOf(std::string_view terminal) = 0;
  // Returns the names under which that terminal brought taps, besides its own.
  virtual Result<std::vector<std::string>> FormerNamesOf(std::string_view terminal) = 0;

  virtual Result<> AddVoided(const VoidedDays& days) = 0;
  virtual Result<std::vector<VoidedDays>> Voided() = 0;
  // Imported taps that are voided, whichever gate brings them again.
  virtual Result<> AddVoidedImports(std::span<const std::string> taps) = 0;
  virtual Result<bool> IsVoidedImport(std::string_view tap) = 0;

  // An admin has looked at these taps and vouches for them.
  virtual Result<> Vouch(std::span<const std::string> taps, std::string_view by, WallTime now) = 0;
  virtual Result<bool> IsVouchedFor(std::string_view tap) = 0;

  virtual Result<> AddAudit(const AuditEntry& entry) = 0;
  // Adds it unless the trail says since `since` that `who` did `what` to `whom`.
  virtual Result<> AddAuditOnce(const AuditEntry& entry, WallTime since) = 0;
  // The newest first. What was added stays as it is, for good, but for ForgetPerson().
  virtual Result<std::vector<AuditEntry>> Audit(const AuditQuery& query) = 0;
  // The entries that name that person, the newest first: by key, by a card or by `name`.
  virtual Result<std::vector<AuditEntry>> AuditOf(const PersonNames& names,
                                                  std::string_view name) = 0;
  // Takes the person out: their cards are forgotten, and entries of the trail that name them say
  // kErasedName instead, and no detail. Who did what, and when, stays.
  virtual Result<> ForgetPerson(const PersonNames& names, std::string_view name) = 0;
};

}  // namespace tamtap

// Voiding: what becomes of a gate's records when it turns out that the gate lied, or that somebody
// had its secret. An admin revokes the gate and voids what it brought since a day. The taps are
// taken out of the attendance, which is derived again from the taps that are left, and they are
// kept apart. Taps of those days that arrive later are quarantined, unless an admin vouches for
// them.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "server/identity_store.h"
#include "server/school_store.h"

namespace tamtap {

struct VoidRequest {
  std::string terminal;
  std::string since;  // "YYYY-MM-DD"
  std::string today;  // "YYYY-MM-DD", in the school's time zone
  std::string by;     // the account, or "this machine" for a command
  WallTime now{};
  // Counts what would be voided, and changes nothing. The terminal need not be revoked for that.
  bool preview = false;
};

struct VoidedRecords {
  size_t taps = 0;
  size_t days = 0;
};

// Voids the taps of the terminal's own name, those of its former names that belong to nobody else,
// and the taps that it imported. It may be repeated: after an error, what is done stays done.
// kRejected: there is no such terminal, it is not revoked, or `since` is not a day.
Result<VoidedRecords> VoidRecords(SchoolStore& store, IdentityStore& identity,
                                  const VoidRequest& request);

}  // namespace tamtap

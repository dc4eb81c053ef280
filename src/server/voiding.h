// What becomes of a gate's records when it turns out that it lied, or that somebody had its secret:
// an admin revokes it and voids what it brought since a day. The taps are taken out of the
// attendance, which is derived again from what is left; they are kept apart, and what comes of
// those days later is quarantined, unless an admin vouches for it.
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
  std::string since;  // a day
  std::string today;  // the school's
  std::string by;     // the account, or "this machine" for a command
  WallTime now{};
};

struct VoidedRecords {
  size_t taps = 0;
  size_t days = 0;
};

// Taps of the terminal's own name, of names that it brought taps of and that are nobody else's, and
// what it imported. Safe to repeat: after an error, what is done stays done. kRejected: there is no
// such terminal, it is not revoked, or the day is none.
Result<VoidedRecords> VoidRecords(SchoolStore& store, IdentityStore& identity,
                                  const VoidRequest& request);

}  // namespace tamtap

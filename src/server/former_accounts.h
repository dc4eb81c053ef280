// FormerAccounts: the staff of an existing TamTap installation, who go on signing in with their
// passwords here. Their accounts are accounts like all others; only the hash of the password is the
// former installation's (bcrypt) until its owner signs in for the first time, which is when a hash
// of ours takes its place. Thread-safe; several processes may share one.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

struct Account;

// What a hash may cost at most, as the power of two that stands in it: one more doubles the time.
// While any account has one, every attempt to sign in costs as much; one of cost 14 takes a second
// of a fast processor.
inline constexpr int kMostBcryptCost = 13;

enum class FormerOutcome {
  kAdded,
  kChanged,    // its password was changed there, and its owner has not signed in here yet
  kThere,      // it was taken in before
  kRemoved,    // likewise, and it was removed here since then
  kTaken,      // an account of that name is here: made here, or that of somebody else there
  kOtherRole,  // it was taken in before as an admin's, and is none there now; or the reverse
};

class FormerAccounts {
 public:
  virtual ~FormerAccounts() = default;

  // Takes an account in, once: one that was removed here stays removed. Its e-mail address may be
  // given in place of its name, if no other account has it. The password of one account never
  // becomes that of another, whatever is there under its name later. Durable on return.
  virtual Result<FormerOutcome> Take(const Account& account) = 0;
  // The name of the account that has this address, in any case; empty if none has.
  virtual Result<std::string> NameOf(std::string_view email) = 0;
  // Puts `hash` in the place of `former`; false if the account has another hash by now. Its
  // sessions go on. When this has returned true, the former hash is neither in the file nor in its
  // log; or will not be as soon as nobody reads that any more (IdentityStore::WipeHashes).
  virtual Result<bool> Replace(std::string_view username, std::string_view former,
                               std::string_view hash) = 0;
  // The dearest hash of an account that has not been taken over yet; empty if there is none.
  virtual Result<std::string> SomeHash() = 0;
};

}  // namespace tamtap

// Passwords as an existing TamTap installation has hashed them: bcrypt, by the system's crypt(3).
// Pure functions; thread-safe.
#pragma once

#include <string_view>

#include "base/result.h"
#include "server/former_accounts.h"

namespace tamtap {

// Whether it is a whole hash of bcrypt ("$2a$", "$2b$", "$2y$") that costs no more than that.
bool IsFormerHash(std::string_view hash);

// Whether the password, as it was typed or in its composed form, belongs to that hash. kRetry:
// crypt(3) could not tell.
Result<bool> FormerPasswordFits(std::string_view hash, std::string_view password);

// Takes as long as the check of `dearest` takes longer than that of `own`, which was made before.
Result<> PretendToCheckFormer(std::string_view own, std::string_view dearest,
                              std::string_view password);

}  // namespace tamtap

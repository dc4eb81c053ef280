// Passwords as an existing TamTap installation has hashed them: bcrypt, by the system's crypt(3).
// Pure functions; thread-safe.
#pragma once

#include <string_view>

#include "base/result.h"

namespace tamtap {

// What a hash may cost at most, as the power of two that stands in it: one more doubles the time,
// and a hash of cost 15 takes seconds on a small machine.
inline constexpr int kMostBcryptCost = 15;

// Whether it is a whole hash of bcrypt ("$2a$", "$2b$", "$2y$") that costs no more than that.
bool IsFormerHash(std::string_view hash);

// Whether the password, as it was typed or in its composed form, belongs to that hash. kRetry:
// crypt(3) could not tell.
Result<bool> FormerPasswordFits(std::string_view hash, std::string_view password);

}  // namespace tamtap

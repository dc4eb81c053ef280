// The passwords that guessers try first: the 10,000 commonest there are. The build makes the table
// of them (scripts/common_passwords.py).
#pragma once

#include <string_view>

namespace tamtap {

// In any case of its ASCII letters.
bool IsCommonPassword(std::string_view password);

// Hashes of them, ascending.
extern const unsigned long kCommonPasswordCount;
extern const unsigned long long kCommonPasswordHashes[];

}  // namespace tamtap

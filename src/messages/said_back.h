// What mail servers and gateways say back may repeat what they were given: the address, the name,
// the text, and the secret by which they were asked. It is kept for staff to see, and for long, so
// none of that may stand in it. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/words_options.h"

namespace tamtap {

// What must not stand in the answer to a message to that address: the address in the ways in which
// it is repeated, these names, and what may be a secret in the settings.
std::vector<std::string> HiddenOf(const WordsOptions& options, std::string_view address,
                                  const std::vector<std::string>& names);

// `text` with "***" in the place of each of these, in upper or lower case; also of the beginning of
// one at the end of a text that was cut.
std::string WithoutThese(std::string_view text, std::span<const std::string> hidden);

}  // namespace tamtap

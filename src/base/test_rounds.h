// For tests: how often a test is repeated that draws its cases at random.
#pragma once

#include <cstdint>

namespace tamtap {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TAMTAP_UNDER_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TAMTAP_UNDER_SANITIZER
#endif

#ifdef TAMTAP_UNDER_SANITIZER
inline constexpr bool kUnderSanitizer = true;
#else
inline constexpr bool kUnderSanitizer = false;
#endif

// All of them in `make test`, where they look for wrong answers. A sanitizer makes each ten to
// twenty times slower, and looks for what every round does alike: there a fortieth is run.
constexpr uint64_t Rounds(uint64_t all) { return kUnderSanitizer ? all / 40 : all; }

}  // namespace tamtap

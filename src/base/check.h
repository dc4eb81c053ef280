// CHECK(condition): a bug detector that stays on in release builds. When the condition is false the
// process prints where and dies; systemd restarts it and recovery is the normal start path.
// For what can fail at run time use Result.
#pragma once

namespace tamtap {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace tamtap

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::tamtap::CheckFailed(#condition, __FILE__, __LINE__))

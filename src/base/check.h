// CHECK(condition): a bug detector that stays on in release builds. When the condition is false the
// process prints where and dies; systemd restarts it and recovery is the normal start path.
// For what can fail at run time use Result. Files have no path: the same bytes are built anywhere.
#pragma once

namespace tamtap {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace tamtap

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::tamtap::CheckFailed(#condition, __FILE_NAME__, __LINE__))

// A module for module_test.cc; with TAMTAP_OTHER_BUILD, one of another build.
#include "base/module.h"

namespace {

constexpr int kFunctions = 42;

}  // namespace

extern "C" {
[[gnu::visibility("default")]] extern const tamtap::ModuleEntry tamtap_module;
#ifdef TAMTAP_OTHER_BUILD
const tamtap::ModuleEntry tamtap_module{"yesterday's", nullptr, &kFunctions};
#else
const tamtap::ModuleEntry tamtap_module{tamtap::kModuleBuild, [](const tamtap::ModuleHost&) {},
                                        &kFunctions};
#endif
}

#include "base/module.h"

#include <dlfcn.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <map>

#include "base/mutex.h"
#include "base/unreadable.h"

namespace tamtap {
namespace {

constexpr const char* kPackagedModules = "/usr/lib/tamtap/modules";

std::array<std::filesystem::path, 3> Places() {
  std::error_code failed;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  return {beside / "modules", beside.parent_path() / "lib" / "tamtap" / "modules",
          kPackagedModules};
}

Error Unusable(const std::string& path, std::string_view why, std::string hint) {
  return Error{ErrorCode::kMisconfigured, fmt::format("load the module {}: {}", path, why), 0,
               std::move(hint)};
}

Result<const void*> FindAndLoad(const std::string& name) {
  const std::string file = fmt::format("libtamtap_{}.so", name);
  std::string looked_in;
  for (const auto& place : Places()) {
    const std::string path = (place / file).string();
    if (access(path.c_str(), F_OK) != 0) {
      looked_in += (looked_in.empty() ? "" : ", ") + place.string();
      continue;
    }
    TAMTAP_TRY(const ModuleEntry* const entry, OpenModule(path));
    entry->enter({LogLine, NoteUnreadable});
    return entry->functions;
  }
  return Unusable(file, "it is in none of " + looked_in,
                  fmt::format("install the package tamtap-{}", name));
}

}  // namespace

void EnterModule(const ModuleHost& host) {
  SendLogTo(host.log);
  SendUnreadableTo(host.unreadable);
}

Result<const ModuleEntry*> OpenModule(const std::string& path) {
  void* const module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) {
    return Unusable(path, dlerror(), "install the package that brings what is missing");
  }
  const auto* const entry = static_cast<const ModuleEntry*>(dlsym(module, kModuleSymbol));
  if (entry == nullptr) return Unusable(path, "it is no module of TamTap", "install it anew");
  if (entry->build == nullptr || std::string_view(entry->build) != kModuleBuild) {
    return Unusable(path,
                    fmt::format("it is of another build ({}) than this program ({})",
                                entry->build == nullptr ? "unknown" : entry->build, kModuleBuild),
                    "install program and modules of one version");
  }
  return entry;
}

Result<const void*> LoadModule(const std::string& name) {
  static Mutex mutex;
  static std::map<std::string, const void*> loaded;
  MutexLock lock(mutex);
  if (const auto found = loaded.find(name); found != loaded.end()) return found->second;
  TAMTAP_TRY(const void* const functions, FindAndLoad(name));
  loaded.emplace(name, functions);
  return functions;
}

}  // namespace tamtap

// Modules: libraries that are heavy and not always wanted (libmongoc, OpenCV) live in shared
// objects of their own, which are loaded when a configuration asks for them. What the program has
// not loaded can neither slow its start nor end it.
//
// A module and the program share C++ types, so both must come from one build: a module says which
// build it is of, and another build's is refused with a sentence before any of its code is called.
#pragma once

#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"

namespace tamtap {

// What both sides of a build have in common: version, compiler, its flags, and the text of every
// header. Made by cmake/module_build.cmake.
extern const char kModuleBuild[];

// What the program does for a module, which has a copy of base/ for itself.
struct ModuleHost {
  void (*log)(LogLevel level, std::string_view message);
  void (*unreadable)(std::string_view where, const Error& why);  // NoteUnreadable
};

// What a module exports, under the name kModuleSymbol, as C data: it can be looked at without
// calling anything. `build` comes first in every version of this struct.
struct ModuleEntry {
  const char* build;
  void (*enter)(const ModuleHost& host);  // called once, before anything else
  const void* functions;                  // the struct of functions that the module's room declares
};
inline constexpr const char* kModuleSymbol = "tamtap_module";

// What a module logs, and rows that it can't read, go where the program's do from then on.
void EnterModule(const ModuleHost& host);

// The entry of a module that begins with EnterModule.
constexpr ModuleEntry EntryOf(const void* functions) {
  return {kModuleBuild, EnterModule, functions};
}

// Loads libtamtap_NAME.so and returns its `functions`; the next calls for it return the same. It is
// looked for in modules/ beside the program, in ../lib/tamtap/modules seen from there, and in
// /usr/lib/tamtap/modules. Nothing that was loaded is ever unloaded. Thread-safe.
//
// kMisconfigured: there is none (the hint names the package that brings it), it is of another
// build, or a library that it needs is missing. The next call tries again.
Result<const void*> LoadModule(const std::string& name);

// The same in one given file.
Result<const ModuleEntry*> OpenModule(const std::string& path);

}  // namespace tamtap

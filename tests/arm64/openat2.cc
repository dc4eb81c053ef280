// For arm64's programs under Debian 12's qemu, which does not know openat2: what they ask it for
// (beneath a directory, through no link), by openat, a part of the path at a time. It is preloaded.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <string>

namespace {

int Fail(int reason) {
  errno = reason;
  return -1;
}

int OpenBeneath(int directory, std::string path, const open_how& how) {
  constexpr auto kSupported = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  if (how.resolve != kSupported) return Fail(EINVAL);
  if (path.starts_with('/')) return Fail(EXDEV);
  int at = dup(directory);
  for (size_t slash = path.find('/'); at >= 0; slash = path.find('/')) {
    const bool last = slash == std::string::npos;
    const std::string part = path.substr(0, slash);
    const int flags = last ? static_cast<int>(how.flags) : O_PATH | O_DIRECTORY | O_CLOEXEC;
    const int next =
        part == ".." ? Fail(EXDEV)
                     : openat(at, part.c_str(), flags | O_NOFOLLOW, static_cast<mode_t>(how.mode));
    const int failed = errno;
    close(at);
    errno = failed;
    if (last) return next;
    at = next;
    path.erase(0, slash + 1);
  }
  return at;
}

// What the program starts is this machine's, and would say that it can't load this.
[[gnu::constructor]] void ForThisProgramAlone() { unsetenv("LD_PRELOAD"); }

}  // namespace

extern "C" long syscall(long number, ...) noexcept {
  va_list rest;
  va_start(rest, number);
  long words[6];
  for (long& word : words) word = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_openat2) {
    return OpenBeneath(static_cast<int>(words[0]), reinterpret_cast<const char*>(words[1]),
                       *reinterpret_cast<const open_how*>(words[2]));
  }
  static const auto next = reinterpret_cast<decltype(&syscall)>(dlsym(RTLD_NEXT, "syscall"));
  return next(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

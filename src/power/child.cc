#include "power/child.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/check.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenQuestions{20};  // whether it has ended

// What a child is started with: no input, no output, no signals blocked, and a group of its own, so
// that what it starts can be ended with it.
class SpawnSettings {
 public:
  SpawnSettings() {
    CHECK(posix_spawn_file_actions_init(&actions_) == 0);
    CHECK(posix_spawnattr_init(&attributes_) == 0);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes_, &usual);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// Its wait status, once it has ended.
int WaitForEnd(pid_t process, int options, bool& ended) {
  int status = 0;
  pid_t got = 0;
  do {
    got = waitpid(process, &status, options);
  } while (got < 0 && errno == EINTR);
  CHECK(got >= 0);
  ended = got == process;
  return status;
}

}  // namespace

Result<int> RunToEnd(const std::vector<std::string>& words, milliseconds patience,
                     const std::stop_token& stop, Clock& clock) {
  const std::string what = "run " + words.front();
  const SpawnSettings settings;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t process = 0;
  const int reason = posix_spawnp(&process, arguments.front(), settings.actions(),
                                  settings.attributes(), arguments.data(), environ);
  if (reason != 0) {
    return Error{ErrorCode::kMisconfigured, what, reason, "is it installed, and in PATH?"};
  }
  const MonotonicTime deadline = clock.MonotonicNow() + patience;
  bool ended = false;
  int status = 0;
  while (true) {
    status = WaitForEnd(process, WNOHANG, ended);
    if (ended) break;
    const bool too_late = clock.MonotonicNow() >= deadline;
    if (!too_late && !stop.stop_requested()) {
      clock.SleepFor(kBetweenQuestions);
      continue;
    }
    kill(-process, SIGKILL);
    WaitForEnd(process, 0, ended);
    if (!too_late) return Error{ErrorCode::kClosed, what + ": it was stopped", 0, ""};
    return Error{ErrorCode::kRetry,
                 fmt::format("{}: no end within {} s", what, patience.count() / 1000), 0,
                 "it must end by itself"};
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return Error{ErrorCode::kRetry, fmt::format("{}: signal {} ended it", what, WTERMSIG(status)), 0,
               ""};
}

}  // namespace tamtap

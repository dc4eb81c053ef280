#include "cli/own_command.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/descriptor.h"
#include "cli/command.h"

namespace tamtap::cli {
namespace {

Result<int> Spawn(const std::string& program, std::vector<std::string> words,
                  const std::string& input) {
  const std::string what = "run " + program;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return ErrnoError(errno, what);
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, reading.get(), STDIN_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int failed =
      posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return ErrnoError(failed, what);
  reading.Reset();
  for (size_t at = 0; at < input.size();) {
    const ssize_t wrote = write(writing.get(), input.data() + at, input.size() - at);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;  // it wants no more; its exit code says whether that was well
    at += static_cast<size_t>(wrote);
  }
  writing.Reset();
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoError(errno, "wait for " + program);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<int> RunAndWait(const std::vector<std::string>& words, const std::string& input) {
  std::string line = "$";
  for (const std::string& word : words) line += " " + word;
  PrintLine(line);
  return Spawn(words.front(), words, input);
}

Result<int> RunOwnCommand(const std::vector<std::string>& words, const std::string& input) {
  std::vector<std::string> all = {"tamtap"};
  all.insert(all.end(), words.begin(), words.end());
  std::string line = "$";
  for (const std::string& word : all) line += " " + word;
  PrintLine(line);
  return Spawn("/proc/self/exe", std::move(all), input);
}

}  // namespace tamtap::cli

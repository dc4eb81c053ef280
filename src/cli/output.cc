#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>

#include "cli/command.h"

namespace tamtap::cli {

int Fail(const Error& error) {
  fmt::print(stderr, "tamtap: {}\n", error.Message());
  return kProblem;
}

void Print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads any more
    text.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace tamtap::cli

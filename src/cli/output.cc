#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "base/output.h"
#include "base/service_manager.h"
#include "base/visible.h"
#include "cli/command.h"

namespace tamtap::cli {

int Fail(const Error& error) {
  // What ends a service is an error in the journal, too.
  const char* const priority = StandardErrorIsJournal() ? "<3>" : "";
  Complain(fmt::format("{}tamtap: {}", priority, error.Message()));
  return kProblem;
}

std::filesystem::path ProgramDirectory() {
  std::error_code failed;
  return std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
}

void Print(std::string_view text) { WriteStandardOutput(text); }

void PrintLine(std::string_view line) { WriteStandardOutput(VisibleLine(line) + "\n"); }

void Complain(std::string_view line) { WriteStandardError(VisibleLine(line) + "\n"); }

Progress::Progress(std::string_view what, uint64_t total)
    : what_(what), total_(total), shown_(total > 0 && isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) WriteStandardErrorInColour("\r\033[K");  // back to the start, wiped to the end
}

void Progress::Step() {
  ++done_;
  if (!shown_) return;
  const uint64_t percent = std::min<uint64_t>(100, done_ * 100 / total_);
  if (percent == shown_percent_) return;
  shown_percent_ = percent;
  constexpr uint64_t kWidth = 40;
  const uint64_t filled = percent * kWidth / 100;
  WriteStandardErrorInColour(fmt::format("\r{} [{:#<{}}{:.<{}}] {:3} %  {} of {}", what_, "",
                                         filled, "", kWidth - filled, percent, done_, total_));
}

}  // namespace tamtap::cli

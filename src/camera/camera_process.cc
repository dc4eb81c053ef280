#include "camera/camera_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include "base/descriptor.h"
#include "base/text.h"
#include "base/visible.h"
#include "camera/mjpeg_splitter.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kPipeBytes = 1 << 20;  // what the system allows everybody: some frames' room
constexpr size_t kReadAtOnce = 128 << 10;
constexpr size_t kLongestRemark = 200;    // bytes of a line that it said
constexpr milliseconds kEndsWithin{300};  // after SIGTERM
constexpr milliseconds kDiesWithin{500};  // after SIGKILL; in the middle of a driver's call, later
constexpr milliseconds kLastWords{50};    // that it said before it ended

struct Pipe {
  Descriptor ours;
  Descriptor theirs;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoError(errno, "make a pipe");
  Pipe made{Descriptor(ends[0]), Descriptor(ends[1])};
  if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return ErrnoError(errno, "set a pipe up");
  fcntl(ends[0], F_SETPIPE_SZ, kPipeBytes);  // a smaller one costs more turns and nothing else
  return made;
}

// In the child, where nothing but system calls may be made.
[[noreturn]] void Become(char* const* words, int input, int output, int error, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(error, STDERR_FILENO);
  execv(words[0], words);
  _exit(127);
}

std::string HowItEnded(int status) {
  if (WIFSIGNALED(status)) {
    return fmt::format("it was ended by signal {}", WTERMSIG(status));
  }
  return fmt::format("it ended with exit code {}", WEXITSTATUS(status));
}

class CameraProcess final : public FrameSource {
 public:
  CameraProcess(std::string name, pid_t child, Descriptor output, Descriptor error)
      : name_(std::move(name)),
        child_(child),
        output_(std::move(output)),
        error_(std::move(error)) {}

  ~CameraProcess() override {
    if (child_ > 0) End();
  }

  Result<> Read(milliseconds wait, const Take& take) override {
    std::array<pollfd, 2> ready{{{output_.get(), POLLIN, 0}, {error_.get(), POLLIN, 0}}};
    if (poll(ready.data(), ready.size(), static_cast<int>(wait.count())) < 0 && errno != EINTR) {
      return ErrnoError(errno, "wait for " + name_);
    }
    ReadRemarks();
    if (ready[0].revents == 0) return {};
    const ssize_t count = read(output_.get(), bytes_.data(), bytes_.size());
    if (count > 0) {
      splitter_.Feed(std::string_view(bytes_).substr(0, static_cast<size_t>(count)), take);
      return {};
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    return Ended();
  }

  std::string Remark() const override {
    if (!said_.empty()) return fmt::format("it says: {}", said_);
    if (splitter_.pictures() > 0 || splitter_.wasted() == 0) return "";
    return "what it writes to its standard output is no MJPEG";
  }

 private:
  // The last line that it said with something in it. Programs that show how far they are end it
  // with a carriage return.
  void ReadRemarks() {
    std::array<char, 4096> bytes{};
    while (error_) {
      const ssize_t count = read(error_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno != EINTR) return;  // nothing now
      if (count == 0) error_.Reset();
      for (ssize_t i = 0; i < count; ++i) {
        const char c = bytes[static_cast<size_t>(i)];
        if (c == '\n' || c == '\r') {
          NoteLine();
        } else if (line_.size() < kLongestRemark) {
          line_ += c;
        }
      }
    }
  }
  void NoteLine() {
    const std::string_view line = TrimSpace(line_);
    if (!line.empty()) said_ = VisibleLine(line);
    line_.clear();
  }

  Error Ended() {
    std::string how = "it closed its standard output";
    for (const auto deadline = steady_clock::now() + kLastWords; steady_clock::now() < deadline;) {
      ReadRemarks();
      int status = 0;
      if (waitpid(child_, &status, WNOHANG) == child_) {
        how = HowItEnded(status);
        kill(-child_, SIGKILL);  // what it started, and left behind
        child_ = -1;
        break;
      }
      std::this_thread::sleep_for(milliseconds(1));
    }
    ReadRemarks();
    NoteLine();
    return Error{ErrorCode::kRetry, fmt::format("read from {}: {}", name_, how), 0, Remark()};
  }

  bool EndsWithin(milliseconds patience) const {
    const auto deadline = steady_clock::now() + patience;
    while (waitpid(child_, nullptr, WNOHANG) == 0) {
      if (steady_clock::now() >= deadline) return false;
      std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
  }

  void End() const {
    kill(-child_, SIGTERM);
    const bool ended = EndsWithin(kEndsWithin);
    kill(-child_, SIGKILL);
    // One that is stuck in the kernel is left behind: nobody may wait for it.
    if (!ended) EndsWithin(kDiesWithin);
  }

  const std::string name_;
  pid_t child_;  // -1: it has ended
  Descriptor output_;
  Descriptor error_;
  std::string bytes_ = std::string(kReadAtOnce, '\0');
  MjpegSplitter splitter_;
  std::string line_;  // of its standard error, so far
  std::string said_;
};

}  // namespace

Result<std::unique_ptr<FrameSource>> StartCameraProcess(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const Descriptor input(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input) return ErrnoError(errno, "open /dev/null");
  TAMTAP_TRY(Pipe output, MakePipe());
  TAMTAP_TRY(Pipe error, MakePipe());
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return ErrnoError(errno, "start " + words[0]);
  if (child == 0) {
    Become(arguments.data(), input.get(), output.theirs.get(), error.theirs.get(), parent);
  }
  setpgid(child, child);  // whoever comes first
  // What people know it by: the shell is ours, the command is theirs.
  const bool shell = words.size() == 3 && words[1] == "-c";
  return std::unique_ptr<FrameSource>(
      std::make_unique<CameraProcess>(fmt::format("`{}`", shell ? words[2] : words[0]), child,
                                      std::move(output.ours), std::move(error.ours)));
}

std::string FindProgram(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::string_view places = path != nullptr ? path : "/usr/bin:/bin";
  while (!places.empty()) {
    const size_t colon = std::min(places.find(':'), places.size());
    std::string candidate = std::string(places.substr(0, colon)) + "/" + name;
    if (colon > 0 && access(candidate.c_str(), X_OK) == 0) return candidate;
    places.remove_prefix(std::min(colon + 1, places.size()));
  }
  return "";
}

}  // namespace tamtap

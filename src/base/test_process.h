// For tests: another program, which ends with the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"

namespace tamtap {

// A port of 127.0.0.1 that was free when this was called. 0: none is.
int FreePort();

// One thread at a time.
class TestProcess {
 public:
  // Runs `command[0]`, a path, with its standard input and output at our end of two pipes.
  static Result<std::unique_ptr<TestProcess>> Start(std::vector<std::string> command);
  ~TestProcess();  // kills it
  TestProcess(const TestProcess&) = delete;
  TestProcess& operator=(const TestProcess&) = delete;

  Result<> Write(std::string_view bytes);
  // The next line of its standard output, without its end. kClosed: it ended; kRetry: too slow.
  Result<std::string> ReadLine(std::chrono::milliseconds timeout);
  // Returns from SIGSTOP when it stands still.
  void Signal(int number) const;

 private:
  TestProcess() = default;

  pid_t child_ = -1;
  Descriptor to_child_;
  Descriptor from_child_;
  std::string read_;  // and not asked for yet
};

}  // namespace tamtap

// PcscDaemon: pcscd with a virtual reader, as a child of the test. pcscd has one fixed socket a
// machine, and its reader one fixed port: run such tests within `alone`, as ctest does, and as
// root.
#pragma once

#include <sys/types.h>

#include <string>

#include "virtual_card.h"

namespace tamtap {

class PcscDaemon {
 public:
  PcscDaemon();
  ~PcscDaemon();  // stops it
  PcscDaemon(const PcscDaemon&) = delete;
  PcscDaemon& operator=(const PcscDaemon&) = delete;

  // Starts it and waits until its reader listens. "" or a sentence that says why it does not run.
  std::string Start();
  void Kill();  // SIGKILL: its socket and process id files stay behind
  void Stop();  // SIGTERM

  uint16_t port() const { return VirtualCard::kDefaultPort; }

 private:
  void End(int signal);
  pid_t process_ = -1;
};

}  // namespace tamtap

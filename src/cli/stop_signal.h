// SIGINT and SIGTERM as something to wait for. Make one before any other thread starts.
#pragma once

namespace tamtap::cli {

class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Returns when a signal came or Raise() was called.
  void Wait();
  void Raise();  // from any thread

 private:
  int signals_;
  int raised_;
};

}  // namespace tamtap::cli

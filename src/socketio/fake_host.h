// For tests and fuzzers: the host of one EngineSession, which notes what the session asks for.
#pragma once

#include <string>

#include "sim/fake_clock.h"
#include "socketio/engine_session.h"

namespace tamtap::socketio {

class FakeHost final : public SessionHost {
 public:
  MonotonicTime Now() override { return clock.MonotonicNow(); }
  void Schedule(const std::string&, MonotonicTime when) override { due = when; }
  void Closed(const std::string&) override { ++closed; }
  void Forget(const std::string&) override { forgotten = true; }

  sim::FakeClock clock{WallTime{}};
  MonotonicTime due = EngineSession::kNever;
  int closed = 0;
  bool forgotten = false;
};

}  // namespace tamtap::socketio

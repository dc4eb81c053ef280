// SignInLimits: how often one may guess a password. In five minutes: 10 failures of one client at
// one account; 50 of one client at any, so that trying one password at every account ends soon; 100
// at one account from anywhere, so that many clients together don't get far either. That a stranger
// can keep someone else out takes ten clients this way. Not thread-safe.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tamtap {

class SignInLimits {
 public:
  // Zero: go on, and the attempt counts as failed until it is forgiven (so that attempts made at
  // the same time can't slip through together). Otherwise how long to wait.
  std::chrono::seconds Attempt(std::string_view client, std::string_view account,
                               MonotonicTime now);
  // The attempt was right: this client's failures at this account are forgotten, and it is no
  // failure of the others.
  void Forgive(std::string_view client, std::string_view account);

 private:
  using Failures = std::deque<MonotonicTime>;

  // How long until there is room for one more; zero if there is.
  std::chrono::seconds WaitFor(const std::string& key, size_t limit, MonotonicTime now);
  void Forget(MonotonicTime now);

  std::map<std::string, Failures> failures_;
};

// An IPv6 address stands for its /64 network, all of which one client may own.
std::string ClientOf(std::string_view remote_address);

}  // namespace tamtap

// RequeueRequests: which refused taps staff want tried again, until their gates have been told. A
// gate is told in the answer to its next status. Kept in memory: what a restart of the server
// forgets, staff see to be refused still, and ask for again. Thread-safe.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace tamtap {

class RequeueRequests {
 public:
  // Taps by their ids; none: all of that terminal.
  void Ask(const std::string& terminal, std::set<std::string> taps) EXCLUDES(mutex_);
  bool IsAsked(const std::string& terminal, const std::string& tap) EXCLUDES(mutex_);
  // A terminal has reported: what to ask of it in the answer, a list of tap ids or "all"; nothing,
  // most of the time. What it was told before is done.
  std::optional<boost::json::value> OnStatus(const std::string& terminal) EXCLUDES(mutex_);

 private:
  struct Request {
    bool all = false;
    std::set<std::string> taps;
    bool told = false;
  };
  Mutex mutex_;
  std::map<std::string, Request> requests_ GUARDED_BY(mutex_);  // by terminal
};

}  // namespace tamtap

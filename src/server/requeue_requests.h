// RequeueRequests: which refused taps staff want tried again, until their gates have been told. A
// gate is told in the answer to its next status, whichever server it sends that to. The restart of
// a server that is alone forgets them: staff then see the taps still refused, and ask again.
// Thread-safe.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "server/shared_state.h"

namespace tamtap {

class RequeueRequests {
 public:
  RequeueRequests(SharedState& shared, Clock& clock) : shared_(shared), clock_(clock) {}

  // Asks for the taps with these ids; if there are none, for all refused taps of that terminal.
  Result<> Ask(const std::string& terminal, const std::set<std::string>& taps);
  // Whether a tap of one terminal is asked for. If the store does not answer, none counts as asked
  // for.
  class Asked {
   public:
    bool operator()(const std::string& tap) const { return all_ || taps_.contains(tap); }

   private:
    friend class RequeueRequests;
    bool all_ = false;
    std::set<std::string> taps_;
  };
  Asked AskedOf(const std::string& terminal);
  // To be called when a terminal has reported. Returns what to ask of it in the answer: a list of
  // tap ids, "all" or, most of the time, nothing. What it was told before is done.
  std::optional<boost::json::value> OnStatus(const std::string& terminal);

 private:
  struct Request {
    bool all = false;
    std::set<std::string> taps;
    bool told = false;
  };
  static std::string Text(const Request& request);
  static Request FromText(const std::string& text);

  SharedState& shared_;
  Clock& clock_;
};

}  // namespace tamtap

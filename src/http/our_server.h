// OurServer: the one place that tells an answer of our server from a stranger's.
//
// Strangers answer, too: a TLS port that is spoken to in plain, a proxy that refuses or can't go
// on, the sign-in page of a network, another service on an old address. What they say has the form
// of HTTP, sometimes even the form of our server's answers, and means nothing. So our server puts
// its version into the header `TamTap-Version` of every answer, refusals included, and an answer
// without that header is an error here, whatever its status. Every part that acts on the answers of
// our server goes through this class.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace tamtap::http {

// The name of the header; its value is the version of the server's build.
inline constexpr std::string_view kVersionHeader = "TamTap-Version";
// Says to terminals that the time in the header `Date` is vouched for (base/clock.h); any other
// value, or no such header: it may be wrong.
inline constexpr std::string_view kClockHeader = "TamTap-Clock";
inline constexpr std::string_view kClockVouched = "vouched";
// Says to terminals what the time is, in microseconds since 1970: `Date` tells whole seconds, and
// what is said at a gate within the second counts as later than what was heard in it.
inline constexpr std::string_view kTimeHeader = "TamTap-Time";

bool IsOurServers(const Response& response);

// An answer that is not our server's becomes an error: kRetry, with a sentence that says what
// answered and what to look at.
Result<Response> OnlyOurs(Result<Response> response);

// One thread at a time.
class OurServer {
 public:
  explicit OurServer(std::unique_ptr<Client> client) : client_(std::move(client)) {}

  // As Client::Send, but through OnlyOurs: any Response that comes out of here is our server's.
  Result<Response> Ask(Request request);
  Result<Response> AskWithin(std::chrono::milliseconds timeout, Request request);

 private:
  const std::unique_ptr<Client> client_;
};

}  // namespace tamtap::http

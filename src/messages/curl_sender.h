// Sends by libcurl. Each call has a connection of its own, so that no answer to one message is
// taken for that of another, and nothing is sent again behind our back. Thread-safe.
#pragma once

#include "messages/sender.h"

namespace tamtap {

Sending SendMailByCurl(const MailServer& server, const Mail& mail, const SendLimits& limits);
Sending SendHttpByCurl(const HttpCall& call, const std::vector<int>& good,
                       const SendLimits& limits);

}  // namespace tamtap

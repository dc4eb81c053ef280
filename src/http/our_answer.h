// For tests: an answer that says that it is our server's.
#pragma once

#include <string>
#include <utility>

#include "http/our_server.h"

namespace tamtap::http {

inline Response OurAnswer(int status, std::string body = {}, Headers headers = {}) {
  headers.emplace_back(kVersionHeader, "1.0.0");
  return {status, std::move(headers), std::move(body)};
}

}  // namespace tamtap::http

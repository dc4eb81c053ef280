// JSON in and out of handlers.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.h"
#include "server/router.h"
#include "tap/json_fields.h"

namespace tamtap {

// 200 with the object, success:true put first.
inline http::Response JsonOk(boost::json::object object) {
  boost::json::object body{{"success", true}};
  // Moved: a day's list takes megabytes.
  for (auto& entry : object) body.insert_or_assign(entry.key(), std::move(entry.value()));
  http::Response response;
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  response.body = boost::json::serialize(body);
  return response;
}

// A refusal that says more than its sentence.
inline http::Response JsonProblem(int status, std::string_view error, boost::json::object more) {
  http::Response response = JsonError(status, error);
  response.body.pop_back();
  more.erase("success");
  const std::string fields = boost::json::serialize(more);
  response.body += fields.size() > 2 ? "," + fields.substr(1) : "}";
  return response;
}

// The status that an error of a store means to a client. kDenied is the store's word about this
// server's credentials, never about the client's: only who is not known here gets 401.
inline http::Response JsonError(const Error& error) {
  switch (error.code) {
    case ErrorCode::kRejected:
      return JsonError(400, error.Message());
    case ErrorCode::kFull:
      return JsonError(507, error.Message());
    case ErrorCode::kRetry:
    case ErrorCode::kDenied: {
      http::Response response = JsonError(503, error.Message());
      response.headers.emplace_back("Retry-After", "2");
      return response;
    }
    default:
      return JsonError(500, error.Message());
  }
}

// The body as an object; an empty object if it is none.
inline boost::json::object JsonBody(const http::Request& request) {
  boost::json::parse_options options;
  options.max_depth = 16;
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(request.body, failed, {}, options);
  return failed || !value.is_object() ? boost::json::object() : std::move(value.get_object());
}

}  // namespace tamtap

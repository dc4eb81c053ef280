// What our server's answers to a terminal say (http_store.cc lists them). What is malformed is
// kRetry: nothing counts as confirmed that an answer does not plainly say. Any thread.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"
#include "sync/central_store.h"
#include "tap/record.h"

namespace tamtap::central {

Error Malformed(std::string_view operation, std::string_view what);

// {"success": true, ...} or an error.
Result<boost::json::object> ReadAnswer(std::string_view operation, const http::Response& response);

// To name what can't be read.
std::string AttendanceIdOf(const boost::json::value& arrival);

// RFC 9110, 5.6.7, in the form that every server sends; nothing for anything else.
std::optional<std::time_t> ReadHttpDate(std::string_view text);
// The time that an answer was made, as our server tells it to the microsecond if it says that its
// clock is vouched for: the `Date` may be that of a proxy, for which nobody does. Else the `Date`,
// to the microsecond where both agree to a second. Nothing: it has none.
std::optional<WallTime> ReadTime(const http::Response& response);

// Seconds, or the date until when (RFC 9110, 10.2.3); 0 for anything else.
std::chrono::milliseconds ReadRetryAfter(std::string_view text, std::time_t now);

// What the server said in {success: false, error}, if it is one of ours; bounded.
std::string Complaint(const http::Response& response);

// Our server's answer with any status but 200.
Error StatusError(std::string_view operation, const http::Response& response);

Result<std::vector<Outcome>> ReadOutcomes(std::string_view operation,
                                          const http::Response& response,
                                          std::span<const Record> records);

Result<StoreIdentity> ReadIdentity(std::string_view operation, const boost::json::object& answer);

// What is not plainly said to be held is not held, and what is not plainly lacking is no reason to
// send anything again: an answer that does not fit the question says nothing at all.
Result<std::vector<size_t>> ReadLacking(std::string_view operation, const http::Response& response,
                                        std::span<const Record> records);

}  // namespace tamtap::central

#include "central/http_answers.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <set>

#include "base/text.h"
#include "http/our_server.h"
#include "tap/json_fields.h"
#include "tap/school_json.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr size_t kMaxReasonBytes = 512;
constexpr size_t kMaxIdentityBytes = 64;
constexpr int kDeepest = 32;
constexpr int64_t kLongestWaitSeconds = 86'400;
constexpr int64_t kLastSecond = 253'402'300'799;  // of the year 9999

// Text as small as "0," is a value of 16 bytes: what is read is bounded by what it would become. A
// school of 20,000 people has half as many.
bool IsTooMuch(std::string_view text) {
  constexpr std::ptrdiff_t kMostValues = 500'000;
  return std::count_if(text.begin(), text.end(), [](char c) {
           return c == ',' || c == ':' || c == '[' || c == '{';
         }) > kMostValues;
}

}  // namespace

Error Malformed(std::string_view operation, std::string_view what) {
  return Error{ErrorCode::kRetry, std::string(operation), 0,
               fmt::format("the server's answer makes no sense: {}", what)};
}

Result<json::object> ReadAnswer(std::string_view operation, const http::Response& response) {
  if (IsTooMuch(response.body)) return Malformed(operation, "it holds too much");
  json::parse_options options;
  options.max_depth = kDeepest;
  boost::system::error_code failed;
  json::value value = json::parse(response.body, failed, {}, options);
  if (failed) return Malformed(operation, failed.message());
  if (!value.is_object()) return Malformed(operation, "it is no JSON object");
  const json::value* const success = value.get_object().if_contains("success");
  if (success == nullptr || !success->is_bool() || !success->get_bool()) {
    return Malformed(operation, "status 200 without success");
  }
  return std::move(value.get_object());
}

std::string AttendanceIdOf(const json::value& arrival) {
  const json::object* const object = arrival.if_object();
  if (object == nullptr) return "which is no object";
  return TextAt(*object, "day") + "/" + TextAt(*object, "person");
}

std::optional<std::time_t> ReadHttpDate(std::string_view text) {
  std::tm date{};
  const std::string copy(text);
  const char* const rest = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  return timegm(&date);
}

std::optional<WallTime> ReadTime(const http::Response& response) {
  constexpr int64_t kSecondUs = 1'000'000;
  const std::string_view text = response.Header(http::kTimeHeader);
  int64_t us = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), us);
  const bool is_time = failed == std::errc() && end == text.data() + text.size() && us > 0 &&
                       us / kSecondUs <= kLastSecond;
  if (is_time && response.Header(http::kClockHeader) == http::kClockVouched) {
    return WallTime(std::chrono::microseconds(us));
  }
  const auto date = ReadHttpDate(response.Header("Date"));
  if (!date) return std::nullopt;
  const int64_t later = us / kSecondUs - int64_t{*date};
  if (is_time && later >= -1 && later <= 1) return WallTime(std::chrono::microseconds(us));
  return WallTime(std::chrono::seconds(*date));
}

std::chrono::milliseconds ReadRetryAfter(std::string_view text, std::time_t now) {
  int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failed == std::errc::result_out_of_range) seconds = kLongestWaitSeconds;
  if (failed == std::errc::invalid_argument || end != text.data() + text.size()) {
    const auto date = ReadHttpDate(text);
    if (!date) return std::chrono::milliseconds(0);
    seconds = *date - now;
  }
  return std::chrono::seconds(std::clamp<int64_t>(seconds, 0, kLongestWaitSeconds));
}

std::string Complaint(const http::Response& response) {
  if (IsTooMuch(response.body)) return {};
  boost::system::error_code failed;
  const json::value value = json::parse(response.body, failed);
  std::string text;
  if (!failed && value.is_object()) text = TextAt(value.get_object(), "error");
  return Shortened(text, kMaxReasonBytes);
}

Error StatusError(std::string_view operation, const http::Response& response) {
  Error error{ErrorCode::kRetry, fmt::format("{}: HTTP status {}", operation, response.status), 0,
              Complaint(response)};
  if (response.status == 401 || response.status == 403) {
    error.code = ErrorCode::kDenied;
    if (error.hint.empty()) error.hint = "enrol this terminal again: tamtap enroll SERVER TOKEN";
  } else if (response.status == 429 || response.status == 503) {
    if (const std::string_view after = response.Header("Retry-After"); !after.empty()) {
      error.hint = fmt::format("Retry-After: {}", after.substr(0, 64));
    }
  } else if (response.status == 507) {
    error.code = ErrorCode::kFull;
  } else if (response.status >= 300 && response.status < 400) {
    error.code = ErrorCode::kMisconfigured;
    error.hint = "the server's address has changed; set --central to the new one";
  }
  return error;
}

Result<std::vector<Outcome>> ReadOutcomes(std::string_view operation,
                                          const http::Response& response,
                                          std::span<const Record> records) {
  TAMTAP_TRY(const json::object answer, ReadAnswer(operation, response));
  const json::value* const results = answer.if_contains("results");
  if (results == nullptr || !results->is_array() || results->get_array().size() != records.size()) {
    return Malformed(operation, "not one result a record");
  }
  std::vector<Outcome> outcomes;
  for (size_t i = 0; i < records.size(); ++i) {
    const json::value& each = results->get_array()[i];
    if (!each.is_object()) return Malformed(operation, "a result that is no object");
    const json::object& result = each.get_object();
    if (TextAt(result, "tap") != records[i].tap.ToString()) {
      return Malformed(operation, "a result for another tap");
    }
    const auto kind = OutcomeKindFrom(TextAt(result, "outcome"));
    if (!kind) return Malformed(operation, "an unknown outcome");
    outcomes.push_back({*kind, Shortened(TextAt(result, "reason"), kMaxReasonBytes)});
  }
  return outcomes;
}

Result<StoreIdentity> ReadIdentity(std::string_view operation, const json::object& answer) {
  const json::value* const store = answer.if_contains("store");
  if (store == nullptr || !store->is_object()) return Malformed(operation, "no store in it");
  StoreIdentity identity{Shortened(TextAt(store->get_object(), "id"), kMaxIdentityBytes),
                         Shortened(TextAt(store->get_object(), "epoch"), kMaxIdentityBytes)};
  if (identity.id.empty() || identity.epoch.empty()) {
    return Malformed(operation, "a store without id or epoch");
  }
  return identity;
}

Result<std::vector<size_t>> ReadLacking(std::string_view operation, const http::Response& response,
                                        std::span<const Record> records) {
  TAMTAP_TRY(const json::object answer, ReadAnswer(operation, response));
  const json::value* const asked = answer.if_contains("asked");
  const json::value* const list = answer.if_contains("lacking");
  if (asked == nullptr || !asked->is_int64() ||
      asked->get_int64() != static_cast<int64_t>(records.size()) || list == nullptr ||
      !list->is_array()) {
    return Malformed(operation, "not about the taps that were asked for");
  }
  std::set<std::string> named;
  for (const json::value& each : list->get_array()) {
    if (!each.is_string()) return Malformed(operation, "a tap id that is no text");
    named.insert(json::value_to<std::string>(each));
  }
  std::vector<size_t> lacking;
  std::set<std::string> known;
  for (size_t i = 0; i < records.size(); ++i) {
    const std::string tap = records[i].tap.ToString();
    if (!named.contains(tap)) continue;
    lacking.push_back(i);
    known.insert(tap);
  }
  if (known.size() != named.size()) return Malformed(operation, "a tap that nobody asked for");
  return lacking;
}

}  // namespace tamtap::central

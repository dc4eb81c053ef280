// The central store behind our server's terminal API:
//
//   GET  /api/terminal/hello              {success, ...}
//   POST /api/terminal/records            NDJSON, one record a line; gzip, if the server has said
//                                         Accept-Encoding: gzip in an answer
//        {success, results: [{tap, outcome, reason}]}, one a line, in order
//   GET  /api/terminal/school             If-None-Match: "version" -> 304, or
//        {success, version, students, teachers, schedules, calendar}
//   GET  /api/terminal/arrivals?day=DAY   {success, records: [...]}
//   GET  /api/terminal/hello?store=1      {success, store: {id, epoch}}; an older server tells none
//   POST /api/terminal/store-went-back    {id, epoch} -> {success, store: {id, epoch}}
//   POST /api/terminal/lacking            {taps: [{tap, day, person}]} ->
//        {success, asked: how many, lacking: [tap ids that the store does not hold]}
//
// Only what our server itself says counts (http/our_server.h), and what it does not plainly confirm
// is not confirmed: a malformed answer is kRetry. It has an outcome for every record, so no status
// refuses a record for good, but for one: 413 for a request that holds this record alone.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <ctime>
#include <set>

#include "base/clock.h"
#include "base/gzip.h"
#include "base/log.h"
#include "base/unreadable.h"
#include "central/past_attendance.h"
#include "central/stores.h"
#include "http/our_server.h"
#include "tap/json_fields.h"
#include "tap/school_json.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr size_t kMaxReasonBytes = 512;
constexpr size_t kMaxIdentityBytes = 64;
constexpr int kDeepest = 32;
constexpr size_t kWorthCompressing = 1400;  // what is less goes in one packet anyhow
constexpr int64_t kLongestWaitSeconds = 86'400;

// A connection that died without a word must not cost the client's whole time-out, so calls begin
// with little patience; but a link so slow that one tap takes longer must still bring taps, so what
// runs out of time has twice as much the next time.
constexpr std::chrono::milliseconds kLeastPatience{3'000};
constexpr std::chrono::milliseconds kMostPatience{60'000};  // the client has a limit of its own

// A probe gives up early, to see soon that the server is back; every few, one waits longer, since
// behind a link with slow round trips the server would never be seen at all.
constexpr std::array<std::chrono::milliseconds, 6> kProbePatience = {
    std::chrono::milliseconds(1'500), std::chrono::milliseconds(1'500),
    std::chrono::milliseconds(3'000), std::chrono::milliseconds(1'500),
    std::chrono::milliseconds(1'500), std::chrono::milliseconds(6'000)};

Error Malformed(std::string_view operation, std::string_view what) {
  return Error{ErrorCode::kRetry, std::string(operation), 0,
               fmt::format("the server's answer makes no sense: {}", what)};
}

// Text as small as "0," is a value of 16 bytes: what is read is bounded by what it would become. A
// school of 20,000 people has half as many.
bool IsTooMuch(std::string_view text) {
  constexpr std::ptrdiff_t kMostValues = 500'000;
  return std::count_if(text.begin(), text.end(), [](char c) {
           return c == ',' || c == ':' || c == '[' || c == '{';
         }) > kMostValues;
}

// {"success": true, ...} or an error.
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

// False: there is too little memory for that; it goes as it is.
bool Compress(http::Request& request) {
  auto body = Gzip(request.body);
  if (!body) return false;
  request.body = *std::move(body);
  request.headers.emplace_back("Content-Encoding", "gzip");
  return true;
}

// To name what can't be read.
std::string AttendanceIdOf(const json::value& arrival) {
  const json::object* const object = arrival.if_object();
  if (object == nullptr) return "which is no object";
  return TextAt(*object, "day") + "/" + TextAt(*object, "person");
}

bool NamesPeople(const json::object& school) {
  for (const char* const key : {"students", "teachers"}) {
    const json::value* const list = school.if_contains(key);
    if (list != nullptr && list->is_array() && !list->get_array().empty()) return true;
  }
  return false;
}

// What the server said in {success: false, error}, if it is one of ours; bounded.
std::string Complaint(const http::Response& response) {
  if (IsTooMuch(response.body)) return {};
  boost::system::error_code failed;
  const json::value value = json::parse(response.body, failed);
  std::string text;
  if (!failed && value.is_object()) text = TextAt(value.get_object(), "error");
  return text.substr(0, kMaxReasonBytes);
}

// RFC 9110, 5.6.7, in the form that every server sends; nothing for anything else.
std::optional<std::time_t> ReadHttpDate(std::string_view text) {
  std::tm date{};
  const std::string copy(text);
  const char* const rest = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  return timegm(&date);
}

// Seconds, or the date until when (RFC 9110, 10.2.3); 0 for anything else.
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

// Our server's answer with any status but 200.
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
    outcomes.push_back({*kind, TextAt(result, "reason").substr(0, kMaxReasonBytes)});
  }
  return outcomes;
}

Result<StoreIdentity> ReadIdentity(std::string_view operation, const json::object& answer) {
  const json::value* const store = answer.if_contains("store");
  if (store == nullptr || !store->is_object()) return Malformed(operation, "no store in it");
  StoreIdentity identity{TextAt(store->get_object(), "id").substr(0, kMaxIdentityBytes),
                         TextAt(store->get_object(), "epoch").substr(0, kMaxIdentityBytes)};
  if (identity.id.empty() || identity.epoch.empty()) {
    return Malformed(operation, "a store without id or epoch");
  }
  return identity;
}

// What is not plainly said to be held is not held, and what is not plainly lacking is no reason to
// send anything again: an answer that does not fit the question says nothing at all.
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

class HttpStore final : public CentralStore {
 public:
  HttpStore(std::unique_ptr<http::Client> client, std::string secret, Clock& clock)
      : server_(std::move(client)), secret_(std::move(secret)), clock_(clock) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    if (records.empty()) return std::vector<Outcome>{};
    constexpr std::string_view kOperation = "send taps to the server";
    http::Request request = NewRequest("POST", "/api/terminal/records");
    request.headers.emplace_back("Content-Type", "application/x-ndjson");
    for (const Record& record : records) {
      AppendJson(record, request.body);
      request.body += '\n';
    }
    const bool compressed =
        takes_gzip_ && request.body.size() >= kWorthCompressing && Compress(request);
    const auto begin = clock_.MonotonicNow();
    auto answered = Send(std::move(request), patience_);
    const auto took = std::chrono::ceil<std::chrono::milliseconds>(clock_.MonotonicNow() - begin);
    if (answered || took >= patience_) {
      patience_ = std::clamp(2 * took, kLeastPatience, kMostPatience);
    }
    TAMTAP_TRY(const http::Response response, std::move(answered));
    if (compressed && (response.status == 400 || response.status == 415)) {
      // Not the records' fault: something on the way, or an older server, can't read this.
      takes_gzip_ = false;
      return Store(records);
    }
    takes_gzip_ = response.Header("Accept-Encoding").find("gzip") != std::string_view::npos;
    if (response.status == 200) return ReadOutcomes(kOperation, response, records);
    if (response.status == 400 || response.status == 413) {
      // Too much at once, or one that spoils it for the others: halve until it is alone.
      if (records.size() > 1) return StoreHalves(records);
      return std::vector<Outcome>{OutcomeOfOne(kOperation, response)};
    }
    return StatusError(kOperation, response);
  }

  Result<std::optional<SchoolVersion>> PullSchool(std::string_view known_version) override {
    constexpr std::string_view kOperation = "fetch the school from the server";
    http::Request request = NewRequest("GET", "/api/terminal/school");
    if (!known_version.empty()) {
      request.headers.emplace_back("If-None-Match", fmt::format("\"{}\"", known_version));
    }
    TAMTAP_TRY(const http::Response response, Send(std::move(request)));
    if (response.status == 304 && !known_version.empty()) return std::optional<SchoolVersion>();
    if (response.status != 200) return StatusError(kOperation, response);
    TAMTAP_TRY(const json::object answer, ReadAnswer(kOperation, response));
    SchoolVersion pulled;
    pulled.version = TextAt(answer, "version");
    // The whole of it or nothing: with half a roster, half the school would be turned away.
    if (pulled.version.empty() || !answer.contains("students")) {
      return Malformed(kOperation, "a school without version or students");
    }
    if (pulled.version == known_version) return std::optional<SchoolVersion>();
    auto school = SchoolFromJson(answer, "the server's school");
    if (!school) return Malformed(kOperation, school.error().Message());
    if (school->people.empty() && NamesPeople(answer)) {
      return Malformed(kOperation, "nobody in it can be read");
    }
    pulled.school = *std::move(school);
    return std::optional(std::move(pulled));
  }

  Result<> AddPeople(std::span<const Person>) override {
    return Error{ErrorCode::kRejected, "register people at the server", 0,
                 "terminals read the roster and never write it: register on the server's pages"};
  }

  Result<std::vector<Record>> ArrivalsOf(std::string_view day) override {
    constexpr std::string_view kOperation = "fetch the arrivals from the server";
    TAMTAP_TRY(const http::Response response,
               Send(NewRequest("GET", fmt::format("/api/terminal/arrivals?day={}", day))));
    if (response.status != 200) return StatusError(kOperation, response);
    TAMTAP_TRY(const json::object answer, ReadAnswer(kOperation, response));
    const json::value* const records = answer.if_contains("records");
    if (records == nullptr || !records->is_array()) return Malformed(kOperation, "no records");
    std::vector<Record> arrivals;
    for (const json::value& each : records->get_array()) {
      auto record = RecordFromJson(each);
      if (!record && each.is_object()) {
        // Arrivals that an existing database held before us have no tap id.
        auto past = AttendanceFromDocument(each.get_object());
        if (past) record = std::move(past->arrival);
      }
      if (!record) {
        NoteUnreadable("an arrival from the server, " + AttendanceIdOf(each), record.error());
        continue;
      }
      arrivals.push_back(*std::move(record));
    }
    return arrivals;
  }

  Result<StoreIdentity> Identity() override {
    constexpr std::string_view kOperation = "ask the server which store it keeps";
    TAMTAP_TRY(const http::Response response,
               Send(NewRequest("GET", "/api/terminal/hello?store=1"), patience_));
    if (response.status != 200) return StatusError(kOperation, response);
    TAMTAP_TRY(const json::object answer, ReadAnswer(kOperation, response));
    if (!answer.contains("store")) return StoreIdentity{};  // an older server, without an answer
    return ReadIdentity(kOperation, answer);
  }

  Result<StoreIdentity> WentBack(const StoreIdentity& known) override {
    constexpr std::string_view kOperation = "tell the server that its store went back";
    http::Request request = NewRequest("POST", "/api/terminal/store-went-back");
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = json::serialize(json::object{{"id", known.id}, {"epoch", known.epoch}});
    TAMTAP_TRY(const http::Response response, Send(std::move(request), patience_));
    if (response.status != 200) return StatusError(kOperation, response);
    TAMTAP_TRY(const json::object answer, ReadAnswer(kOperation, response));
    return ReadIdentity(kOperation, answer);
  }

  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override {
    if (records.empty()) return std::vector<size_t>{};
    constexpr std::string_view kOperation = "ask the server which taps it lacks";
    json::array taps;
    for (const Record& record : records) {
      taps.push_back(
          {{"tap", record.tap.ToString()}, {"day", record.day}, {"person", record.person}});
    }
    http::Request request = NewRequest("POST", "/api/terminal/lacking");
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = json::serialize(json::object{{"taps", std::move(taps)}});
    TAMTAP_TRY(const http::Response response, Send(std::move(request), patience_));
    if (response.status != 200) return StatusError(kOperation, response);
    return ReadLacking(kOperation, response, records);
  }

  Result<> Ping() override {
    constexpr std::string_view kOperation = "greet the server";
    const auto patience =
        std::max(kProbePatience[probes_++ % kProbePatience.size()], enough_patience_);
    const auto begin = clock_.MonotonicNow();
    TAMTAP_TRY(const http::Response response,
               Send(NewRequest("GET", "/api/terminal/hello"), patience));
    probes_ = 0;
    enough_patience_ =
        2 * std::chrono::ceil<std::chrono::milliseconds>(clock_.MonotonicNow() - begin);
    if (response.status != 200) return StatusError(kOperation, response);
    const auto answer = ReadAnswer(kOperation, response);
    if (!answer) return answer.error();
    return {};
  }

  // A server that was away is only found by asking it.
  void OnAnswering(std::function<void()>) override {}
  std::chrono::milliseconds AskedToWait() const override { return asked_to_wait_; }
  std::optional<ToldTime> TimeTold() override { return time_told_; }

 private:
  http::Request NewRequest(std::string method, std::string target) const {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = {{"Authorization", "Bearer " + secret_}, {"Accept", "application/json"}};
    return request;
  }

  Result<http::Response> Send(http::Request request,
                              std::chrono::milliseconds patience = kMostPatience) {
    if (secret_.empty()) {
      return Error{ErrorCode::kDenied, "reach the server", 0,
                   "this terminal is not enrolled: tamtap enroll SERVER TOKEN"};
    }
    auto response = server_.AskWithin(patience, std::move(request));
    asked_to_wait_ = std::chrono::milliseconds(0);
    if (response && (response->status == 200 || response->status == 304)) {
      if (const auto date = ReadHttpDate(response->Header("Date"))) {
        const bool sure = response->Header(http::kClockHeader) == http::kClockVouched;
        time_told_ = ToldTime{WallTime(std::chrono::seconds(*date)), clock_.MonotonicNow(), sure};
      }
    }
    if (response && (response->status == 429 || response->status == 503)) {
      const auto now = std::chrono::floor<std::chrono::seconds>(clock_.Now());
      asked_to_wait_ = ReadRetryAfter(response->Header("Retry-After"),
                                      std::chrono::system_clock::to_time_t(now));
    }
    return response;
  }

  // What our server's 400 or 413 means for the one record that was sent.
  static Outcome OutcomeOfOne(std::string_view operation, const http::Response& response) {
    if (response.status == 413) {
      std::string reason = Complaint(response);
      if (reason.empty()) reason = "the server takes no record this large";
      return {OutcomeKind::kRejected, std::move(reason)};
    }
    return {OutcomeKind::kRetry, StatusError(operation, response).Message()};
  }

  // The second half's failure must not hide what became of the first.
  Result<std::vector<Outcome>> StoreHalves(std::span<const Record> records) {
    const size_t half = records.size() / 2;
    TAMTAP_TRY(std::vector<Outcome> outcomes, Store(records.first(half)));
    auto rest = Store(records.subspan(half));
    if (!rest) {
      rest = std::vector<Outcome>(records.size() - half,
                                  Outcome{OutcomeKind::kRetry, rest.error().Message()});
    }
    outcomes.insert(outcomes.end(), rest->begin(), rest->end());
    return outcomes;
  }

  http::OurServer server_;
  const std::string secret_;
  Clock& clock_;
  std::chrono::milliseconds asked_to_wait_{0};
  std::optional<ToldTime> time_told_;
  bool takes_gzip_ = false;
  std::chrono::milliseconds patience_ = kLeastPatience;
  size_t probes_ = 0;                             // since one was answered
  std::chrono::milliseconds enough_patience_{0};  // for a probe, going by the last one's answer
};

}  // namespace

std::unique_ptr<CentralStore> OpenHttp(std::unique_ptr<http::Client> client, std::string secret,
                                       Clock& clock) {
  return std::make_unique<HttpStore>(std::move(client), std::move(secret), clock);
}

}  // namespace tamtap::central

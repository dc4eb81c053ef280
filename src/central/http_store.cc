// The central store behind our server's terminal API:
//
//   GET  /api/terminal/hello              {success, ...}
//   POST /api/terminal/records            NDJSON, one record a line; gzip, if the server has said
//                                         Accept-Encoding: gzip in an answer
//        {success, results: [{tap, outcome, reason}]}, one a line, in order
//   GET  /api/terminal/school?changes=1&limit=N[&version=V&from=M]   If-None-Match: "version" ->
//   304
//        {success, version, whole, told, students, teachers, schedules, calendar, settings, gone},
//        of at most N things; {from, next} besides if that is not all of it. An older server sends
//        all.
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
#include <cctype>
#include <ctime>

#include "base/clock.h"
#include "base/gzip.h"
#include "base/log.h"
#include "base/unreadable.h"
#include "central/http_answers.h"
#include "central/past_attendance.h"
#include "central/stores.h"
#include "http/our_server.h"
#include "tap/json_fields.h"
#include "tap/school_json.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr size_t kWorthCompressing = 1400;  // what is less goes in one packet anyhow

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

// A slice of a thousand people has about 400 KB.
constexpr size_t kFewestInSlice = 50;
constexpr std::chrono::milliseconds kSlowSlice{4'000};
constexpr std::chrono::milliseconds kQuickSlice{1'000};
// How often a school may become another one while it is fetched.
constexpr int kMostBeginnings = 8;

std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

// False: there is too little memory for that; it goes as it is.
bool Compress(http::Request& request) {
  auto body = Gzip(request.body);
  if (!body) return false;
  request.body = *std::move(body);
  request.headers.emplace_back("Content-Encoding", "gzip");
  return true;
}

class HttpStore final : public CentralStore {
 public:
  HttpStore(std::unique_ptr<http::Client> client, std::string secret, Clock& clock,
            size_t most_in_slice)
      : server_(std::move(client)),
        secret_(std::move(secret)),
        clock_(clock),
        most_in_slice_(most_in_slice),
        slice_(most_in_slice) {}

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

  Result<std::optional<SchoolUpdate>> PullSchool(std::string_view known_version) override {
    SliceJoin slices;
    for (int begun = 0; begun < kMostBeginnings;) {
      TAMTAP_TRY(auto slice, PullSlice(known_version, slices.place()));
      if (!slice) return std::optional<SchoolUpdate>();
      const bool is_first = slice->from == 0;
      TAMTAP_TRY(auto update, slices.Add(*std::move(slice), People()));
      if (update) return update;
      if (is_first || slices.empty()) ++begun;
    }
    return Error{ErrorCode::kRetry, "fetch the school from the server", 0,
                 "it changes faster than it can be fetched"};
  }

  Result<std::optional<SchoolUpdate>> PullSlice(std::string_view known_version,
                                                const SlicePlace& place) override {
    constexpr std::string_view kOperation = "fetch the school from the server";
    std::string target = fmt::format("/api/terminal/school?changes=1&limit={}", slice_);
    if (place.have > 0) {
      target += fmt::format("&version={}&from={}", PercentEncoded(place.version), place.have);
    }
    http::Request request = NewRequest("GET", std::move(target));
    if (!known_version.empty()) {
      request.headers.emplace_back("If-None-Match", fmt::format("\"{}\"", known_version));
    }
    const auto begin = clock_.MonotonicNow();
    auto answered = Send(std::move(request));
    FindSlice(answered.has_value(), clock_.MonotonicNow() - begin);
    TAMTAP_TRY(const http::Response response, std::move(answered));
    if (response.status == 304 && !known_version.empty()) return std::optional<SchoolUpdate>();
    if (response.status != 200) return StatusError(kOperation, response);
    TAMTAP_TRY(const json::object answer, ReadAnswer(kOperation, response));
    auto update = SchoolUpdateFromJson(answer, "the server's school");
    if (!update) return Malformed(kOperation, update.error().Message());
    if (update->version == known_version) return std::optional<SchoolUpdate>();
    return std::optional(*std::move(update));
  }

  Result<std::vector<std::string>> ChangeSchool(std::span<const SchoolChange> changes) override {
    constexpr std::string_view kOperation = "hand over to the server what was said of the school";
    http::Request request = NewRequest("POST", "/api/terminal/school/changes");
    request.headers.emplace_back("Content-Type", "application/json");
    json::array list;
    for (const SchoolChange& change : changes) list.push_back(ToJson(change));
    request.body = json::serialize(json::object{{"changes", std::move(list)}});
    TAMTAP_TRY(const http::Response response, Send(std::move(request)));
    if (response.status == 404) {
      return Error{ErrorCode::kRejected, std::string(kOperation), 0,
                   "this server is of an earlier release, and takes none"};
    }
    if (response.status == 413 && changes.size() > 1) {
      TAMTAP_TRY(auto outcomes, ChangeSchool(changes.first(changes.size() / 2)));
      TAMTAP_TRY(const auto rest, ChangeSchool(changes.subspan(changes.size() / 2)));
      outcomes.insert(outcomes.end(), rest.begin(), rest.end());
      return outcomes;
    }
    if (response.status != 200) return StatusError(kOperation, response);
    TAMTAP_TRY(const json::object answer, ReadAnswer(kOperation, response));
    const json::value* const told = answer.if_contains("outcomes");
    if (told == nullptr || !told->is_array() || told->get_array().size() != changes.size()) {
      return Malformed(kOperation, "it has not an outcome for each change");
    }
    std::vector<std::string> outcomes;
    for (const json::value& each : told->get_array()) {
      if (!each.is_string()) return Malformed(kOperation, "an outcome is no text");
      outcomes.emplace_back(each.get_string());
    }
    return outcomes;
  }

  Result<> KeepRefusals(std::span<const RefusalRecord> refusals) override {
    constexpr std::string_view kOperation = "tell the server of cards that were turned away";
    http::Request request = NewRequest("POST", "/api/terminal/refusals");
    request.headers.emplace_back("Content-Type", "application/json");
    json::array list;
    for (const RefusalRecord& refusal : refusals) list.push_back(ToJson(refusal));
    request.body = json::serialize(json::object{{"refusals", std::move(list)}});
    TAMTAP_TRY(const http::Response response, Send(std::move(request)));
    if (response.status == 404) {
      return Error{ErrorCode::kRejected, std::string(kOperation), 0,
                   "this server is of an earlier release, and keeps none"};
    }
    if (response.status != 200) return StatusError(kOperation, response);
    const auto answer = ReadAnswer(kOperation, response);
    if (!answer) return answer.error();
    return {};
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
      if (const auto time = ReadTime(*response)) {
        const bool sure = response->Header(http::kClockHeader) == http::kClockVouched;
        time_told_ = ToldTime{*time, clock_.MonotonicNow(), sure};
      }
    }
    if (response && (response->status == 429 || response->status == 503)) {
      const auto now = std::chrono::floor<std::chrono::seconds>(clock_.Now());
      asked_to_wait_ = ReadRetryAfter(response->Header("Retry-After"),
                                      std::chrono::system_clock::to_time_t(now));
    }
    return response;
  }

  // A slow link brings small slices within the client's time-out, a quick one needs few.
  void FindSlice(bool answered, MonotonicTime::duration took) {
    if (!answered && took >= kSlowSlice) slice_ = std::max(slice_ / 2, kFewestInSlice);
    if (answered && took < kQuickSlice) slice_ = std::min(slice_ * 2, most_in_slice_);
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
  const size_t most_in_slice_;
  size_t slice_;  // as many as the link bears
  std::chrono::milliseconds asked_to_wait_{0};
  std::optional<ToldTime> time_told_;
  bool takes_gzip_ = false;
  std::chrono::milliseconds patience_ = kLeastPatience;
  size_t probes_ = 0;                             // since one was answered
  std::chrono::milliseconds enough_patience_{0};  // for a probe, going by the last one's answer
};

}  // namespace

std::unique_ptr<CentralStore> OpenHttp(std::unique_ptr<http::Client> client, std::string secret,
                                       Clock& clock, size_t most_in_slice) {
  return std::make_unique<HttpStore>(std::move(client), std::move(secret), clock, most_in_slice);
}

}  // namespace tamtap::central

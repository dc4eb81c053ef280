// For tests: the server's API for terminals on a store, without sockets.
#pragma once

#include <boost/json.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "http/client.h"
#include "http/our_answer.h"
#include "server/school_store.h"
#include "tap/record.h"

namespace tamtap::central {

namespace json = boost::json;

// The terminal API as http_store.cc writes it down, answered by a store, without a network.
class TerminalApi final : public http::Client {
 public:
  explicit TerminalApi(std::shared_ptr<SchoolStore> store) : store_(std::move(store)) {}

  Result<http::Response> Send(http::Request request) override {
    if (request.Header("Authorization") != "Bearer secret") return Answer(401, Failure("who?"));
    const std::string path = request.Path();
    if (path == "/api/terminal/hello") return Hello(request);
    if (path == "/api/terminal/store-went-back") return WentBack(request);
    if (path == "/api/terminal/lacking" && request.method == "POST") return Lacking(request);
    if (path == "/api/terminal/records" && request.method == "POST") return Records(request);
    if (path == "/api/terminal/school") return ReadSchool(request);
    if (path == "/api/terminal/school/changes") return ChangeSchool(request);
    if (path == "/api/terminal/refusals") return Refusals(request);
    if (path == "/api/terminal/arrivals") return Arrivals(request.Query("day"));
    return Answer(404, Failure("no such path"));
  }

 private:
  static http::Response Answer(int status, const json::object& body) {
    return http::OurAnswer(status, json::serialize(body), {{"Content-Type", "application/json"}});
  }
  static size_t NumberIn(const std::string& text) {
    return text.empty() ? 0 : static_cast<size_t>(std::stoul(text));
  }
  static json::object Failure(std::string_view why) { return {{"success", false}, {"error", why}}; }

  // A line that is no record has an outcome of its own, as at the server.
  Result<http::Response> Records(const http::Request& request) {
    std::vector<Record> records;
    json::array results;
    std::istringstream lines(request.body);
    for (std::string line; std::getline(lines, line);) {
      const json::value value = json::parse(line);
      auto record = RecordFromJson(value);
      results.push_back(json::object{{"tap", value.at("tap")}});
      if (record) {
        records.push_back(*std::move(record));
      } else {
        results.back().get_object().emplace("outcome", "rejected");
        results.back().get_object().emplace("reason", record.error().Message());
      }
    }
    TAMTAP_TRY(const auto outcomes, store_->Store(records));
    size_t next = 0;
    for (json::value& result : results) {
      if (result.get_object().contains("outcome")) continue;
      result.get_object().emplace("outcome", ToString(outcomes[next].kind));
      result.get_object().emplace("reason", outcomes[next].reason);
      ++next;
    }
    return Answer(200, {{"success", true}, {"results", results}});
  }

  Result<http::Response> ReadSchool(const http::Request& request) {
    std::string_view known = request.Header("If-None-Match");
    if (known.size() >= 2) known = known.substr(1, known.size() - 2);
    TAMTAP_TRY(const auto pulled, store_->PullSchool(known));
    if (!pulled) return http::OurAnswer(304);
    const SlicePlace place{request.Query("version"), NumberIn(request.Query("from"))};
    json::object body = ToJson(SliceOf(*pulled, place, NumberIn(request.Query("limit"))));
    body.emplace("success", true);
    return Answer(200, body);
  }

  Result<http::Response> ChangeSchool(const http::Request& request) {
    std::vector<SchoolChange> changes;
    const json::value body = json::parse(request.body);
    for (const json::value& each : body.at("changes").as_array()) {
      TAMTAP_TRY(SchoolChange change, SchoolChangeFromJson(each));
      changes.push_back(std::move(change));
    }
    TAMTAP_TRY(const auto outcomes, store_->ChangeSchool(changes));
    json::array told;
    for (const std::string& outcome : outcomes) told.emplace_back(outcome);
    return Answer(200, {{"success", true}, {"outcomes", told}});
  }

  Result<http::Response> Hello(const http::Request& request) {
    json::object body{{"success", true}};
    if (!request.Query("store").empty()) {
      TAMTAP_TRY(const StoreIdentity identity, store_->Identity());
      body.emplace("store", json::object{{"id", identity.id}, {"epoch", identity.epoch}});
    }
    return Answer(200, body);
  }

  Result<http::Response> WentBack(const http::Request& request) {
    const json::value body = json::parse(request.body);
    const StoreIdentity known{json::value_to<std::string>(body.at("id")),
                              json::value_to<std::string>(body.at("epoch"))};
    TAMTAP_TRY(const StoreIdentity now, store_->WentBack(known));
    return Answer(
        200, {{"success", true}, {"store", json::object{{"id", now.id}, {"epoch", now.epoch}}}});
  }

  Result<http::Response> Lacking(const http::Request& request) {
    std::vector<Record> records;
    const json::value body = json::parse(request.body);
    for (const json::value& each : body.at("taps").as_array()) {
      Record record;
      TAMTAP_TRY(record.tap, TapId::Parse(std::string(each.at("tap").as_string())));
      record.day = each.at("day").as_string();
      record.person = each.at("person").as_string();
      records.push_back(std::move(record));
    }
    TAMTAP_TRY(const auto lacking, store_->Lacking(records));
    json::array ids;
    for (const size_t i : lacking) ids.emplace_back(records[i].tap.ToString());
    return Answer(200, {{"success", true}, {"asked", records.size()}, {"lacking", ids}});
  }

  Result<http::Response> Refusals(const http::Request& request) {
    std::vector<RefusalRecord> refusals;
    const json::value body = json::parse(request.body);
    for (const json::value& each : body.at("refusals").as_array()) {
      TAMTAP_TRY(RefusalRecord refusal, RefusalRecordFromJson(each));
      refusals.push_back(std::move(refusal));
    }
    TAMTAP_RETURN_IF_ERROR(store_->KeepRefusals(refusals));
    return Answer(200, {{"success", true}});
  }

  Result<http::Response> Arrivals(const std::string& day) {
    TAMTAP_TRY(const auto arrivals, store_->ArrivalsOf(day));
    json::array records;
    for (const Record& record : arrivals) records.push_back(ToJson(record));
    return Answer(200, {{"success", true}, {"records", records}});
  }

  const std::shared_ptr<SchoolStore> store_;
};

}  // namespace tamtap::central

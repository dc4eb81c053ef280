#include "sim/stranger.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <utility>

#include "base/gzip.h"
#include "tap/school_json.h"

namespace tamtap::sim {
namespace {

namespace json = boost::json;

constexpr size_t kMostBytes = 64 << 20;
constexpr const char* kWrongDate = "Tue, 19 Jan 2038 03:14:07 GMT";

// As if every record that was sent had come to this end.
std::string SaysOfEach(const http::Request& request, std::string_view outcome) {
  std::string lines = request.body;
  if (request.Header("Content-Encoding") == "gzip") {
    if (auto whole = Gunzip(lines, kMostBytes)) lines = *std::move(whole);
  }
  json::array results;
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    boost::system::error_code failed;
    const json::value line =
        json::parse(std::string_view(lines).substr(begin, end - begin), failed);
    begin = end + 1;
    if (failed || !line.is_object()) continue;
    if (const json::value* const tap = line.get_object().if_contains("tap")) {
      results.push_back({{"tap", *tap}, {"outcome", outcome}, {"reason", "a stranger says so"}});
    }
  }
  return json::serialize(json::object{{"success", true}, {"results", std::move(results)}});
}

// How many taps a question for what a store lacks names.
size_t TapsAskedAbout(const http::Request& request) {
  boost::system::error_code failed;
  const json::value body = json::parse(request.body, failed);
  const json::value* const taps =
      failed || !body.is_object() ? nullptr : body.get_object().if_contains("taps");
  return taps == nullptr || !taps->is_array() ? 0 : taps->get_array().size();
}

// Another store with a school where nobody of ours is known, that lacks nothing it is asked for;
// well-formed for every question that a gate asks.
std::string OtherSchool(const http::Request& request) {
  School school;
  Person person;
  person.card = *CardId::Parse("DEADBEEF");
  person.person = "DEADBEEF";
  person.tamtap_id = "001";
  person.first_name = "Somebody";
  person.last_name = "Else";
  person.name = "Somebody Else";
  person.section = "Elsewhere";
  school.people.push_back(std::move(person));
  json::object body = ToJson(school);
  body.emplace("success", true);
  body.emplace("version", "theirs");
  body.emplace("store", json::object{{"id", "theirs"}, {"epoch", "theirs"}});
  body.emplace("asked", TapsAskedAbout(request));
  body.emplace("lacking", json::array());
  body.emplace("results", json::array());
  body.emplace("records", json::array());
  return json::serialize(body);
}

http::Response Page(int status, std::string body, http::Headers headers = {}) {
  headers.emplace_back("Server", "nginx");
  headers.emplace_back("Content-Type", "text/html");
  headers.emplace_back("Date", kWrongDate);
  return {status, std::move(headers), std::move(body)};
}

http::Response Json(int status, std::string body, http::Headers headers = {}) {
  headers.emplace_back("Content-Type", "application/json");
  headers.emplace_back("Date", kWrongDate);
  return {status, std::move(headers), std::move(body)};
}

using Stranger = http::Response (*)(const http::Request& request);

constexpr Stranger kAll[] = {
    // A TLS port.
    [](const http::Request&) {
      return Page(400, "<html>The plain HTTP request was sent to HTTPS port</html>");
    },
    // A proxy that takes no such body, that finds nobody behind it, that is busy, that wants a
    // name.
    [](const http::Request&) { return Page(413, "<html>Request Entity Too Large</html>"); },
    [](const http::Request&) { return Page(502, "<html>Bad Gateway</html>"); },
    [](const http::Request&) {
      return Page(503, "<html></html>", {{"Retry-After", "86400"}});
    },
    [](const http::Request&) {
      return Page(429, "<html></html>", {{"Retry-After", "86400"}});
    },
    [](const http::Request&) {
      return Page(401, "<html></html>", {{"WWW-Authenticate", "Basic realm=\"router\""}});
    },
    [](const http::Request&) { return Page(403, "<html>Blocked</html>"); },
    // A sign-in page, itself and by a redirect.
    [](const http::Request&) { return Page(200, "<html>Sign in to this Wi-Fi</html>"); },
    [](const http::Request&) {
      return Page(302, "", {{"Location", "http://192.168.1.1/login"}});
    },
    // Another service on that address.
    [](const http::Request&) { return Json(404, R"({"detail":"Not Found"})"); },
    [](const http::Request&) { return Json(200, R"({"status":"ok"})"); },
    [](const http::Request&) { return Json(200, ""); },
    [](const http::Request&) { return Json(304, ""); },
    // What would be taken at its word, were it our server's.
    [](const http::Request& request) { return Json(200, OtherSchool(request)); },
    [](const http::Request& request) { return Json(200, SaysOfEach(request, "stored")); },
    [](const http::Request& request) { return Json(200, SaysOfEach(request, "rejected")); },
};
static_assert(std::size(kAll) == kStrangers);

}  // namespace

http::Response StrangersAnswer(size_t which, const http::Request& request) {
  return kAll[which % kStrangers](request);
}

}  // namespace tamtap::sim

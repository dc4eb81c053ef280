#include "server/api_server.h"

#include <algorithm>

#include "base/log.h"
#include "server/json_response.h"
#include "server/static_files.h"

namespace tamtap {
namespace {

constexpr std::string_view kSocketPath = "/socket.io/";
constexpr size_t kMaxPhotoBytes = 8 << 20;

bool IsChange(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

}  // namespace

ApiServer::ApiServer(ApiOptions options, SchoolStore& store, IdentityStore& identity, TimeZone zone,
                     Clock& clock, Random& random)
    : options_(std::move(options)),
      store_(store),
      identity_(identity),
      zone_(std::move(zone)),
      clock_(clock),
      random_(random),
      authenticator_(identity, clock, random, options_.allowed_origins),
      school_(store, clock),
      feed_(store, identity, authenticator_, zone_, clock, random) {
  AddAccountRoutes();
  AddTerminalRoutes();
  AddHardwareRoutes();
  AddStaffRoutes();
  AddAttendanceRoutes();
  AddSchoolRoutes();
  AddStatsRoutes();
  AddStateRoutes();
  router_.Add("GET", "/photos/:date/:file", Access::kAccount,
              [this](const Call& call) { return Photo(call); });
}

void ApiServer::OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) {
  if (request.Path().starts_with(kSocketPath)) {
    if (!authenticator_.FromOurPages(request)) {
      return responder->Send(JsonError(403, "this page may not listen here"));
    }
    return feed_.sockets().OnRequest(std::move(request), std::move(responder));
  }
  http::Response response = Answer(request);
  metrics_.CountRequest(response.status);
  responder->Send(std::move(response));
}

std::shared_ptr<http::WebSocketHandler> ApiServer::OnUpgrade(const http::Request& request,
                                                             http::Response& refusal) {
  if (!request.Path().starts_with(kSocketPath)) {
    refusal = JsonError(404, "there is no socket of that name");
    return nullptr;
  }
  if (!authenticator_.FromOurPages(request)) {
    refusal = JsonError(403, "this page may not listen here");
    return nullptr;
  }
  return feed_.sockets().OnUpgrade(request, refusal);
}

http::Response ApiServer::Answer(const http::Request& request) {
  const std::string path = request.Path();
  const bool api = path.starts_with("/api/") || path == "/api" || path == "/metrics" ||
                   path.starts_with("/photos/");
  if (!path.starts_with('/')) return JsonError(400, "a path starts with '/'");
  if (!api) return ServePage(options_.web_directory, request);
  Caller caller = authenticator_.Identify(request);
  // A terminal proves itself with a secret that no page can make a browser send along.
  if (IsChange(request.method) && !caller.terminal && !authenticator_.FromOurPages(request)) {
    return JsonError(403, "this page may not change anything here");
  }
  http::Response response = router_.Answer(request, std::move(caller));
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

http::Response ApiServer::Photo(const Call& call) {
  const std::string& day = call.parameters[0];
  const std::string& file = call.parameters[1];
  if (!IsDay(day)) return JsonError(400, "the date reads YYYY-MM-DD");
  const http::Response missing = JsonError(404, "there is no such photo");
  const std::string_view type = ContentTypeOf(file);
  if (!type.starts_with("image/") || type == "image/svg+xml") return missing;
  if (!call.caller.IsAdmin()) {
    // Theirs to see, if it belongs to an attendance that is.
    const auto found = store_.FindAttendance({day, day, call.caller.account->sections, {}});
    if (!found) return JsonError(found.error());
    const bool theirs = std::any_of(found->begin(), found->end(), [&](const Attendance& each) {
      return each.arrival.photo == file && call.caller.Sees(each.arrival.section);
    });
    if (!theirs) return missing;
  }
  auto content = ReadBeneath(options_.photo_directory, day + "/" + file, kMaxPhotoBytes);
  if (!content) return missing;
  LogInfo("photo {}/{} shown to {}", day, file, call.caller.account->username);
  // A browser that someone else uses next must ask again, whatever it has kept.
  return FileResponse(*std::move(content), type, "private, no-cache", call.request);
}

std::string ApiServer::Today() { return zone_.ToLocal(clock_.Now()).day; }

}  // namespace tamtap

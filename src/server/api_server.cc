#include "server/api_server.h"

#include "http/our_server.h"
#include "server/credentials.h"
#include "server/json_response.h"
#include "server/static_files.h"

namespace tamtap {
namespace {

constexpr std::string_view kSocketPath = "/socket.io/";
constexpr std::string_view kSignInPath = "/api/auth/login";

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
      school_(store, clock, [this](const School& school) { return LearnSchool(school); }),
      photos_(PosixDisk(), options_.photo_directory),
      terminals_(identity, clock),
      feed_(store, terminals_, authenticator_, zone_, clock, random) {
  AddAccountRoutes();
  AddTerminalRoutes();
  AddHardwareRoutes();
  AddTrustRoutes();
  AddStaffRoutes();
  AddAttendanceRoutes();
  AddSchoolRoutes();
  AddStatsRoutes();
  AddStateRoutes();
  AddPhotoRoutes();
}

void ApiServer::OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) {
  if (request.Path().starts_with(kSocketPath)) {
    if (!authenticator_.FromOurPages(request)) {
      return responder->Send(JsonError(403, "this page may not listen here"));
    }
    return feed_.sockets().OnRequest(std::move(request), std::move(responder));
  }
  if (request.method == "POST" && request.Path() == kSignInPath) {
    // A flood of strangers' attempts must not keep those waiting who have signed in before.
    const std::string device = request.Cookie(kDeviceCookie);
    const bool known = authenticator_.KnowsDevice(device);
    const std::string from = known ? HashSecret(device) : ClientOf(request.remote_address);
    return RespondIn(sign_ins_, from, known, std::move(request), std::move(responder));
  }
  Respond(request, *responder);
}

void ApiServer::Respond(const http::Request& request, http::Responder& responder) {
  http::Response response = Answer(request);
  metrics_.CountRequest(response.status);
  responder.Send(std::move(response));
}

void ApiServer::RespondIn(WorkLane& lane, std::string_view from, bool first, http::Request request,
                          std::shared_ptr<http::Responder> responder) {
  const auto shared = std::make_shared<const http::Request>(std::move(request));
  if (lane.Offer(from, first, [this, shared, responder] { Respond(*shared, *responder); })) return;
  metrics_.CountRequest(503);
  http::Response busy = JsonError(503, "too many ask for this at once; try again soon");
  busy.headers.emplace_back("Retry-After", "2");
  responder->Send(std::move(busy));
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
  const bool to_terminal = caller.terminal.has_value();
  http::Response response = router_.Answer(request, std::move(caller));
  if (to_terminal) {
    response.headers.emplace_back(http::kClockHeader,
                                  clock_.Synchronised() ? http::kClockVouched : "unsure");
  }
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

std::string ApiServer::Today() { return zone_.ToLocal(clock_.Now()).day; }

}  // namespace tamtap

// For load balancers and supervisors: is this server alive, and should it be sent requests?
#include "server/api_server.h"
#include "server/json_response.h"

namespace tamtap {
namespace {

// Not the reason: whoever asks may be a stranger.
http::Response NotReady(std::string_view why) {
  http::Response response = JsonError(503, why);
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

}  // namespace

void ApiServer::BeginStop() {
  stopping_ = true;
  feed_.sockets().Stop();
}

// As of the live feed's last look, as /api/health: who asks keeps no worker waiting.
http::Response ApiServer::Ready() {
  if (stopping_) return NotReady("this server is about to stop");
  if (feed_.StoreError()) return NotReady("this server does not reach its store");
  return JsonOk({{"status", "ready"}});
}

void ApiServer::AddHealthRoutes() {
  router_.Add("GET", "/api/health/live", Access::kPublic, [](const Call&) {
    return JsonOk({{"status", "live"}});
  });
  router_.Add("GET", "/api/health/ready", Access::kPublic, [this](const Call&) { return Ready(); });
}

}  // namespace tamtap

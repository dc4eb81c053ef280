// What the live feed told while somebody was away, for programs that ask rather than listen.
#include "server/api_server.h"
#include "server/json_response.h"

namespace tamtap {

namespace json = boost::json;

http::Response ApiServer::MissedEvents(const Call& call) {
  const auto missed = feed_.MissedSince(call.request.Query("cursor"), *call.caller.account);
  if (!missed) return JsonError(missed.error());
  json::array events;
  for (const FeedEvent& event : missed->events) {
    events.push_back({{"event", event.name}, {"data", event.message}});
  }
  return JsonOk({{"complete", missed->known},
                 {"more", missed->more},
                 {"cursor", missed->place},
                 {"events", std::move(events)}});
}

void ApiServer::AddLiveRoutes() {
  router_.Add("GET", "/api/attendance/since", Access::kAccount,
              [this](const Call& call) { return MissedEvents(call); });
}

}  // namespace tamtap

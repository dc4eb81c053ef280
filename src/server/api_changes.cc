// How the routes that change the school do it, and what they answer when the master says no.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "server/api_server.h"
#include "server/json_response.h"
#include "server/list_page.h"

namespace tamtap {

std::optional<http::Response> ApiServer::ChangeSchool(
    const Call& call, const std::function<Result<>(School&)>& change,
    const std::function<http::Response(const School&)>& seen) {
  bool stale = false;
  const auto changed =
      office_.Change(call.caller.account->username, [&](School& newest) -> Result<> {
        stale = seen && !IsStillAsSeen(call.request, seen(newest));
        if (stale) return Error{ErrorCode::kRejected, "change what is shown", 0, {}};
        return change(newest);
      });
  if (stale) return JsonError(412, "somebody has changed that meanwhile; look again");
  if (!changed && changed.error().code == ErrorCode::kRejected) {
    return JsonError(409, changed.error().Message());
  }
  if (!changed) return JsonError(changed.error());
  if (changed->refused.empty()) return std::nullopt;
  if (changed->things == 0) return JsonError(409, changed->refused.front());
  return JsonError(409, fmt::format("{} changes were taken, and these were not: {}",
                                    changed->things, fmt::join(changed->refused, "; ")));
}

}  // namespace tamtap

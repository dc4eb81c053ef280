// How the routes that change the school do it, and what they answer when the master says no.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "server/api_server.h"
#include "server/json_response.h"

namespace tamtap {

std::optional<http::Response> ApiServer::ChangeSchool(
    const Call& call, const std::function<Result<>(School&)>& change) {
  const auto changed = office_.Change(call.caller.account->username, change);
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

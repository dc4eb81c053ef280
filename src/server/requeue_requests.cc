#include "server/requeue_requests.h"

#include <boost/json.hpp>

namespace tamtap {

void RequeueRequests::Ask(const std::string& terminal, std::set<std::string> taps) {
  MutexLock lock(mutex_);
  Request& request = requests_[terminal];
  if (request.told) request = {};
  request.all = request.all || taps.empty();
  request.taps.merge(taps);
}

bool RequeueRequests::IsAsked(const std::string& terminal, const std::string& tap) {
  MutexLock lock(mutex_);
  const auto request = requests_.find(terminal);
  return request != requests_.end() && (request->second.all || request->second.taps.contains(tap));
}

std::optional<boost::json::value> RequeueRequests::OnStatus(const std::string& terminal) {
  MutexLock lock(mutex_);
  const auto request = requests_.find(terminal);
  if (request == requests_.end()) return std::nullopt;
  if (request->second.told) {
    requests_.erase(request);
    return std::nullopt;
  }
  request->second.told = true;
  if (request->second.all) return "all";
  boost::json::array taps;
  for (const std::string& tap : request->second.taps) taps.emplace_back(tap);
  return taps;
}

}  // namespace tamtap

#include "server/stranger_limits.h"

#include <algorithm>
#include <cmath>

namespace tamtap {
namespace {

constexpr size_t kMostClients = 10'000;

}  // namespace

std::chrono::seconds StrangerLimits::Count(const http::PeerAddress& client) {
  // This machine's own, and a proxy on it that does not say for whom it asks.
  if (client.local) return {};
  MutexLock lock(mutex_);
  const MonotonicTime now = clock_.MonotonicNow();
  if (buckets_.size() >= kMostClients && !buckets_.contains(client.key)) ForgetSome(now);
  Bucket& bucket = buckets_.try_emplace(client.key, Bucket{kAtOnce, now}).first->second;
  Fill(bucket, now);
  if (bucket.left >= 1) {
    bucket.left -= 1;
    return {};
  }
  return std::chrono::seconds(static_cast<int>(std::ceil((1 - bucket.left) / kASecond)));
}

void StrangerLimits::Fill(Bucket& bucket, MonotonicTime now) {
  const std::chrono::duration<double> passed = now - bucket.filled;
  bucket.left = std::min(kAtOnce, bucket.left + passed.count() * kASecond);
  bucket.filled = now;
}

// A client that can do all it might is the same as one never heard of. If there are none of those,
// the one with most left is forgotten, which gives it the least.
void StrangerLimits::ForgetSome(MonotonicTime now) {
  for (auto& [client, bucket] : buckets_) Fill(bucket, now);
  std::erase_if(buckets_, [](const auto& each) { return each.second.left >= kAtOnce; });
  if (buckets_.size() < kMostClients) return;
  const auto fullest =
      std::max_element(buckets_.begin(), buckets_.end(),
                       [](const auto& a, const auto& b) { return a.second.left < b.second.left; });
  buckets_.erase(fullest);
}

}  // namespace tamtap

#include "sync/batch_size.h"

#include <algorithm>

#include "base/check.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr size_t kFirst = 32;
constexpr milliseconds kQuick{400};
constexpr milliseconds kSlow{1'000};
constexpr size_t kShrinkBy = 4;  // after a failure

}  // namespace

BatchSize::BatchSize(size_t most) : most_(most), now_(std::min(kFirst, most)) { CHECK(most > 0); }

void BatchSize::Answered(size_t count, std::chrono::microseconds took) {
  if (took > kSlow) {
    now_ = std::max<size_t>(now_ / 2, 1);
  } else if (took <= kQuick && count >= now_) {
    now_ = std::min(now_ * 2, most_);
  }
}

void BatchSize::Failed() { now_ = std::max<size_t>(now_ / kShrinkBy, 1); }

}  // namespace tamtap

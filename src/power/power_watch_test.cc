#include "power/power_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tamtap {
namespace {

using std::chrono::milliseconds;

// Says what it is told to say, one word a look, and the last one for ever.
class Told final : public PowerSource {
 public:
  Told(std::vector<char> words, int times, std::atomic<int>& looks)
      : words_(std::move(words)), times_(times), looks_(looks) {}

  Result<PowerState> Look(const std::stop_token& /*stop*/) override {
    const auto at = static_cast<size_t>(looks_++);
    switch (words_[std::min(at, words_.size() - 1)]) {
      case 'l':
        return PowerState{true, "low"};
      case 'f':
        return PowerState{false, "fine"};
      default:
        return Error{ErrorCode::kRetry, "read the UPS", 0, "plug it in"};
    }
  }
  std::string Describe() const override { return "ups"; }
  int TimesBelieved() const override { return times_; }

 private:
  const std::vector<char> words_;
  const int times_;
  std::atomic<int>& looks_;
};

struct Seen {
  std::atomic<int> looks{0};
  std::atomic<int> low{0};
  std::string said;
};

void Watch(std::vector<char> words, int times, int until_looks, Seen& seen) {
  std::vector<std::unique_ptr<PowerSource>> sources;
  sources.push_back(std::make_unique<Told>(std::move(words), times, seen.looks));
  const PowerWatch watch(std::move(sources), milliseconds(1), [&seen](const std::string& said) {
    seen.said = said;
    ++seen.low;
  });
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (seen.looks < until_looks && seen.low == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  std::this_thread::sleep_for(milliseconds(20));  // would it look, or say it, once more?
}

TEST(PowerWatchTest, OnlyWhatIsLowOftenEnoughInARowStopsAGateAndOnce) {
  Seen seen;
  Watch({'l', 'l', 'f', 'l', 'l', '?', 'l', 'l', 'l'}, 3, 9, seen);
  EXPECT_EQ(seen.low, 1);
  EXPECT_EQ(seen.looks, 9) << "neither sooner nor on and on";
  EXPECT_EQ(seen.said, "ups: low");
}

TEST(PowerWatchTest, NeitherTroubleNorGoodPowerStopsAGate) {
  Seen trouble;
  Watch({'?'}, 1, 30, trouble);
  EXPECT_EQ(trouble.low, 0);
  Seen fine;
  Watch({'f'}, 1, 30, fine);
  EXPECT_EQ(fine.low, 0);
}

TEST(PowerWatchTest, ACommandIsBelievedAtOnce) {
  Seen seen;
  Watch({'f', 'l'}, 1, 2, seen);
  EXPECT_EQ(seen.low, 1);
  EXPECT_EQ(seen.looks, 2);
}

}  // namespace
}  // namespace tamtap

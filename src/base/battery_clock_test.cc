#include "base/battery_clock.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/believed_clock.h"
#include "base/test_directory.h"
#include "sim/fake_clock.h"

namespace tamtap {
namespace {

constexpr int64_t kNow = 1'795'388'400;  // 2026-11-22T23:00:00Z
constexpr WallTime kWall{std::chrono::seconds(kNow)};

class BatteryClockTest : public ::testing::Test {
 protected:
  void Put(const std::string& path, const std::string& text) {
    const std::filesystem::path file = machine_.path() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  BatteryClock Find() const { return FindBatteryClock(kWall, machine_.path()); }
  const TestDirectory machine_;
};

TEST_F(BatteryClockTest, ALaptopHasOne) {
  Put("/sys/class/rtc/rtc0/since_epoch", std::to_string(kNow + 2));
  Put("/proc/driver/rtc", "rtc_time\t: 23:00:02\nbatt_status\t: okay\n");
  EXPECT_EQ(Find(), BatteryClock::kThere);
}

TEST_F(BatteryClockTest, OneOnLocalTimeIsOneToo) {
  Put("/sys/class/rtc/rtc0/since_epoch", std::to_string(kNow + 8 * 3600));
  EXPECT_EQ(Find(), BatteryClock::kThere);
}

TEST_F(BatteryClockTest, OneWhoseBatteryIsEmptyIsNone) {
  Put("/sys/class/rtc/rtc0/since_epoch", std::to_string(kNow));
  Put("/proc/driver/rtc", "batt_status\t: dead\n");
  EXPECT_EQ(Find(), BatteryClock::kNone);
}

TEST_F(BatteryClockTest, OneThatLostTheTimeIsNone) {
  Put("/sys/class/rtc/rtc0/since_epoch", "1500");
  EXPECT_EQ(Find(), BatteryClock::kNone);
  Put("/sys/class/rtc/rtc0/since_epoch", "");
  EXPECT_EQ(Find(), BatteryClock::kNone);
}

TEST_F(BatteryClockTest, ABoardWithoutOneHasNone) {
  Put("/proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.5");
  EXPECT_EQ(Find(), BatteryClock::kNone);
}

TEST_F(BatteryClockTest, ABoardWithAClockOnItsHeaderHasOne) {
  Put("/proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.5");
  Put("/sys/class/rtc/rtc0/since_epoch", std::to_string(kNow));
  EXPECT_EQ(Find(), BatteryClock::kThere);
}

TEST_F(BatteryClockTest, AContainerHasThatOfItsMachine) {
  EXPECT_EQ(Find(), BatteryClock::kAssumed);
}

TEST(BelievedClockTest, ABatteryVouchesForATimeThatCanBe) {
  sim::FakeClock system{kWall};
  system.SetSynchronised(false);
  BelievedClock without(system, /*battery=*/false);
  BelievedClock with(system, /*battery=*/true);
  EXPECT_FALSE(without.Synchronised());
  EXPECT_TRUE(with.Synchronised());
  EXPECT_FALSE(with.SetByNetwork());
  system.SetWall(WallTime(std::chrono::seconds(20)));
  EXPECT_FALSE(with.Synchronised()) << "in 1970 there was no such software";
  system.SetSynchronised(true);
  EXPECT_FALSE(with.Synchronised()) << "nor by NTP";
  system.SetWall(kWall);
  EXPECT_TRUE(without.Synchronised());
  EXPECT_TRUE(without.SetByNetwork());
}

}  // namespace
}  // namespace tamtap

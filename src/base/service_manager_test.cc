#include "base/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "base/descriptor.h"
#include "base/test_directory.h"

namespace tamtap {
namespace {

class ServiceManagerTest : public ::testing::Test {
 protected:
  ~ServiceManagerTest() override {
    for (const char* const name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
      unsetenv(name);
  }
  // A manager that listens at `path`, which is abstract if it begins with '@'.
  void ListenAt(const std::string& path) {
    manager_ = Descriptor(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path[0] == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    ASSERT_EQ(bind(manager_.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  std::string Heard() {
    std::array<char, 1024> bytes{};
    const ssize_t count = read(manager_.get(), bytes.data(), bytes.size());
    return {bytes.data(), count < 0 ? 0 : static_cast<size_t>(count)};
  }
  Descriptor manager_;
  const TestDirectory directory_;
};

TEST_F(ServiceManagerTest, ItHearsThatTheStartIsOverThatTheProcessLivesAndThatItStops) {
  ListenAt(directory_.path() + "/notify");
  const ServiceManager told = ServiceManager::FromEnvironment();
  ASSERT_TRUE(told.Ready("taps are taken"));
  EXPECT_EQ(Heard(), "READY=1\nSTATUS=taps are taken\n");
  ASSERT_TRUE(told.Alive("3 taps wait"));
  EXPECT_EQ(Heard(), "WATCHDOG=1\nSTATUS=3 taps wait\n");
  ASSERT_TRUE(told.Stopping());
  EXPECT_EQ(Heard(), "STOPPING=1\n");
}

TEST_F(ServiceManagerTest, AnAbstractSocketIsReachedToo) {
  ListenAt("@tamtap-test-" + std::to_string(getpid()));
  ASSERT_TRUE(ServiceManager::FromEnvironment().Stopping());
  EXPECT_EQ(Heard(), "STOPPING=1\n");
}

TEST_F(ServiceManagerTest, AStatusOfTwoLinesCantSayMoreThanAStatus) {
  ListenAt(directory_.path() + "/notify");
  ASSERT_TRUE(ServiceManager::FromEnvironment().Alive("one\nSTOPPING=1"));
  EXPECT_EQ(Heard().find("\nSTOPPING"), std::string::npos);
}

TEST_F(ServiceManagerTest, NobodyWhoAskedIsToldNothing) {
  const ServiceManager nobody = ServiceManager::FromEnvironment();
  EXPECT_TRUE(nobody.Ready(""));
  EXPECT_FALSE(nobody.watchdog());
}

TEST_F(ServiceManagerTest, ASocketThatIsGoneIsAnErrorAndNotTheEnd) {
  setenv("NOTIFY_SOCKET", (directory_.path() + "/gone").c_str(), 1);
  const auto told = ServiceManager::FromEnvironment().Ready("");
  ASSERT_FALSE(told);
  EXPECT_NE(told.error().Message().find("/gone"), std::string::npos);
}

TEST_F(ServiceManagerTest, ItIsAliveTwiceAsOftenAsTheWatchdogLooks) {
  setenv("WATCHDOG_USEC", "60000000", 1);
  EXPECT_EQ(ServiceManager::FromEnvironment().watchdog(), std::chrono::seconds(30));
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(ServiceManager::FromEnvironment().watchdog(), std::chrono::seconds(30));
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(ServiceManager::FromEnvironment().watchdog()) << "another process is meant";
  unsetenv("WATCHDOG_PID");
  setenv("WATCHDOG_USEC", "soon", 1);
  EXPECT_FALSE(ServiceManager::FromEnvironment().watchdog());
}

}  // namespace
}  // namespace tamtap

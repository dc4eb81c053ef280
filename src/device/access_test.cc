#include "device/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/test_directory.h"

namespace tamtap {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uid_t kNobody = 65534;

TEST(AccessTest, NamesTheGroupThatTheUserLacksAndHowToMendIt) {
  if (geteuid() != 0) GTEST_FAIL() << "run it as root: it gives files away";
  const passwd* const daemon = getpwnam("daemon");
  ASSERT_NE(daemon, nullptr);
  const TestDirectory directory;
  const std::string device = directory / "spidev0.0";
  std::ofstream(device) << "";
  ASSERT_EQ(chown(device.c_str(), 0, daemon->pw_gid), 0);
  ASSERT_EQ(chmod(device.c_str(), 0660), 0);
  EXPECT_THAT(WhyNoAccess(device, 0), IsEmpty()) << "root may all";
  EXPECT_THAT(WhyNoAccess(device, daemon->pw_uid), IsEmpty()) << "by its group";
  EXPECT_THAT(WhyNoAccess(device, kNobody),
              AllOf(HasSubstr("not in the group daemon"), HasSubstr("usermod -aG daemon nobody")));
  ASSERT_EQ(chmod(device.c_str(), 0666), 0);
  EXPECT_THAT(WhyNoAccess(device, kNobody), IsEmpty());
  ASSERT_EQ(chmod(device.c_str(), 0600), 0);
  EXPECT_THAT(WhyNoAccess(device, daemon->pw_uid), HasSubstr("udev rule"));
  ASSERT_EQ(chown(device.c_str(), kNobody, 0), 0);
  EXPECT_THAT(WhyNoAccess(device, kNobody), IsEmpty());
  ASSERT_EQ(chmod(device.c_str(), 0060), 0);
  EXPECT_THAT(WhyNoAccess(device, kNobody), HasSubstr("chmod u+rw"));
  EXPECT_THAT(WhyNoAccess(directory / "none", kNobody), IsEmpty());
}

}  // namespace
}  // namespace tamtap

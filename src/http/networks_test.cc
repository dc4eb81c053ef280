#include "http/networks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tamtap::http {
namespace {

TEST(NetworksTest, AnAddressIsInTheNetworksThatShareItsFirstBits) {
  const auto networks =
      Networks::Parse({"192.0.2.7", "10.20.0.0/15", "fd00:1::/32", "2001:db8::9"});
  ASSERT_TRUE(networks);
  for (const char* inside : {"192.0.2.7", "10.20.0.1", "10.21.255.255", "fd00:1:2::3",
                             "2001:db8::9", "::ffff:192.0.2.7", "fd00:1::1%eth0"}) {
    EXPECT_TRUE(networks->Contain(inside)) << inside;
  }
  for (const char* outside : {"192.0.2.8", "10.19.255.255", "10.22.0.0", "fd00:2::1", "2001:db8::8",
                              "127.0.0.1", "::1", "", "unknown", "192.0.2"}) {
    EXPECT_FALSE(networks->Contain(outside)) << outside;
  }
  EXPECT_TRUE(Networks::Parse({"0.0.0.0/0"})->Contain("8.8.8.8"));
  EXPECT_FALSE(Networks::Parse({"0.0.0.0/0"})->Contain("::1"));
  EXPECT_FALSE(Networks::Parse({"none"})->Contain("127.0.0.1"));
  EXPECT_TRUE(Networks::Loopback().Contain("127.8.0.1"));
  EXPECT_TRUE(Networks::Loopback().Contain("::1"));
}

TEST(NetworksTest, WhatIsNoNetworkIsNamed) {
  for (const char* text : {"", "proxy.example", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/",
                           "fd00::/129", "10.0.0/8", "10.0.0.0/8/8", "10.0.0.0/8 "}) {
    const auto networks = Networks::Parse({text});
    ASSERT_FALSE(networks) << text;
    EXPECT_EQ(networks.error().code, ErrorCode::kMisconfigured);
    EXPECT_THAT(networks.error().Message(), testing::HasSubstr("'" + std::string(text) + "'"));
  }
}

}  // namespace
}  // namespace tamtap::http

#include "http/forwarded.h"

#include <gtest/gtest.h>

namespace tamtap::http {
namespace {

class ForwardedTest : public testing::Test {
 protected:
  // A request from that address with these headers, as it is believed.
  Request Believed(std::string from, Headers headers) {
    Request request;
    request.remote_address = std::move(from);
    request.headers = std::move(headers);
    request.headers.emplace_back("Host", "inside:3000");
    trusted_ = Believe(request, proxies_);
    return request;
  }
  std::string Asker(std::string from, Headers headers) {
    return Believed(std::move(from), std::move(headers)).remote_address;
  }

  Networks proxies_ = *Networks::Parse({"127.0.0.1", "10.0.0.0/8"});
  bool trusted_ = false;
};

TEST_F(ForwardedTest, TheLastWhoIsNoProxyOfOursAsked) {
  const auto asker = [&](const char* list) {
    return Asker("127.0.0.1", {{"X-Forwarded-For", list}});
  };
  EXPECT_EQ(asker("203.0.113.9"), "203.0.113.9");
  EXPECT_EQ(asker("1.1.1.1, 203.0.113.9"), "203.0.113.9") << "what stands before it anybody wrote";
  EXPECT_EQ(asker("1.1.1.1, 203.0.113.9, 10.0.0.5"), "203.0.113.9");
  EXPECT_EQ(asker("10.0.0.7, 10.0.0.5"), "10.0.0.7") << "a proxy that asks for itself";
  EXPECT_EQ(asker("2001:db8::7"), "2001:db8::7");
  EXPECT_EQ(asker("203.0.113.9:4711"), "203.0.113.9");
  EXPECT_EQ(asker("[2001:db8::7]:4711"), "2001:db8::7");
  EXPECT_EQ(asker("1.1.1.1, unknown"), "127.0.0.1") << "nobody is named";
  EXPECT_EQ(asker("1.1.1.1, unknown, 10.0.0.5"), "10.0.0.5");
  EXPECT_EQ(asker(",, "), "127.0.0.1");
  EXPECT_EQ(asker("fe80::1%eth0 GET /forged 200"), "fe80::1") << "it stands in the log";
}

// HAProxy adds a line of its own to those that whoever asks has written.
TEST_F(ForwardedTest, LinesOfTheSameNameAreOneList) {
  EXPECT_EQ(
      Asker("127.0.0.1", {{"X-Forwarded-For", "1.1.1.1"}, {"x-forwarded-for", "203.0.113.9"}}),
      "203.0.113.9");
}

TEST_F(ForwardedTest, NobodyElseIsBelieved) {
  const Request request =
      Believed("192.168.1.7", {{"X-Forwarded-For", "127.0.0.1"},
                               {"X-Forwarded-Proto", "https"},
                               {"X-Forwarded-Host", "school.example"},
                               {"Forwarded", "for=127.0.0.1;proto=https;host=school.example"}});
  EXPECT_FALSE(trusted_);
  EXPECT_EQ(request.remote_address, "192.168.1.7");
  EXPECT_FALSE(request.secure);
  EXPECT_EQ(request.Header("Host"), "inside:3000");
  EXPECT_TRUE(request.forwarded) << "that it was passed on is known all the same";
}

TEST_F(ForwardedTest, SchemeAndHostAreThoseThatWereAskedFor) {
  Request request = Believed("10.1.2.3", {{"X-Forwarded-For", "203.0.113.9"},
                                          {"X-Forwarded-Proto", "http, HTTPS"},
                                          {"X-Forwarded-Host", "school.example:8443"}});
  EXPECT_TRUE(trusted_);
  EXPECT_TRUE(request.secure);
  EXPECT_EQ(request.Header("Host"), "school.example:8443");
  request = Believed("127.0.0.1", {{"X-Forwarded-Host", "evil\"><script>"}});
  EXPECT_EQ(request.Header("Host"), "inside:3000");
  EXPECT_FALSE(request.secure);
}

TEST_F(ForwardedTest, TheStandardHeaderIsReadWhereTheUsualOneIsMissing) {
  Request request =
      Believed("127.0.0.1", {{"Forwarded",
                              "for=1.1.1.1;proto=http, For=\"[2001:db8::7]:4711\"; Proto=https;"
                              "host=\"school.example\""}});
  EXPECT_EQ(request.remote_address, "2001:db8::7");
  EXPECT_TRUE(request.secure);
  EXPECT_EQ(request.Header("Host"), "school.example");
  EXPECT_EQ(Asker("127.0.0.1", {{"Forwarded", "for=_hidden"}}), "127.0.0.1");
  // A proxy that writes the one passes on what somebody wrote into the other.
  EXPECT_EQ(Asker("127.0.0.1", {{"Forwarded", "for=1.1.1.1"}, {"X-Forwarded-For", "203.0.113.9"}}),
            "203.0.113.9");
}

TEST_F(ForwardedTest, WhoComesByThemselvesStaysWhoTheyAre) {
  const Request request = Believed("127.0.0.1", {});
  EXPECT_TRUE(trusted_);
  EXPECT_FALSE(request.forwarded);
  EXPECT_EQ(request.remote_address, "127.0.0.1");
}

}  // namespace
}  // namespace tamtap::http

#include "server/public_urls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tamtap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(PublicUrlsTest, AnAddressMayHaveAPathPrefix) {
  const auto urls =
      PublicUrls::Parse({"https://School.example/tamtap/", "http://192.168.1.5:3000",
                         "https://school.example/tamtap", "https://[2001:db8::7]:8443/a/b"});
  ASSERT_TRUE(urls);
  EXPECT_EQ(urls->first(), "https://school.example/tamtap");
  EXPECT_EQ(urls->FirstSecure(), "https://school.example/tamtap");
  EXPECT_THAT(urls->Origins(), ElementsAre("https://school.example", "http://192.168.1.5:3000",
                                           "https://[2001:db8::7]:8443"));
  EXPECT_EQ(urls->PrefixIn("/tamtap/api/health"), "/tamtap");
  EXPECT_EQ(urls->PrefixIn("/tamtap"), "/tamtap");
  EXPECT_EQ(urls->PrefixIn("/tamtap?x"), "/tamtap");
  EXPECT_EQ(urls->PrefixIn("/a/b/c"), "/a/b");
  EXPECT_EQ(urls->PrefixIn("/tamtaps/api"), "");
  EXPECT_EQ(urls->PrefixIn("/api/tamtap/"), "");
  EXPECT_EQ(urls->PrefixIn("/"), "");
}

TEST(PublicUrlsTest, AHostNamesItsAddress) {
  const auto urls =
      PublicUrls::Parse({"http://school.example/tamtap", "https://school.example/tamtap",
                         "https://two.example/a", "https://two.example/b", "http://lan.example"});
  ASSERT_TRUE(urls);
  ASSERT_NE(urls->Named("SCHOOL.example"), nullptr);
  EXPECT_TRUE(urls->Named("school.example")->tls);
  EXPECT_EQ(urls->Named("school.example:443")->path, "/tamtap");
  EXPECT_EQ(urls->Named("school.example:8443"), nullptr);
  EXPECT_EQ(urls->Named("two.example"), nullptr) << "two prefixes: which one is not known";
  EXPECT_FALSE(urls->Named("lan.example:80")->tls);
  EXPECT_EQ(urls->Named(""), nullptr);
  EXPECT_EQ(PublicUrls().Named("school.example"), nullptr);
}

TEST(PublicUrlsTest, WhatCannotStandInAPageIsRefused) {
  for (const char* text : {"school.example", "ftp://school.example", "https://school.example/a b",
                           "https://school.example/\"><script>", "https://school.example/%2e",
                           "https://school.example/../x", "https://school.example//x",
                           "https://school.example/x?y", ""}) {
    const auto urls = PublicUrls::Parse({text});
    ASSERT_FALSE(urls) << text;
    EXPECT_EQ(urls.error().code, ErrorCode::kMisconfigured);
  }
  EXPECT_THAT(PublicUrls::Parse({"https://a.example/a b"}).error().Message(), HasSubstr("space"));
}

}  // namespace
}  // namespace tamtap

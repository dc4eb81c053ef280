#include "http/message.h"

#include <gtest/gtest.h>

#include "http/client.h"
#include "http/wire.h"

namespace tamtap::http {
namespace {

TEST(Message, HeaderNamesCompareWithoutCase) {
  const Headers headers = {{"Content-Type", "a"}, {"content-type", "b"}};
  EXPECT_EQ(FindHeader(headers, "CONTENT-TYPE"), "a");
  EXPECT_EQ(FindHeader(headers, "Content"), "");
}

TEST(Message, PathIsDecodedOnceAndKeepsDots) {
  Request request;
  request.target = "/a%20b/%2e%2E/c%252f?x=/y#z";
  EXPECT_EQ(request.Path(), "/a b/../c%2f");
  request.target = "http://host:80/p?q=1";
  EXPECT_EQ(request.Path(), "/p");
  EXPECT_EQ(request.Query("q"), "1");
  request.target = "/%";
  EXPECT_EQ(request.Path(), "/%");
  request.target = "/%4";
  EXPECT_EQ(request.Path(), "/%4");
  request.target = "/%zz%41";
  EXPECT_EQ(request.Path(), "/%zzA");
}

TEST(Message, QueryValuesAreDecodedAndTheFirstCounts) {
  Request request;
  request.target = "/p?a=1+2%2B3&b&=x&a=9&n%61me=%C3%B1";
  EXPECT_EQ(request.Query("a"), "1 2+3");
  EXPECT_EQ(request.Query("b"), "");
  EXPECT_EQ(request.Query("name"), "\xC3\xB1");
  EXPECT_EQ(request.Query("missing"), "");
}

TEST(Message, CookiesAreFoundInAnyHeader) {
  Request request;
  request.headers = {{"Cookie", "a=1; session=abc=; b"}, {"cookie", "c=3"}};
  EXPECT_EQ(request.Cookie("a"), "1");
  EXPECT_EQ(request.Cookie("session"), "abc=");
  EXPECT_EQ(request.Cookie("c"), "3");
  EXPECT_EQ(request.Cookie("ession"), "");
}

TEST(Url, IsReadWithItsDefaults) {
  const auto plain = Url::Parse("http://example.test");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(plain->host, "example.test");
  EXPECT_EQ(plain->port, "80");
  EXPECT_EQ(plain->path, "");
  const auto full = Url::Parse("https://[::1]:3443/base//");
  ASSERT_TRUE(full);
  EXPECT_TRUE(full->tls);
  EXPECT_EQ(full->host, "::1");
  EXPECT_EQ(full->port, "3443");
  EXPECT_EQ(full->path, "/base");
  EXPECT_EQ(Url::Parse("http://[fe80::1%eth0]")->host, "fe80::1%eth0");
}

// Boost.URL 1.81 takes 10.0.0.5 for the host of the first; see docs/decisions/0027.
TEST(Url, AHostMayBeginAsAnAddressDoes) {
  const auto name = Url::Parse("http://10.0.0.5.nip.io:3000/tamtap/");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->host, "10.0.0.5.nip.io");
  EXPECT_EQ(name->port, "3000");
  EXPECT_EQ(name->path, "/tamtap");
  EXPECT_EQ(Url::Parse("http://1.2.3.4.5")->host, "1.2.3.4.5");
}

TEST(Url, NonsenseIsMisconfigured) {
  for (const char* text : {"",
                           "example.test",
                           "ftp://a",
                           "http://",
                           "http://:80",
                           "http://a:",
                           "http://a:0",
                           "http://a:65536",
                           "http://a:8x",
                           "http://a:80:80",
                           "http://a:+80",
                           "http://[::1",
                           "http://[::1]x",
                           "http://u:p@a",
                           "http://[[]",
                           "http://[a]",
                           "http://[1.2.3.4]",
                           "http://a[::1]",
                           "http://a b",
                           "http://a/?q",
                           "http://a\r\nHost: b",
                           "http://a\\b"}) {
    const auto url = Url::Parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, ErrorCode::kMisconfigured) << text;
  }
}

TEST(Wire, DatesHaveTheOneFormat) {
  EXPECT_EQ(HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Wire, HeadersThatFrameOrForgeAreLeftOut) {
  const Headers headers = {{"Content-Length", "9"}, {"TRANSFER-ENCODING", "chunked"},
                           {"A: b", "c"},           {"X", "a\nb"},
                           {"Date", "D"},           {"Y", "z"}};
  EXPECT_EQ(SerializeHead(200, headers, Framing{.content_length = 3}),
            "HTTP/1.1 200 OK\r\nDate: D\r\nY: z\r\nContent-Length: 3\r\n\r\n");
}

}  // namespace
}  // namespace tamtap::http

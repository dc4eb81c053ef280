#include "server/front_door.h"

#include <gmock/gmock.h>

#include <future>

#include "server/https_redirect.h"
#include "server/server_fixture.h"

namespace tamtap {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Keeps what it is sent.
class Kept final : public http::Responder {
 public:
  void Send(http::Response response) override { answer.set_value(std::move(response)); }
  void OnGone(std::function<void()>) override {}

  std::promise<http::Response> answer;
};

// Requests as they come from a socket.
class FrontDoorTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "web"));
    ASSERT_TRUE(WriteFileAtomically(
        PosixDisk(), directory_ / "web/index.html",
        R"(<html><head><base href="/" /><script src="./assets/a.js"></script></head></html>)"));
    Open({"https://school.example/tamtap"});
  }

  void Open(const std::vector<std::string>& urls, bool access_log = false) {
    DoorOptions options;
    options.public_urls = *PublicUrls::Parse(urls);
    options.access_log = access_log;
    ApiOptions api{directory_ / "web", directory_ / "photos"};
    api.authenticator.allowed_origins = options.public_urls.Origins();
    api.authenticator.believe_loopback = urls.empty();
    api_ = MakeApi(std::move(api));
    door_ = std::make_unique<FrontDoor>(std::move(options), *api_, random_);
  }

  http::Response Through(const std::string& method, const std::string& target,
                         http::Headers headers = {}, std::string body = {}) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.body = std::move(body);
    request.headers = std::move(headers);
    if (request.Header("Host").empty()) request.headers.emplace_back("Host", host_);
    request.remote_address = remote_address_;
    request.secure = secure_;
    door_->OnArrival(request);
    http::Admission admission = door_->OnHead(request);
    if (admission.refusal) return *std::move(admission.refusal);
    const auto kept = std::make_shared<Kept>();
    door_->OnRequest(std::move(request), kept);
    return kept->answer.get_future().get();
  }
  http::Response SignInThrough(const std::string& target, http::Headers headers) {
    return Through("POST", target, std::move(headers),
                   R"({"username":"head","password":"correct horse"})");
  }
  // As nginx and Caddy pass requests on.
  http::Headers Passed(const std::string& host = "school.example") {
    remote_address_ = "127.0.0.1";
    return {{"X-Forwarded-For", "203.0.113.9"},
            {"X-Forwarded-Proto", "https"},
            {"Host", host},
            {"Origin", "https://" + host}};
  }
  static std::vector<std::string> CookiesOf(const http::Response& response) {
    std::vector<std::string> cookies;
    for (const auto& [name, value] : response.headers) {
      if (name == "Set-Cookie") cookies.push_back(value);
    }
    return cookies;
  }

  std::unique_ptr<FrontDoor> door_;
};

TEST_F(FrontDoorTest, TheWholeSiteLiesBelowItsPrefix) {
  const http::Response page = Through("GET", "/tamtap/days/2026-11-23", Passed());
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(*page.shared_body, HasSubstr(R"(<base href="/tamtap/" />)"));
  EXPECT_EQ(Through("GET", "/tamtap/api/health", Passed()).status, 200);
  EXPECT_EQ(Through("GET", "/tamtap/api/attendance", Passed()).status, 401);
  const http::Response bare = Through("GET", "/tamtap?x=1", Passed());
  EXPECT_EQ(bare.status, 308);
  EXPECT_EQ(bare.Header("Location"), "/tamtap/?x=1");
  const http::Response signed_in = SignInThrough("/tamtap/api/auth/login", Passed());
  ASSERT_EQ(signed_in.status, 200) << signed_in.body;
  const auto cookies = CookiesOf(signed_in);
  ASSERT_EQ(cookies.size(), 2u);
  EXPECT_THAT(cookies[0],
              AllOf(StartsWith("__Secure-tamtap_session="), HasSubstr("; Path=/tamtap/;"),
                    EndsWith("; Secure"), HasSubstr("SameSite=Strict")));
  EXPECT_THAT(cookies[1],
              AllOf(StartsWith("__Secure-tamtap_device="), HasSubstr("; Path=/tamtap/;")));
  http::Headers headers = Passed();
  headers.emplace_back("Cookie", "theme=dark; " + cookies[0].substr(0, cookies[0].find(';')));
  EXPECT_EQ(Through("GET", "/tamtap/api/auth/me", headers).status, 200);
}

TEST_F(FrontDoorTest, BelowAPrefixNoCompressedFormOfTheRootsPageIsSent) {
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "web/index.html.gz", "gzipped"));
  http::Headers headers = Passed();
  headers.emplace_back("Accept-Encoding", "gzip, br");
  const http::Response page = Through("GET", "/tamtap/people", headers);
  EXPECT_THAT(*page.shared_body, HasSubstr(R"(<base href="/tamtap/" />)"));
  EXPECT_EQ(page.Header("Content-Encoding"), "");
  EXPECT_EQ(*Through("GET", "/people", {{"Accept-Encoding", "gzip"}}).shared_body, "gzipped");
}

TEST_F(FrontDoorTest, AProxyMayTakeThePrefixOffItself) {
  const http::Response page = Through("GET", "/", Passed());
  EXPECT_THAT(*page.shared_body, HasSubstr(R"(<base href="/tamtap/" />)"));
  EXPECT_THAT(CookiesOf(SignInThrough("/api/auth/login", Passed())).at(0),
              HasSubstr("; Path=/tamtap/;"));
}

TEST_F(FrontDoorTest, WhoComesWithoutTheProxyFindsTheSiteAtItsRoot) {
  const http::Response page = Through("GET", "/");
  EXPECT_THAT(*page.shared_body, HasSubstr(R"(<base href="/" />)"));
  EXPECT_NE(page.Header("ETag"), Through("GET", "/tamtap/").Header("ETag"))
      << "two pages, which a browser must tell apart";
  const auto cookies = CookiesOf(SignInThrough("/api/auth/login", {}));
  ASSERT_EQ(cookies.size(), 2u);
  EXPECT_THAT(cookies[0], AllOf(StartsWith("tamtap_session="), HasSubstr("; Path=/;"),
                                Not(HasSubstr("Secure"))));
}

TEST_F(FrontDoorTest, WithoutAPrefixCookiesAreTheHostsAlone) {
  Open({"https://school.example"});
  const auto cookies = CookiesOf(SignInThrough("/api/auth/login", Passed()));
  ASSERT_EQ(cookies.size(), 2u);
  EXPECT_THAT(cookies[0], AllOf(StartsWith("__Host-tamtap_session="), HasSubstr("; Path=/;"),
                                EndsWith("; Secure")));
  const std::string session = cookies[0].substr(0, cookies[0].find(';'));
  const auto me = [&](const std::string& cookie) {
    http::Headers headers = Passed();
    headers.emplace_back("Cookie", cookie);
    return Through("GET", "/api/auth/me", headers).status;
  };
  EXPECT_EQ(me(session), 200);
  // Planted by a page without TLS, or by a sibling host.
  EXPECT_EQ(me(session.substr(std::string("__Host-").size())), 401);
  EXPECT_EQ(me("__Secure-" + session.substr(std::string("__Host-").size())), 401);
  EXPECT_EQ(me("tamtap_session=planted; " + session), 200);
}

TEST_F(FrontDoorTest, WhatCameOverTlsIsSecureWhoeverSpeaksIt) {
  Open({});
  secure_ = true;
  EXPECT_THAT(CookiesOf(SignInThrough("/api/auth/login", {})).at(0),
              AllOf(StartsWith("__Host-"), EndsWith("; Secure")));
  EXPECT_THAT(std::string(Through("GET", "/").Header("Strict-Transport-Security")),
              StartsWith("max-age="));
  secure_ = false;
  EXPECT_EQ(Through("GET", "/").Header("Strict-Transport-Security"), "");
  EXPECT_THAT(std::string(Through("GET", "/", Passed()).Header("Strict-Transport-Security")),
              StartsWith("max-age="));
  // A proxy that says nothing of TLS, at an address that has it.
  Open({"https://school.example"});
  http::Headers silent = {{"X-Forwarded-For", "203.0.113.9"}, {"Host", "school.example"}};
  EXPECT_NE(Through("GET", "/", silent).Header("Strict-Transport-Security"), "");
  // Nobody but a proxy is believed in it.
  remote_address_ = "192.168.1.7";
  EXPECT_EQ(Through("GET", "/", {{"X-Forwarded-Proto", "https"}, {"Host", "school.example"}})
                .Header("Strict-Transport-Security"),
            "");
}

TEST_F(FrontDoorTest, ClientsAreToldApartByWhatTheProxySays) {
  const auto guess = [&](const std::string& client) {
    http::Headers headers = Passed();
    headers[0].second = client;
    return Through("POST", "/tamtap/api/auth/login", headers,
                   R"({"username":"head","password":"wrong"})")
        .status;
  };
  for (int i = 0; i < 12; ++i) guess("1.1.1." + std::to_string(i) + ", 203.0.113.66");
  EXPECT_EQ(guess("1.1.1.99, 203.0.113.66"), 429) << "what it wrote itself makes it nobody else";
  EXPECT_EQ(guess("203.0.113.67"), 401);
}

// A proxy on this machine that names nobody would else make strangers this machine's own.
TEST_F(FrontDoorTest, ThisMachineIsNobodySpecialBehindAProxy) {
  remote_address_ = "127.0.0.1";
  host_ = "127.0.0.1:3000";
  EXPECT_EQ(Through("GET", "/metrics").status, 401);
  EXPECT_EQ(Through("GET", "/tamtap/metrics").status, 401);
  EXPECT_THAT(Through("GET", "/api/health").body, Not(HasSubstr("terminals")));
  Open({});
  EXPECT_EQ(Through("GET", "/metrics").status, 200);
  for (const char* header : {"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via",
                             "X-Forwarded-Proto", "X-Forwarded-Host"}) {
    EXPECT_EQ(Through("GET", "/metrics", {{header, "127.0.0.1"}}).status, 401) << header;
  }
}

TEST_F(FrontDoorTest, WhoWatchesBringsAToken) {
  ApiOptions options{directory_ / "web", directory_ / "photos"};
  options.authenticator.believe_loopback = false;
  options.authenticator.watcher = HashSecret("a token of the school's own");
  api_ = MakeApi(std::move(options));
  const auto with = [&](const std::string& target, const std::string& token) {
    return Ask("GET", target, {}, {{"Authorization", "Bearer " + token}}).status;
  };
  EXPECT_EQ(with("/metrics", "a token of the school's own"), 200);
  EXPECT_EQ(with("/metrics", "another"), 401);
  EXPECT_EQ(with("/metrics", ""), 401);
  EXPECT_EQ(with("/api/attendance", "a token of the school's own"), 401) << "the metrics alone";
  EXPECT_EQ(with("/api/terminal/school", "a token of the school's own"), 401);
}

TEST_F(FrontDoorTest, AGateIsToldTheAddressThatTheServerIsReachedBy) {
  const auto server = [&](const http::Response& signed_in, http::Headers headers) {
    const std::string cookie = CookiesOf(signed_in).at(0);
    headers.emplace_back("Cookie", cookie.substr(0, cookie.find(';')));
    const auto made = Body(Through("POST", "/api/terminals", headers, R"({"name":"gate-4"})"));
    EXPECT_THAT(
        std::string(made.at("message").as_string()),
        HasSubstr("tamtap enroll " + std::string(made.at("server").as_string()) + " TOKEN"));
    return std::string(made.at("server").as_string());
  };
  EXPECT_EQ(server(SignInThrough("/api/auth/login", Passed()), Passed()),
            "https://school.example/tamtap");
  Open({});
  remote_address_ = "192.168.1.7";
  EXPECT_EQ(server(SignInThrough("/api/auth/login", {}), {}), "http://gate.local:3000");
}

TEST_F(FrontDoorTest, ARequestKeepsTheNameThatAProxyGaveIt) {
  Open({"https://school.example"}, /*access_log=*/true);
  http::Headers headers = Passed();
  headers.emplace_back("X-Request-Id", "f00-Ba_r.7");
  EXPECT_EQ(Through("GET", "/api/health", headers).Header("X-Request-Id"), "f00-Ba_r.7");
  headers.back().second = "two words";
  EXPECT_THAT(std::string(Through("GET", "/api/health", headers).Header("X-Request-Id")),
              testing::MatchesRegex("[0-9a-f]{16}"));
  remote_address_ = "192.168.1.7";
  EXPECT_THAT(
      std::string(
          Through("GET", "/api/attendance", {{"X-Request-Id", "mine"}}).Header("X-Request-Id")),
      testing::MatchesRegex("[0-9a-f]{16}"))
      << "a stranger's name for it is not kept, a refusal has one, too";
  Open({"https://school.example"});
  EXPECT_EQ(Through("GET", "/api/health").Header("X-Request-Id"), "");
}

TEST(AccessLogTest, NoValueOfAQueryIsLogged) {
  EXPECT_EQ(TargetInLog("/socket.io/?EIO=4&sid=secret&transport=polling"),
            "/socket.io/?EIO&sid&transport");
  EXPECT_EQ(TargetInLog("/api/search?q=Ana%20Reyes"), "/api/search?q");
  EXPECT_EQ(TargetInLog("/a?b&&c=?x"), "/a?b&&c");
  EXPECT_EQ(TargetInLog("/?"), "/?");
  EXPECT_EQ(TargetInLog("/"), "/");
  EXPECT_EQ(TargetInLog(std::string(400, 'x')), std::string(300, 'x') + "...");
}

TEST_F(FrontDoorTest, AServerThatIsAboutToStopIsAliveAndNotReady) {
  api_->feed().Look();
  EXPECT_EQ(Through("GET", "/api/health/live").status, 200);
  EXPECT_EQ(Through("GET", "/api/health/ready").status, 200);
  store_->fail = Error{ErrorCode::kRetry, "connect to db.internal", 0, ""};
  api_->feed().Look();
  EXPECT_EQ(Through("GET", "/api/health/live").status, 200);
  const http::Response away = Through("GET", "/api/health/ready");
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(away.Header("Retry-After"), "5");
  EXPECT_THAT(away.body, Not(HasSubstr("db.internal")));
  store_->fail.reset();
  api_->feed().Look();
  EXPECT_EQ(Through("GET", "/api/health/ready").status, 200);
  api_->BeginStop();
  EXPECT_EQ(Through("GET", "/api/health/live").status, 200);
  EXPECT_EQ(Through("GET", "/api/health/ready").status, 503);
  EXPECT_EQ(Through("GET", "/socket.io/?EIO=4&transport=polling").status, 503);
  EXPECT_EQ(Through("GET", "/api/auth/me").status, 401) << "all else is answered as before";
}

TEST(HttpsRedirectTest, WhoReadsIsSentToTheSamePlaceOverTls) {
  const auto place = [](HttpsRedirect redirect, const std::string& target, const std::string& host,
                        const std::string& method = "GET") {
    http::Request request;
    request.method = method;
    request.target = target;
    request.headers = {{"Host", host}};
    const http::Admission admission = redirect.OnHead(request);
    return std::to_string(admission.refusal->status) + " " +
           std::string(admission.refusal->Header("Location"));
  };
  const HttpsRedirect own("", 8443);
  EXPECT_EQ(place(own, "/days?x=1", "gate.local:8080"), "308 https://gate.local:8443/days?x=1");
  EXPECT_EQ(place(own, "/", "[fd00::1]:80"), "308 https://[fd00::1]:8443/");
  EXPECT_EQ(place(HttpsRedirect("", 443), "/", "gate.local"), "308 https://gate.local/");
  EXPECT_EQ(place(own, "/", "gate.local/x@evil.example"), "403 ");
  EXPECT_EQ(place(own, "//evil.example/", "gate.local"), "403 ");
  EXPECT_EQ(place(own, "/", ""), "403 ");
  // What was said in clear is not passed on.
  EXPECT_EQ(place(own, "/api/auth/login", "gate.local", "POST"), "403 ");
  const HttpsRedirect site("https://school.example/tamtap", 3000);
  EXPECT_EQ(place(site, "/tamtap/days", "evil.example"), "308 https://school.example/tamtap/days");
  EXPECT_EQ(place(site, "/days", "school.example"), "308 https://school.example/tamtap/days");
  EXPECT_EQ(place(HttpsRedirect("https://school.example", 1), "/a", "x"),
            "308 https://school.example/a");
}

}  // namespace
}  // namespace tamtap

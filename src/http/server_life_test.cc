// What happens to a server that runs for long: its certificate is renewed, it is stopped while
// somebody asks, proxies pass on what many ask.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

#include "base/test_directory.h"
#include "http/client.h"
#include "http/server_fixture.h"

namespace tamtap::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

using ServerLife = ServerFixture;

class Renewal : public ServerFixture {
 protected:
  // A certificate that is its own authority, and its key.
  void Make(const std::string& name) {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=" +
        name + " -addext subjectAltName=DNS:localhost -keyout " + KeyOf(name) + " -out " +
        ChainOf(name) + " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  std::string ChainOf(const std::string& name) const { return directory_ / (name + ".pem"); }
  std::string KeyOf(const std::string& name) const { return directory_ / (name + ".key"); }
  // As certbot does: the server's files are links to those of the newest certificate.
  void Link(const std::string& target, const std::string& link) {
    const std::string fresh = link + ".new";
    std::filesystem::create_symlink(target, fresh);
    std::filesystem::rename(fresh, link);
  }
  std::unique_ptr<Client> Trusting(const std::string& name) {
    const Url url{
        .tls = true, .host = "localhost", .port = std::to_string(server_->port()), .path = ""};
    return MakeClient(url, ClientOptions{.timeout = milliseconds(5000), .ca_file = ChainOf(name)});
  }
  bool Serves(const std::string& name) { return Trusting(name)->Send(Request{}).has_value(); }

  const TestDirectory directory_;
};

TEST_F(Renewal, ARenewedCertificateIsTakenWithoutARestart) {
  Make("first");
  Make("second");
  const std::string chain = directory_ / "chain.pem";
  const std::string key = directory_ / "key.pem";
  Link(ChainOf("first"), chain);
  Link(KeyOf("first"), key);
  ServerOptions options;
  options.certificate_file = chain;
  options.private_key_file = key;
  options.certificate_check = milliseconds(50);
  Start(options);
  const auto open = Trusting("first");
  ASSERT_TRUE(open->Send(Request{}));
  EXPECT_FALSE(Serves("second"));
  // Between the two, the chain and the key don't belong together: what was there goes on serving.
  Link(ChainOf("second"), chain);
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_TRUE(Serves("first"));
  Link(KeyOf("second"), key);
  EXPECT_TRUE(Eventually([&] { return Serves("second"); }));
  EXPECT_FALSE(Serves("first"));
  EXPECT_TRUE(open->Send(Request{})) << "a connection stays as it was begun";
}

TEST_F(Renewal, FilesThatAreGoneForAWhileCostNothing) {
  Make("only");
  ServerOptions options;
  options.certificate_file = ChainOf("only");
  options.private_key_file = KeyOf("only");
  options.certificate_check = milliseconds(50);
  Start(options);
  std::filesystem::rename(KeyOf("only"), directory_ / "aside");
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_TRUE(Serves("only"));
  std::filesystem::rename(directory_ / "aside", KeyOf("only"));
  EXPECT_TRUE(Serves("only"));
}

// A pass phrase would be asked for on the terminal, and a pipe be waited for: by a thread that
// serves everybody.
TEST_F(Renewal, AKeyWithAPassPhraseAndAPipeAreRefusedAtOnce) {
  Make("only");
  const std::string locked = directory_ / "locked.key";
  const std::string command = "openssl ec -aes128 -passout pass:secret -in " + KeyOf("only") +
                              " -out " + locked + " 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const std::string pipe = directory_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  ServerOptions options;
  options.certificate_file = ChainOf("only");
  for (const auto& [key, why] : {std::pair(locked, "pass phrase"), std::pair(pipe, "no file")}) {
    options.private_key_file = key;
    const auto refused = StartServer(options, handler_);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().Message(), HasSubstr(why));
  }
  options.private_key_file = KeyOf("only");
  options.certificate_check = milliseconds(50);
  Start(options);
  for (const std::string& key : {locked, pipe}) {
    std::filesystem::rename(key, KeyOf("only"));
    std::this_thread::sleep_for(milliseconds(300));
    EXPECT_TRUE(Serves("only"));
  }
  const auto begin = std::chrono::steady_clock::now();
  server_->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(ServerLife, ADrainAnswersWhatIsUnderWayAndTurnsTheRestAway) {
  Start();
  RawConnection idle(server_->port());
  idle.Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  idle.ReadUntil("GET ");
  RawConnection asking(server_->port());
  asking.Write("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return handler_.Held() == 1; }));
  auto drained = std::async(std::launch::async, [&] {
    const auto begin = std::chrono::steady_clock::now();
    server_->Drain(milliseconds(5'000));
    return std::chrono::steady_clock::now() - begin;
  });
  idle.ReadAll();
  EXPECT_TRUE(idle.closed()) << "nobody asks anything on it";
  const Url url{
      .tls = false, .host = "127.0.0.1", .port = std::to_string(server_->port()), .path = ""};
  EXPECT_FALSE(MakeClient(url)->Send(Request{})) << "nobody new is let in";
  EXPECT_EQ(drained.wait_for(milliseconds(100)), std::future_status::timeout);
  handler_.Release();
  EXPECT_LT(drained.get(), milliseconds(4'000));
  const std::string answer = asking.ReadAll();
  EXPECT_THAT(answer, HasSubstr("late"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_TRUE(asking.closed());
  server_->Stop();
}

TEST_F(ServerLife, ADrainWaitsNoLongerThanItsPatience) {
  Start();
  RawConnection asking(server_->port());
  asking.Write("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return handler_.Held() == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  server_->Drain(milliseconds(200));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(2'000));
  server_->Stop();
  handler_.Release();
}

TEST_F(ServerLife, TheSixthVersionsAnyAddressListensToBoth) {
  ServerOptions options;
  options.host = "::";
  Start(options);
  for (const char* host : {"127.0.0.1", "::1"}) {
    const Url url{.tls = false, .host = host, .port = std::to_string(server_->port()), .path = ""};
    const auto answer = MakeClient(url)->Send(Request{});
    EXPECT_TRUE(answer) << host << ": " << answer.error().Message();
  }
}

// One of this machine's that is not the loopback's; INADDR_LOOPBACK if it has none.
in_addr_t OwnAddress() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return INADDR_LOOPBACK;
  in_addr_t found = INADDR_LOOPBACK;
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
    const auto* const address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr);
    const in_addr_t host = ntohl(address->sin_addr.s_addr);
    if (host >> 24 != IN_LOOPBACKNET) found = host;
  }
  freeifaddrs(list);
  return found;
}

// Strangers of one address have a quarter of what strangers may have; a proxy passes on what many
// ask.
TEST_F(ServerLife, ATrustedProxyHasMoreThanOnePeersShare) {
  ServerOptions options;
  options.max_connections = 32;
  options.host = "0.0.0.0";
  const auto open_at_once = [&] {
    Start(options);
    std::vector<std::unique_ptr<RawConnection>> all;
    for (int i = 0; i < 20; ++i) {
      all.push_back(std::make_unique<RawConnection>(server_->port(), OwnAddress()));
      all.back()->Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      all.back()->ReadUntil("GET ");
    }
    size_t open = 0;
    for (auto& each : all) {
      each->Forget();
      each->Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      open += each->ReadUntil("GET ").find("200 OK") != std::string::npos ? 1U : 0U;
    }
    server_->Stop();
    return open;
  };
  if (OwnAddress() == INADDR_LOOPBACK) GTEST_SKIP() << "this machine has no other address";
  EXPECT_LE(open_at_once(), 6U);
  options.trusted_proxies = *Networks::Parse({"0.0.0.0/0"});
  EXPECT_EQ(open_at_once(), 20U);
}

}  // namespace
}  // namespace tamtap::http

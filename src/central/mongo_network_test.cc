// What errors of the network leave behind in the MongoDB store: nothing. Against a real server,
// behind a link that the test cuts.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "base/check.h"
#include "central/mongo_attendance.h"
#include "central/mongo_fixture.h"
#include "central/stores.h"
#include "tap/example_record.h"

namespace tamtap::central {
namespace {

// A port that leads to another one; counts the `find` commands that pass, and hangs up instead
// where it is told to.
class CountingLink {
 public:
  explicit CountingLink(uint16_t to) : to_(to), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    CHECK(bind(listener_, generic, length) == 0 && listen(listener_, 16) == 0);
    CHECK(getsockname(listener_, generic, &length) == 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { Accept(); });
  }
  ~CountingLink() {
    stopping_ = true;
    acceptor_.join();
    for (std::thread& each : connections_) each.join();
    close(listener_);
  }
  CountingLink(const CountingLink&) = delete;
  CountingLink& operator=(const CountingLink&) = delete;
  uint16_t port() const { return port_; }

  std::atomic<bool> cuts_lists{false};
  std::atomic<int> finds{0};

 private:
  bool Readable(int descriptor) const {
    pollfd waited{descriptor, POLLIN, 0};
    return poll(&waited, 1, 20) > 0;
  }
  void Accept() {
    while (!stopping_) {
      if (!Readable(listener_)) continue;
      const int client = accept(listener_, nullptr, nullptr);
      if (client >= 0) connections_.emplace_back([this, client] { Forward(client); });
    }
  }
  void Forward(int client) {
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool open = connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    while (open && !stopping_) {
      std::array<pollfd, 2> both = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
      if (poll(both.data(), both.size(), 20) <= 0) continue;
      if (both[0].revents != 0) open = Pass(client, server, /*is_request=*/true);
      if (open && both[1].revents != 0) open = Pass(server, client, /*is_request=*/false);
    }
    close(client);
    close(server);
  }
  bool Pass(int from, int to, bool is_request) {
    std::array<char, 256 << 10> chunk;
    const ssize_t got = recv(from, chunk.data(), chunk.size(), 0);
    if (got <= 0) return false;
    const std::string_view bytes(chunk.data(), static_cast<size_t>(got));
    constexpr std::string_view kFind(
        "\x02"
        "find\0",
        6);
    if (is_request && bytes.find(kFind) != std::string_view::npos) {
      ++finds;
      // The list of a backlog: other questions come before it.
      if (cuts_lists && bytes.find("$in") != std::string_view::npos) return false;
    }
    return send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == got;
  }

  const uint16_t to_;
  const int listener_;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> connections_;  // of the acceptor, until it has ended
  std::thread acceptor_;
};

// "mongodb://127.0.0.1:PORT/..." of a server on this machine; 0 for any other.
uint16_t PortOf(const std::string& uri) {
  constexpr std::string_view kHere = "mongodb://127.0.0.1:";
  return uri.starts_with(kHere) ? static_cast<uint16_t>(std::stoi(uri.substr(kHere.size()))) : 0;
}

TEST(MongoNetworkTest, AnErrorOfTheNetworkDoesNotHaveBacklogsMergedOneByOne) {
  const auto server = MongoTestServer::Shared();
  ASSERT_TRUE(server) << server.error().Message();
  const std::string database = NewDatabase();
  const uint16_t port = PortOf((*server)->UriFor(database));
  if (port == 0) return;  // somebody else's server, on another machine
  CountingLink link(port);
  const auto store = *OpenMongo(
      {fmt::format("mongodb://127.0.0.1:{}/{}?socketTimeoutMS=60000", link.port(), database), ""});
  std::vector<Record> records;
  for (uint64_t i = 1; i <= 40; ++i) records.push_back(ExampleRecord(i, fmt::format("{:08X}", i)));
  ASSERT_TRUE(store->Store(records));
  const auto finds_of_a_backlog = [&] {
    const int before = link.finds;
    const auto outcomes = store->Store(records);
    EXPECT_TRUE(outcomes) << outcomes.error().Message();
    return link.finds - before;
  };
  EXPECT_EQ(finds_of_a_backlog(), 4)
      << "what is there is asked for as one list, whether departures are recorded, and, of old "
         "records, which days were purged and who was erased";

  link.cuts_lists = true;
  const auto cut = store->Store(records);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::kRetry);
  link.cuts_lists = false;
  for (int i = 0; i < 100 && !store->Ping(); ++i) {
  }
  EXPECT_EQ(finds_of_a_backlog(), 4) << "and again, as soon as the network is back";
}

TEST(MongoNetworkTest, AListThatTakesTooLongIsTriedAgainAfterAWhile) {
  ListsInTime lists;
  MonotonicTime now{std::chrono::hours(1)};
  EXPECT_TRUE(lists.Expected(now));
  lists.WasTooSlow(now);
  EXPECT_FALSE(lists.Expected(now));
  EXPECT_FALSE(lists.Expected(now + ListsInTime::kTryAgain - std::chrono::seconds(1)));
  EXPECT_TRUE(lists.Expected(now + ListsInTime::kTryAgain));
}

}  // namespace
}  // namespace tamtap::central

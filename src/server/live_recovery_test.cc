// How a page that was away catches up: from its place in the store's order, here or at another
// server, before or after a restart.
#include <fmt/core.h>

#include "server/live_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string TapOf(uint64_t sequence) { return fmt::format("gate-1.00112233445566ff.{}", sequence); }

// A page as a stock client is one: it keeps the `pid`, and the last argument of the last event.
class LiveRecoveryTest : public LiveFixture {
 protected:
  struct Client {
    std::shared_ptr<FakePage> page;
    std::string pid;
    std::string offset;
    std::vector<std::string> taps;
    bool recovered = false;
  };

  void SetUp() override {
    LiveFixture::SetUp();
    std::vector<Person> people;
    for (uint64_t i = 1; i <= 9; ++i) people.push_back(ExamplePerson(CardOf(i), "A", "B", "Narra"));
    ASSERT_TRUE(PutPeople(*store_, people));
    session_ = Head();
    gate_ = EnrolledTerminal("gate-1");
    feed().Look();
  }

  static std::string CardOf(uint64_t number) { return fmt::format("A00000{:02X}", number); }
  Record Tap(uint64_t n) { return ExampleRecord(n, CardOf(n)); }

  void Connect(Client& client, LiveFeed& server) {
    json::object auth;
    if (!client.pid.empty()) {
      auth = {{"pid", client.pid}};
      if (!client.offset.empty()) auth.emplace("offset", client.offset);
    }
    const http::Request handshake = Handshake(session_);
    const socketio::Recovery recovery = server.Recover("/", handshake, auth);
    client.recovered = !client.pid.empty() && recovery.pid == client.pid;
    client.pid = recovery.pid;
    client.page = NewPage();
    server.OnConnect(client.page, handshake, auth, recovery.place);
  }
  void Connect(Client& client) { Connect(client, feed()); }
  void Leave(Client& client, LiveFeed& server) {
    Hear(client);
    server.OnDisconnect(client.page);
    client.page = nullptr;
  }
  void Leave(Client& client) { Leave(client, feed()); }
  static void Hear(Client& client) {
    for (const std::string& tap : client.page->Arrivals()) client.taps.push_back(tap);
    if (!client.page->places.empty()) client.offset = client.page->places.back();
    client.page->heard.clear();
    client.page->places.clear();
  }
  // Another server on the same store, or this one after a restart.
  void Restart() { api_ = MakeApi({directory_ / "web", directory_ / "photos"}); }

  http::Headers session_;
  http::Headers gate_;
};

TEST_F(LiveRecoveryTest, WhatWasMissedIsToldOnceAndInOrder) {
  Client client;
  Connect(client);
  EXPECT_FALSE(client.recovered);
  Ingest(Tap(1), gate_);
  Leave(client);
  Ingest(Tap(2), gate_);
  Ingest(Tap(3), gate_);
  Connect(client);
  EXPECT_TRUE(client.recovered);
  Ingest(Tap(4), gate_);
  feed().Look();
  Hear(client);
  EXPECT_THAT(client.taps, ElementsAre(TapOf(1), TapOf(2), TapOf(3), TapOf(4)));
}

// Where a store keeps no order, a page reads the day when it comes, and what was told ahead of the
// store is not in it yet.
TEST_F(LiveRecoveryTest, WhoComesBetweenANotificationAndItsSyncHearsOfItAlsoWithoutAnOrder) {
  store_->keeps_order = false;
  Restart();
  feed().Look();
  Client first;
  Connect(first);
  Notify(Tap(1), gate_);
  Client second;
  Connect(second);
  Notify(Tap(2), gate_);
  Ingest(Tap(2), gate_);
  feed().Look();
  Client third;
  Connect(third);
  Ingest(Tap(1), gate_);
  feed().Look();
  Client fourth;
  Connect(fourth);
  feed().Look();
  for (Client* const each : {&first, &second, &third, &fourth}) Hear(*each);
  EXPECT_THAT(first.taps, ElementsAre(TapOf(1), TapOf(2)));
  EXPECT_THAT(second.taps, ElementsAre(TapOf(1), TapOf(2)));
  EXPECT_THAT(third.taps, ElementsAre(TapOf(1))) << "the day has the other one";
  EXPECT_THAT(fourth.taps, IsEmpty()) << "the day has both";
}

// Gates and pages reach a server that has just been started, and knows its store's order before it
// knows the day.
TEST_F(LiveRecoveryTest, WhatIsNotifiedWhileTheDayIsReadForTheFirstTimeIsToldOnce) {
  for (const bool is_there : {false, true}) {
    const uint64_t n = is_there ? 2 : 1;
    Client client;
    Connect(client);
    Leave(client);
    Ingest(Tap(n), gate_);
    Restart();
    store_->before_day = [&] {
      if (is_there) Connect(client);
      Notify(Tap(n), gate_);
    };
    feed().Start();
    if (!is_there) Connect(client);
    feed().Look();
    feed().Stop();
    Hear(client);
    EXPECT_TRUE(client.recovered);
    EXPECT_THAT(client.taps, ElementsAre(TapOf(n))) << is_there;
    Leave(client);
    Ingest(Tap(n + 2), gate_);
    Connect(client);
    Hear(client);
    EXPECT_THAT(client.taps, ElementsAre(TapOf(n), TapOf(n + 2)));
    Leave(client);
  }
}

// Also what comes before that.
TEST_F(LiveRecoveryTest, WhatIsNotifiedBeforeTheStoreWasReadIsToldOnce) {
  Client client;
  Connect(client);
  Leave(client);
  Ingest(Tap(1), gate_);
  Restart();
  Notify(Tap(1), gate_);
  feed().Start();
  Connect(client);
  feed().Stop();
  Hear(client);
  EXPECT_THAT(client.taps, ElementsAre(TapOf(1)));
  Leave(client);
}

TEST_F(LiveRecoveryTest, AClientThatHasHeardNothingYetMissesNothing) {
  Client client;
  Connect(client);
  Leave(client);
  Ingest(Tap(1), gate_);
  Connect(client);
  EXPECT_TRUE(client.recovered);
  Hear(client);
  EXPECT_THAT(client.taps, ElementsAre(TapOf(1)));
}

TEST_F(LiveRecoveryTest, ThePlaceHoldsOverARestart) {
  Client client;
  Connect(client);
  Ingest(Tap(1), gate_);
  Leave(client);
  Ingest(Tap(2), gate_);
  Restart();
  Ingest(Tap(3), gate_);
  Connect(client);
  EXPECT_TRUE(client.recovered);
  Hear(client);
  EXPECT_THAT(client.taps, ElementsAre(TapOf(1), TapOf(2), TapOf(3)));
}

TEST_F(LiveRecoveryTest, ATapThatWasToldAheadOfTheStoreIsNotToldAgain) {
  for (const bool restart : {false, true}) {
    const uint64_t first = restart ? 4 : 1;
    Client client;
    Connect(client);
    Notify(Tap(first), gate_);
    Leave(client);
    EXPECT_THAT(client.taps, ElementsAre(TapOf(first)));
    if (restart) Restart();
    // The store gets it while the client is away, or when it is back and hears of another.
    if (!restart) Ingest(Tap(first), gate_);
    Connect(client);
    EXPECT_TRUE(client.recovered);
    Ingest(Tap(first + 1), gate_);
    Leave(client);
    Connect(client);
    Ingest(Tap(first), gate_);
    Ingest(Tap(first + 2), gate_);
    Hear(client);
    EXPECT_THAT(client.taps, ElementsAre(TapOf(first), TapOf(first + 1), TapOf(first + 2)));
  }
}

TEST_F(LiveRecoveryTest, WhoComesBetweenTheNotificationAndTheStoreHearsOfItOnce) {
  Notify(Tap(1), gate_);
  Client client;
  Connect(client);
  Ingest(Tap(1), gate_);
  feed().Look();
  Leave(client);
  Connect(client);
  Hear(client);
  EXPECT_THAT(client.taps, ElementsAre(TapOf(1)));
}

TEST_F(LiveRecoveryTest, WhoComesBackBetweenTheNotificationAndTheStoreHearsOfItOnce) {
  Client client;
  Connect(client);
  Ingest(Tap(1), gate_);
  Leave(client);
  Notify(Tap(2), gate_);
  Connect(client);
  EXPECT_TRUE(client.recovered);
  Hear(client);
  EXPECT_THAT(client.taps, ElementsAre(TapOf(1), TapOf(2)));
  Ingest(Tap(2), gate_);
  feed().Look();
  Hear(client);
  EXPECT_THAT(client.taps, ElementsAre(TapOf(1), TapOf(2)));
}

TEST_F(LiveRecoveryTest, AnotherServersLeadIsNotToldAgain) {
  Client watching;  // so that this server does not look anew just because somebody comes
  Connect(watching);
  feed().Look();
  auto other = MakeApi({directory_ / "web", directory_ / "photos"});
  other->feed().Look();
  std::swap(api_, other);
  Client client;
  Connect(client);
  Ingest(Tap(1), gate_);
  Leave(client);
  std::swap(api_, other);
  Connect(client);
  EXPECT_TRUE(client.recovered);
  feed().Look();
  Hear(client);
  EXPECT_THAT(client.taps, ElementsAre(TapOf(1)));
  Leave(watching);
}

TEST_F(LiveRecoveryTest, AnotherServerOnTheStoreGoesOnWhereThisOneEnded) {
  const auto other = MakeApi({directory_ / "web", directory_ / "photos"});
  other->feed().Look();
  Client client;
  Connect(client);
  Ingest(Tap(1), gate_);
  Leave(client);
  Connect(client, other->feed());  // which has not looked since
  EXPECT_TRUE(client.recovered);
  Ingest(Tap(2), gate_);
  other->feed().Look();
  Leave(client, other->feed());
  Connect(client);
  Hear(client);
  EXPECT_THAT(client.taps, ElementsAre(TapOf(1), TapOf(2)));
}

TEST_F(LiveRecoveryTest, WhatOthersMaySeeIsNotCaughtUpWith) {
  const http::Headers head = session_;
  session_ = Adviser();  // of Narra
  Client client;
  Connect(client);
  Leave(client);
  Ingest(BensRecord(1), gate_);
  Ingest(Tap(2), gate_);
  Connect(client);
  EXPECT_TRUE(client.recovered);
  Hear(client);
  EXPECT_THAT(client.taps, ElementsAre(TapOf(2)));
  // Somebody else on the same page sees more, and lacks what was before.
  session_ = head;
  Leave(client);
  Connect(client);
  EXPECT_FALSE(client.recovered);
}

TEST_F(LiveRecoveryTest, FromARestoredStoreNobodyGoesOn) {
  Client client;
  Connect(client);
  Leave(client);
  ASSERT_TRUE(store_->WentBack(*store_->Identity()));
  Ingest(Tap(1), gate_);
  Connect(client);
  EXPECT_FALSE(client.recovered);
  Ingest(Tap(2), gate_);
  feed().Look();
  Hear(client);
  EXPECT_THAT(client.taps, testing::Contains(TapOf(2)));
}

TEST_F(LiveRecoveryTest, AStoreThatKeepsNoOrderGivesNoPlaces) {
  store_->keeps_order = false;
  Restart();
  feed().Look();
  Client client;
  Connect(client);
  EXPECT_EQ(client.pid, "");
  Ingest(Tap(1), gate_);
  EXPECT_THAT(client.page->Arrivals(), SizeIs(1));
  EXPECT_THAT(client.page->places, ElementsAre(""));
}

TEST_F(LiveRecoveryTest, TheApiTellsWhatWasMissedSinceAPlace) {
  const auto ask = [&](const std::string& cursor) {
    return Body(Ask("GET", "/api/attendance/since?cursor=" + cursor, {}, session_));
  };
  const json::object begin = ask("");
  EXPECT_EQ(begin.at("complete"), false);
  EXPECT_THAT(begin.at("events").as_array(), IsEmpty());
  const auto cursor = json::value_to<std::string>(begin.at("cursor"));
  Ingest(Tap(1), gate_);
  Ingest(Tap(2), gate_);
  const json::object missed = ask(cursor);
  EXPECT_EQ(missed.at("complete"), true);
  EXPECT_EQ(missed.at("more"), false);
  const json::array& events = missed.at("events").as_array();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].at("event"), "attendance:new");
  EXPECT_EQ(json::value_to<std::string>(events[1].at("data").at("tap")), TapOf(2));
  const auto end = json::value_to<std::string>(missed.at("cursor"));
  EXPECT_THAT(ask(end).at("events").as_array(), IsEmpty());
  EXPECT_EQ(ask(end).at("complete"), true);
  EXPECT_EQ(ask("nonsense").at("complete"), false);
}

}  // namespace
}  // namespace tamtap

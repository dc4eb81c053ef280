// What pages hear, and which ones; without sockets, on a clock of the test's own.
#include <fmt/core.h>

#include <thread>

#include "base/text.h"
#include "server/live_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kMinuteUs = 60'000'000;

using LiveFeedTest = LiveFixture;

TEST_F(LiveFeedTest, ATapIsToldOnceInEveryOrderOfItsThreeWays) {
  const auto card_of = [](uint64_t number) { return fmt::format("A00000{:02X}", number); };
  for (uint64_t i = 1; i <= 6; ++i) {
    const Person person = ExamplePerson(card_of(i), "Ana", "Reyes", "Narra");
    ASSERT_TRUE(PutPeople(*store_, {person}));
  }
  const http::Headers gate = EnrolledTerminal("gate-1");
  const auto page = Open(Head());
  std::vector<int> ways = {0, 1, 2};
  uint64_t sequence = 0;
  do {
    const std::string card = card_of(++sequence);
    const Record record = ExampleRecord(sequence, card);
    for (const int way : ways) {
      if (way == 0) Notify(record, gate);
      if (way == 1) Ingest(record, gate);
      if (way == 2) feed().Look();
    }
    feed().Look();
    EXPECT_THAT(page->Arrivals(), SizeIs(sequence));
    EXPECT_EQ(page->Arrivals().back(), record.tap.ToString());
  } while (std::next_permutation(ways.begin(), ways.end()));
}

TEST_F(LiveFeedTest, WhatOtherProcessesStoreIsTold) {
  const auto page = Open(Head());
  ASSERT_TRUE(store_->Store(std::vector<Record>{ExampleRecord(1)}));
  feed().Look();
  feed().Look();
  EXPECT_THAT(page->Arrivals(), ElementsAre("gate-1.00112233445566ff.1"));
  const json::object arrival = page->All("attendance:new").at(0);
  EXPECT_EQ(arrival.at("_id"), "2026-11-23/176B3325");
  EXPECT_EQ(arrival.at("timestamp"), "2026-11-23T07:00:00.000+08:00");
}

TEST_F(LiveFeedTest, ADayInWhichNothingChangesIsReadOnce) {
  store_->keeps_order = false;  // otherwise what is new is asked for
  const auto page = Open(Head());
  const http::Headers gate = EnrolledTerminal("gate-1");
  for (int look = 0; look < 50; ++look) feed().Look();
  EXPECT_EQ(store_->days_read, 1);
  Ingest(ExampleRecord(1), gate);
  for (int look = 0; look < 50; ++look) feed().Look();
  EXPECT_EQ(store_->days_read, 2);
  // Another process, on a connection of its own.
  const auto other = *central::OpenSqlite(directory_ / "central.db");
  ASSERT_TRUE(other->Store(std::vector<Record>{BensRecord(2)}));
  for (int look = 0; look < 50; ++look) feed().Look();
  EXPECT_EQ(store_->days_read, 3);
  EXPECT_THAT(page->Arrivals(), SizeIs(2));
}

TEST_F(LiveFeedTest, TheNextDayIsReadAnew) {
  store_->keeps_order = false;
  feed().Look();
  clock_.Advance(std::chrono::hours(24));
  feed().Look();
  EXPECT_EQ(store_->days_read, 2);
}

TEST_F(LiveFeedTest, WhileNobodyLooksTheStoreIsAskedNothing) {
  const http::Headers head = Head();
  api_->Start();
  const int calls = store_->calls;
  std::this_thread::sleep_for(std::chrono::milliseconds(2'500));
  EXPECT_EQ(store_->calls, calls);
  // As soon as a page is open it hears what another process brought meanwhile.
  const auto other = *central::OpenSqlite(directory_ / "central.db");
  ASSERT_TRUE(other->Store(std::vector<Record>{ExampleRecord(1)}));
  const int read = store_->news_read;
  const auto page = Open(head);
  for (int wait = 0; wait < 500 && store_->news_read == read; ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  api_->Stop();
  EXPECT_THAT(page->Arrivals(), SizeIs(1));
}

TEST_F(LiveFeedTest, WhoAsksHowTheStoreIsMakesTheFeedLook) {
  api_->Start();
  store_->fail = Error{ErrorCode::kRetry, "connect", 0, ""};
  json::object health;
  for (int wait = 0; wait < 500; ++wait) {
    health = Body(Ask("GET", "/api/health"));
    if (health.at("status") == "degraded") break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  api_->Stop();
  EXPECT_EQ(health.at("status"), "degraded");
}

TEST_F(LiveFeedTest, WhatWasThereAtTheStartIsNotTold) {
  ASSERT_TRUE(store_->Store(std::vector<Record>{ExampleRecord(1)}));
  api_->Start();
  const auto page = Open(Head());
  feed().Look();
  api_->Stop();
  EXPECT_THAT(page->Arrivals(), IsEmpty());
}

TEST_F(LiveFeedTest, WhatWasStoredWhileTheStoreWasAwayIsToldWhenItIsBack) {
  const auto page = Open(Head());
  store_->fail = Error{ErrorCode::kRetry, "connect", 0, ""};
  feed().Look();
  store_->fail.reset();
  ASSERT_TRUE(store_->Store(std::vector<Record>{ExampleRecord(1)}));
  feed().Look();
  EXPECT_THAT(page->Arrivals(), SizeIs(1));
}

TEST_F(LiveFeedTest, AnEarlierTapOfAnOfflineGateCorrectsThePage) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const http::Headers other = EnrolledTerminal("gate-2");
  const auto page = Open(Head());
  Ingest(ExampleRecord(1), gate);
  Ingest(ExampleRecord(7, kAna, kExampleMorningUs + 1'000'000, "gate-2"), other);
  Ingest(ExampleRecord(8, kAna, kExampleMorningUs - 1'000'000, "gate-2"), other);
  feed().Look();
  EXPECT_THAT(page->Arrivals(),
              ElementsAre("gate-1.00112233445566ff.1", "gate-2.00112233445566ff.8"));
}

TEST_F(LiveFeedTest, ATapOfAnotherDayByAWrongClockIsToldOnceItIsCorrected) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const auto page = Open(Head());
  Record wrong = ExampleRecord(1, kAna, 0);
  wrong.clock = ClockState::kUnsure;
  Notify(wrong, gate);
  EXPECT_THAT(page->Arrivals(), IsEmpty());
  Record right = ExampleRecord(1);
  right.clock = ClockState::kCorrected;
  Ingest(right, gate);
  EXPECT_THAT(page->All("attendance:new"), SizeIs(1));
  EXPECT_EQ(page->All("attendance:new").at(0).at("day"), "2026-11-23");
}

TEST_F(LiveFeedTest, ATerminalTellsOfItsOwnTapsOnly) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const auto page = Open(Head());
  std::string body;
  AppendJson(ExampleRecord(1, kAna, kExampleMorningUs, "gate-2"), body);
  EXPECT_EQ(Ask("POST", "/api/hardware/attendance", body, gate).status, 403);
  EXPECT_EQ(Ask("POST", "/api/hardware/attendance", "{}", gate).status, 400);
  EXPECT_EQ(Ask("POST", "/api/hardware/attendance", "no json", gate).status, 400);
  EXPECT_THAT(page->heard, IsEmpty());
}

TEST_F(LiveFeedTest, PagesHearOfTheirSectionsAlone) {
  ASSERT_TRUE(AddAccount(*identity_, "sub", AccountRole::kTeacher, {}, "no sections"));
  const http::Headers gate = EnrolledTerminal("gate-1");
  const auto head = Open(Head());
  const auto adviser = Open(Adviser());
  const auto sub = Open(SignIn("sub", "no sections"));
  Ingest(ExampleRecord(1), gate);  // Narra
  Ingest(BensRecord(2), gate);     // Molave
  const auto refuse = [&](const char* card) {
    EXPECT_EQ(Ask("POST", "/api/hardware/fail",
                  std::string(R"({"nfc_id":")") + card + R"(","name":null,"reason":"x"})", gate)
                  .status,
              200);
  };
  refuse(kAna);
  refuse(kBen);
  refuse("00112233");
  EXPECT_THAT(head->Arrivals(), SizeIs(2));
  EXPECT_THAT(adviser->Arrivals(), ElementsAre("gate-1.00112233445566ff.1"));
  EXPECT_THAT(sub->Arrivals(), IsEmpty());
  EXPECT_THAT(head->All("attendance:fail"), SizeIs(3));
  EXPECT_THAT(adviser->All("attendance:fail"), SizeIs(1));
  EXPECT_THAT(sub->All("attendance:fail"), IsEmpty());
  const auto refusals = [&](const http::Headers& session) {
    return Body(Ask("GET", "/api/refusals", {}, session)).at("count");
  };
  EXPECT_EQ(refusals(Head()), 3);
  EXPECT_EQ(refusals(Adviser()), 1);
}

TEST_F(LiveFeedTest, ARefusalSaysWhatTheTerminalSaid) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const auto page = Open(Head());
  EXPECT_EQ(Ask("POST", "/api/hardware/fail", R"({"nfc_id":"00112233","reason":""})", gate).status,
            400);
  Ask("POST", "/api/hardware/fail",
      R"({"nfc_id":"00112233","name":null,"reason":"Unknown","decline_code":"UNKNOWN_CARD"})",
      gate);
  ASSERT_THAT(page->All("attendance:fail"), SizeIs(1));
  EXPECT_EQ(json::value(page->All("attendance:fail").at(0)),
            json::parse(R"({"nfc_id":"00112233","name":null,"reason":"Unknown",
                            "decline_code":"UNKNOWN_CARD","terminal":"gate-1",
                            "timestamp":"2026-11-23T07:00:00.000+08:00"})"));
}

// Half a character would make the message no text: browsers then close the connection.
TEST_F(LiveFeedTest, ARefusalOfALongNameIsStillText) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const auto page = Open(Head());
  std::string name = "a";
  while (name.size() < 300) name += "\u00F1";
  Ask("POST", "/api/hardware/fail",
      json::serialize(json::object{{"nfc_id", kAna}, {"name", name}, {"reason", name}}), gate);
  ASSERT_THAT(page->All("attendance:fail"), SizeIs(1));
  EXPECT_TRUE(IsUtf8(json::serialize(page->All("attendance:fail").at(0))));
  EXPECT_TRUE(IsUtf8(Ask("GET", "/api/refusals", {}, Head()).body));
}

TEST_F(LiveFeedTest, StatusIsToldToANewPageThenEveryFiveSecondsAndOnAChange) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  feed().Look();
  const auto page = Open(Head());
  const auto told = [&] { return page->All("system:status").size(); };
  feed().Round();
  EXPECT_EQ(told(), 1u);
  feed().Round();
  EXPECT_EQ(told(), 1u);
  clock_.Advance(seconds(5));
  feed().Round();
  EXPECT_EQ(told(), 2u);
  Ask("POST", "/api/hardware/status", R"({"state":"IDLE","pending":3})", gate);
  feed().Round();
  ASSERT_EQ(told(), 3u);
  json::object status = page->All("system:status").back();
  EXPECT_EQ(status.at("status"), "ok");
  EXPECT_EQ(status.at("mongodb"), "connected");
  EXPECT_EQ(status.at("terminals").at(0).at("pending"), 3);
  EXPECT_TRUE(status.contains("clients") && status.contains("timestamp"));
  store_->fail = Error{ErrorCode::kRetry, "connect", 0, ""};
  feed().Look();
  feed().Round();
  ASSERT_EQ(told(), 4u);
  status = page->All("system:status").back();
  EXPECT_EQ(status.at("status"), "degraded");
  EXPECT_EQ(status.at("mongodb"), "disconnected");
}

TEST_F(LiveFeedTest, APageIsSentAwayWhenItsSessionEndsThoughTheStoreIsAway) {
  const http::Headers session = Head();
  const auto page = Open(session);
  const auto other = Open(Adviser());
  feed().Round();
  EXPECT_TRUE(page->connected);
  store_->fail = Error{ErrorCode::kRetry, "connect", 0, ""};
  ASSERT_EQ(Ask("POST", "/api/auth/logout", {}, session).status, 200);
  clock_.Advance(seconds(2));
  feed().Round();
  EXPECT_FALSE(page->connected);
  EXPECT_TRUE(other->connected);
  feed().OnDisconnect(page);
  page->heard.clear();
  feed().Arrived(std::vector<Record>{ExampleRecord(1)});
  EXPECT_THAT(page->heard, IsEmpty());
}

TEST_F(LiveFeedTest, NobodyListensWithoutASession) {
  const http::Request nobody = Handshake({});
  EXPECT_EQ(feed().Admit("/", nobody, nullptr), "unauthorised");
  EXPECT_EQ(feed().Admit("/", nobody, json::object{{"token", "guess"}}), "unauthorised");
  EXPECT_EQ(feed().Admit("/", nobody, json::object{{"token", 7}}), "unauthorised");
  EXPECT_EQ(feed().Admit("/", Handshake(EnrolledTerminal("gate-1")), nullptr), "unauthorised");
  const http::Headers session = Head();
  const std::string id = session[0].second.substr(session[0].second.find('=') + 1);
  EXPECT_EQ(feed().Admit("/", nobody, json::object{{"token", id}}), "");
  EXPECT_NE(feed().Admit("/admin", Handshake(session), nullptr), "");
  http::Request hostile = Handshake(session);
  hostile.headers.emplace_back("Origin", "https://evil.example");
  EXPECT_EQ(feed().Admit("/", hostile, nullptr), "unauthorised");
}

TEST_F(LiveFeedTest, ADepartureIsAnEventOfItsOwnToldOnceWhicheverWayItComes) {
  PutSetting("departures", "on");
  clock_.Advance(seconds(2));
  const http::Headers gate = EnrolledTerminal("gate-1");
  const auto page = Open(Head());
  const Record arrival = ExampleRecord(1);
  Notify(arrival, gate);
  Ingest(arrival, gate);
  const Record again = ExampleRecord(2, kAna, kExampleMorningUs + 29 * kMinuteUs);
  Ingest(again, gate);
  EXPECT_THAT(page->All("attendance:departure"), IsEmpty()) << "too soon";
  uint64_t told = 0;
  std::vector<int> ways = {0, 1, 2};
  do {
    ++told;
    const Record left = ExampleRecord(
        2 + told, kAna, kExampleMorningUs + static_cast<int64_t>(told) * 60 * kMinuteUs);
    for (const int way : ways) {
      if (way == 0) Notify(left, gate);
      if (way == 1) Ingest(left, gate);
      if (way == 2) feed().Look();
    }
    feed().Look();
    EXPECT_THAT(page->All("attendance:departure"), SizeIs(told));
    const json::object message = page->All("attendance:departure").back();
    EXPECT_EQ(json::value_to<std::string>(message.at("_id")), arrival.AttendanceId());
    EXPECT_EQ(json::value_to<std::string>(message.at("departed_at")), left.tapped_at);
    EXPECT_EQ(json::value_to<std::string>(message.at("departure")), left.time);
  } while (std::next_permutation(ways.begin(), ways.end()));
  EXPECT_THAT(page->Arrivals(), SizeIs(1)) << "nobody came twice";
}

TEST_F(LiveFeedTest, WithoutTheRuleNobodyLeaves) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const auto page = Open(Head());
  Ingest(ExampleRecord(1), gate);
  Ingest(ExampleRecord(2, kAna, kExampleMorningUs + 60 * kMinuteUs), gate);
  feed().Look();
  EXPECT_THAT(page->All("attendance:departure"), IsEmpty());
}

}  // namespace
}  // namespace tamtap

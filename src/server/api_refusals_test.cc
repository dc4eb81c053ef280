// Cards that were turned away: who may bring them, and who sees which.
#include "server/server_fixture.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace json = boost::json;

class ApiRefusalsTest : public ServerFixture {
 protected:
  static RefusalRecord RefusalAt(const std::string& gate, uint64_t number, const std::string& card,
                                 const std::string& section = "",
                                 const std::string& day = "2026-11-23") {
    RefusalRecord refusal;
    refusal.id = {gate, "4f265b89ecf9692d", number};
    refusal.reason = section.empty() ? "UNKNOWN_CARD" : "CLASSES_ENDED";
    refusal.card = card;
    refusal.section = section;
    refusal.date = day + " 06:44:08";
    refusal.time = "06:44:08";
    refusal.day = day;
    refusal.refused_at = day + "T06:44:08.000+08:00";
    refusal.refused_at_us = kExampleMorningUs + static_cast<int64_t>(number);
    return refusal;
  }
  http::Response Bring(const http::Headers& gate, const std::vector<RefusalRecord>& refusals) {
    json::array list;
    for (const RefusalRecord& each : refusals) list.push_back(ToJson(each));
    return Ask("POST", "/api/terminal/refusals",
               json::serialize(json::object{{"refusals", std::move(list)}}), gate);
  }
  std::vector<std::string> CardsSeenBy(const http::Headers& who, const std::string& query = "") {
    std::vector<std::string> cards;
    const http::Response response = Ask("GET", "/api/refusals" + query, {}, who);
    EXPECT_EQ(response.status, 200) << response.body;
    if (response.status != 200) return cards;
    const json::object body = Body(response);
    for (const json::value& each : body.at("data").as_array()) {
      cards.emplace_back(each.at("card").as_string());
    }
    return cards;
  }
};

TEST_F(ApiRefusalsTest, CardsThatNobodyKnewAreListedThoughTheServerWasStartedSince) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  ASSERT_EQ(Bring(gate, {RefusalAt("gate-1", 1, "00112233"), RefusalAt("gate-1", 2, "00112233"),
                         RefusalAt("gate-1", 3, kAna, "Narra"), RefusalAt("gate-1", 4, "0A0B0C0D")})
                .status,
            200);
  const json::object cards = Body(Ask("GET", "/api/cards/unknown", {}, Head()));
  ASSERT_EQ(cards.at("count"), 2);
  EXPECT_EQ(cards.at("data").at(0).at("nfc_id"), "0A0B0C0D");
  EXPECT_EQ(cards.at("data").at(1).at("nfc_id"), "00112233");
  EXPECT_EQ(cards.at("data").at(1).at("times"), 2);
}

TEST_F(ApiRefusalsTest, AreListedForThoseWhoSeeTheSection) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const http::Response brought =
      Bring(gate, {RefusalAt("gate-1", 1, kAna, "Narra"), RefusalAt("gate-1", 2, kBen, "Molave"),
                   RefusalAt("gate-1", 3, "00112233")});
  ASSERT_EQ(brought.status, 200) << brought.body;
  EXPECT_EQ(Body(brought).at("kept"), 3);
  EXPECT_THAT(CardsSeenBy(Head()), ElementsAre("00112233", kBen, kAna));
  EXPECT_THAT(CardsSeenBy(Head(), "?reason=UNKNOWN_CARD&terminal=gate-1&limit=1"),
              ElementsAre("00112233"));
  EXPECT_THAT(CardsSeenBy(Head(), "?to=2026-11-22"), IsEmpty());
  EXPECT_THAT(CardsSeenBy(Adviser()), ElementsAre(kAna)) << "of Narra";
  EXPECT_THAT(CardsSeenBy(Adviser(), "?section=Molave"), IsEmpty());
  EXPECT_EQ(Ask("GET", "/api/refusals").status, 401);
}

TEST_F(ApiRefusalsTest, WhatWasToldLiveAndThenBroughtIsListedOnce) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const RefusalRecord told = RefusalAt("gate-1", 1, "00112233");
  const auto tell = [&](const std::string& id) {
    const std::string body = json::serialize(json::object{
        {"nfc_id", "00112233"}, {"name", nullptr}, {"reason", "UNKNOWN_CARD"}, {"refusal", id}});
    EXPECT_EQ(Ask("POST", "/api/hardware/fail", body, gate).status, 200);
  };
  const auto listed = [&] { return Body(Ask("GET", "/api/refusals", {}, Head())).at("count"); };
  tell(told.id.ToString());
  EXPECT_EQ(listed(), 1) << "at once";
  EXPECT_EQ(Bring(gate, {told}).status, 200);
  EXPECT_EQ(listed(), 1);
  tell("");
  EXPECT_EQ(listed(), 2) << "a gate that keeps none";
}

TEST_F(ApiRefusalsTest, BroughtTwiceTheyAreThereOnce) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const std::vector<RefusalRecord> one{RefusalAt("gate-1", 1, kAna, "Narra")};
  EXPECT_EQ(Bring(gate, one).status, 200);
  EXPECT_EQ(Bring(gate, one).status, 200);
  EXPECT_THAT(CardsSeenBy(Head()), ElementsAre(kAna));
}

TEST_F(ApiRefusalsTest, WhatAGateCantKnowIsPassedOver) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  RefusalRecord to_come = RefusalAt("gate-1", 2, "BBBBBBBB");
  to_come.refused_at_us += 3 * int64_t{86'400'000'000};
  RefusalRecord no_reason = RefusalAt("gate-1", 3, "DDDDDDDD");
  no_reason.reason = "<img onerror=x>";
  RefusalRecord lies = RefusalAt("gate-1", 4, "CCCCCCCC");
  lies.refused_at = "ZZZZ<script>";
  lies.day = "2026-11-01";
  const http::Response brought = Bring(gate, {to_come, no_reason, lies});
  ASSERT_EQ(brought.status, 200) << brought.body;
  EXPECT_EQ(Body(brought).at("passed_over"), 2);
  EXPECT_THAT(CardsSeenBy(Head()), ElementsAre("CCCCCCCC")) << "under the day of its instant";
  const http::Response listed = Ask("GET", "/api/refusals?from=2026-11-01", {}, Head());
  EXPECT_EQ(listed.body.find("ZZZZ"), std::string::npos);
}

TEST_F(ApiRefusalsTest, ThoseOfAFormerNameComeUnlessItIsAnothersNow) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  EnrolledTerminal("gate-2");
  EXPECT_EQ(Bring(gate, {RefusalAt("gate-0", 1, "AAAAAAAA")}).status, 200);
  EXPECT_EQ(Bring(gate, {RefusalAt("gate-2", 1, "BBBBBBBB")}).status, 503) << "it keeps them";
  EXPECT_THAT(CardsSeenBy(Head()), ElementsAre("AAAAAAAA"));
}

TEST_F(ApiRefusalsTest, ACardThatWasRegisteredSinceIsSaidToBeTheirs) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  ASSERT_EQ(Bring(gate, {RefusalAt("gate-1", 1, kBen), RefusalAt("gate-1", 2, "00112233")}).status,
            200);
  const json::object body = Body(Ask("GET", "/api/refusals", {}, Head()));
  EXPECT_EQ(body.at("data").at(0).at("owner"), "");
  EXPECT_EQ(body.at("data").at(1).at("owner"), "Ben Cruz");
}

TEST_F(ApiRefusalsTest, BadQuestionsAndBodiesAreToldWhatIsWrong) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  EXPECT_EQ(Ask("POST", "/api/terminal/refusals", "[]", gate).status, 400);
  EXPECT_EQ(Ask("POST", "/api/terminal/refusals", "{\"refusals\":1}", gate).status, 400);
  EXPECT_EQ(Bring(gate, std::vector<RefusalRecord>(501, RefusalAt("gate-1", 1, kAna))).status, 413);
  EXPECT_EQ(Bring(Head(), {RefusalAt("gate-1", 1, kAna)}).status, 403);
  const http::Headers head = Head();
  for (const char* const query : {"?from=yesterday", "?from=2026-11-24&to=2026-11-23", "?limit=0",
                                  "?limit=1001", "?limit=many"}) {
    EXPECT_EQ(Ask("GET", std::string("/api/refusals") + query, {}, head).status, 400) << query;
  }
}

TEST_F(ApiRefusalsTest, AStoreThatIsAwayIsToldToTheGateSoThatItKeepsThem) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  store_->fail = Error{ErrorCode::kRetry, "the disk sleeps", 0, {}};
  EXPECT_EQ(Bring(gate, {RefusalAt("gate-1", 1, kAna)}).status, 503);
}

}  // namespace
}  // namespace tamtap

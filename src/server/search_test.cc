// Finding people, and cards that gates did not know; letting gates in and shutting them out.
#include <algorithm>

#include "base/ascii.h"
#include "server/server_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;

class SearchTest : public ServerFixture {
 protected:
  json::array Find(const std::string& asked, const http::Headers& who) {
    const http::Response response = Ask("GET", "/api/search?q=" + asked, {}, who);
    EXPECT_EQ(response.status, 200) << response.body;
    return Body(response).at("data").as_array();
  }
  void RefuseAt(const http::Headers& gate, const char* card, const char* reason) {
    const json::object body{{"nfc_id", card}, {"name", nullptr}, {"reason", reason}};
    ASSERT_EQ(Ask("POST", "/api/hardware/fail", json::serialize(body), gate).status, 200);
  }
};

TEST_F(SearchTest, PeopleAreFoundByNameCardAndNumberWithoutMarksAndCase) {
  Person person = ExamplePerson("04A2B3C4D5E680", "Jos\u00e9", "Pe\u00f1a", "Narra");
  person.lrn = "136542100123";
  person.tamtap_id = "031";
  ASSERT_TRUE(PutPeople(*store_, {person}));
  const http::Headers head = Head();
  for (const char* asked :
       {"pena", "PE%C3%91A", "jose", "04a2b3c4d5e680", "031", "136542100123", "65421", "ose+pe"}) {
    const json::array found = Find(asked, head);
    ASSERT_EQ(found.size(), 1u) << asked;
    EXPECT_EQ(found[0].at("name"), "Jos\u00e9 Pe\u00f1a");
  }
  EXPECT_EQ(Find("xyz", head).size(), 0u);
  EXPECT_EQ(Ask("GET", "/api/search?q=a", {}, head).status, 400);
  EXPECT_EQ(Ask("GET", "/api/search", {}, head).status, 400);
}

TEST_F(SearchTest, NobodyFindsStudentsOfASectionThatTheyDoNotHandle) {
  EXPECT_EQ(Find("cruz", Head()).size(), 1u);
  EXPECT_EQ(Find("cruz", Adviser()).size(), 0u);
  EXPECT_EQ(Find(kBen, Adviser()).size(), 0u);
  EXPECT_EQ(Find("reyes", Adviser()).size(), 1u);
}

TEST_F(SearchTest, WhoFitsBestComesFirst) {
  ASSERT_TRUE(PutPeople(*store_, {ExamplePerson("00000011", "Mariana", "Lim", "Narra"),
                                  ExamplePerson("00000012", "Rose", "Anatole", "Narra")}));
  const json::array found = Find("ana", Head());
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[2].at("name"), "Mariana Lim");
}

TEST_F(SearchTest, TheLastUnknownCardsOfAGateAreListedUntilTheyAreSomebodys) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const http::Headers other = EnrolledTerminal("gate-2");
  RefuseAt(gate, "00112233", "UNKNOWN_CARD");
  RefuseAt(gate, "00112233", "UNKNOWN_CARD");
  RefuseAt(gate, kAna, "NO_FACE_DETECTED");
  RefuseAt(other, "0A0B0C0D", "UNKNOWN_CARD");
  const http::Headers head = Head();
  const json::object all = Body(Ask("GET", "/api/cards/unknown", {}, head));
  ASSERT_EQ(all.at("count"), 2);
  EXPECT_EQ(all.at("data").at(0).at("nfc_id"), "0A0B0C0D") << "the newest first";
  EXPECT_EQ(all.at("data").at(1).at("times"), 2);
  EXPECT_EQ(Body(Ask("GET", "/api/cards/unknown?terminal=gate-1", {}, head)).at("count"), 1);
  ASSERT_EQ(Ask("POST", "/api/admin/students",
                R"({"nfc_id":"00112233","first_name":"Cy","section":"Narra"})", head)
                .status,
            201);
  EXPECT_EQ(Body(Ask("GET", "/api/cards/unknown?terminal=gate-1", {}, head)).at("count"), 0);
  EXPECT_EQ(Ask("GET", "/api/cards/unknown", {}, Adviser()).status, 403);
}

TEST_F(SearchTest, AGateIsLetInByATokenAndShutOutForGood) {
  const http::Headers head = Head();
  const http::Response added = Ask("POST", "/api/terminals", R"({"name":"gate-7"})", head);
  ASSERT_EQ(added.status, 201) << added.body;
  std::string token(Body(added).at("token").as_string());
  EXPECT_THAT(token, testing::MatchesRegex("[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}"));
  // As somebody types it who was told it.
  token = LowerAscii(token).erase(4, 1);
  std::replace(token.begin(), token.end(), '0', 'o');
  std::replace(token.begin(), token.end(), '1', 'l');
  const http::Response enrolled =
      Ask("POST", "/api/terminal/enroll", json::serialize(json::object{{"token", token}}));
  ASSERT_EQ(enrolled.status, 200) << enrolled.body;
  const http::Headers gate = {
      {"Authorization", "Bearer " + std::string(Body(enrolled).at("secret").as_string())}};
  EXPECT_EQ(Ask("GET", "/api/terminal/hello", {}, gate).status, 200);
  const auto rename = [&](const std::string& name, const std::string& label,
                          const http::Headers& who) {
    return Ask("PUT", "/api/terminals/" + name, json::serialize(json::object{{"label", label}}),
               who);
  };
  const auto first = [&] {
    return Body(Ask("GET", "/api/terminals", {}, head)).at("data").as_array().back().as_object();
  };
  EXPECT_EQ(first().at("label"), "gate-7");
  EXPECT_EQ(rename("gate-7", " Main gate, <north> ", head).status, 200);
  EXPECT_EQ(first().at("label"), "Main gate, <north>");
  EXPECT_EQ(first().at("name"), "gate-7");
  EXPECT_EQ(Ask("GET", "/api/terminal/hello", {}, gate).status, 200);
  EXPECT_THAT(Ask("GET", "/api/audit?what=rename", {}, head).body, testing::HasSubstr("<north>"));
  ASSERT_EQ(Ask("POST", "/api/terminals", R"({"name":"gate-8"})", head).status, 201);
  EXPECT_EQ(rename("gate-8", "gate-7", head).status, 409);
  EXPECT_EQ(rename("gate-8", "Main gate, <north>", head).status, 409);
  EXPECT_EQ(rename("gate-8", "two\nlines", head).status, 400);
  EXPECT_EQ(rename("gate-8", std::string(121, 'x'), head).status, 400);
  EXPECT_EQ(rename("gate-9", "nobody", head).status, 404);
  EXPECT_EQ(rename("gate-8", "mine", Adviser()).status, 403);
  EXPECT_EQ(Ask("DELETE", "/api/terminals/gate-8", {}, head).status, 200);
  EXPECT_EQ(rename("gate-7", "", head).status, 200);
  EXPECT_EQ(first().at("label"), "gate-7");
  EXPECT_EQ(Ask("DELETE", "/api/terminals/gate-7", {}, head).status, 200);
  EXPECT_EQ(Ask("GET", "/api/terminal/hello", {}, gate).status, 401);
  const json::object gates = Body(Ask("GET", "/api/terminals", {}, head));
  EXPECT_EQ(gates.at("revoked"), (json::array{"gate-7", "gate-8"}));
  EXPECT_FALSE(Body(Ask("GET", "/api/terminals", {}, Adviser())).contains("revoked"));
  EXPECT_EQ(Ask("DELETE", "/api/terminals/gate-9", {}, head).status, 404);
  EXPECT_EQ(Ask("POST", "/api/terminals", R"({"name":"no name"})", head).status, 400);
  EXPECT_EQ(Ask("POST", "/api/terminals", R"({"name":"x"})", Adviser()).status, 403);
}

}  // namespace
}  // namespace tamtap

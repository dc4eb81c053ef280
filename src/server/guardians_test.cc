// Guardians by the API: who sees them, who changes them, and that gates never do.
#include "server/server_fixture.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kNena =
    R"({"guardians":[{"name":"Nena Reyes","mail":"nena@example.org","language":"fil",
        "arrival":true,"departure":false,"absence":true}]})";

class GuardiansTest : public ServerFixture {
 protected:
  static std::string PathOf(const std::string& card) {
    return "/api/people/" + card + "/guardians";
  }
  http::Headers Teacher() {
    static const std::string hash = *HashPassword("other horse");
    EXPECT_TRUE(identity_->AddAccount({"teacher", AccountRole::kTeacher, {"Narra"}, hash}));
    return SignIn("teacher", "other horse");
  }
};

TEST_F(GuardiansTest, AnAdministratorPutsThemAndTheAuditTrailNamesNobody) {
  const http::Headers head = Head();
  const auto put = Ask("PUT", PathOf(kAna), kNena, head);
  ASSERT_EQ(put.status, 200) << put.body;
  const auto guardians = Body(Ask("GET", PathOf(kAna), {}, head)).at("guardians").as_array();
  ASSERT_EQ(guardians.size(), 1u);
  EXPECT_EQ(guardians[0].at("name"), "Nena Reyes");
  EXPECT_EQ(guardians[0].at("language"), "fil");
  const std::string audit = Ask("GET", "/api/audit", {}, head).body;
  EXPECT_THAT(audit, HasSubstr("change guardians"));
  EXPECT_THAT(audit, HasSubstr("1 guardians; told of arrival: 1, of departure: 0, of absence: 1"));
  EXPECT_THAT(audit, Not(HasSubstr("nena@")));
}

TEST_F(GuardiansTest, WhoStaysKeepsTheirIdAndNobodyChoosesOne) {
  const http::Headers head = Head();
  auto list = Body(Ask("PUT", PathOf(kAna), kNena, head)).at("guardians").as_array();
  const boost::json::value first = list[0].at("id");
  list[0].as_object()["name"] = "Nena R.";
  list.push_back(list[0]);  // the same id again
  const auto after =
      Body(Ask("PUT", PathOf(kAna),
               boost::json::serialize(boost::json::object{{"guardians", list}}), head))
          .at("guardians")
          .as_array();
  EXPECT_EQ(after[0].at("id"), first);
  EXPECT_NE(after[1].at("id"), first);
}

TEST_F(GuardiansTest, AnAdviserSeesThoseOfTheirSectionAndATeacherNone) {
  const http::Headers adviser = Adviser();
  EXPECT_EQ(Ask("PUT", PathOf(kAna), kNena, adviser).status, 200);
  EXPECT_EQ(Ask("GET", PathOf(kAna), {}, adviser).status, 200);
  EXPECT_EQ(Ask("GET", PathOf(kBen), {}, adviser).status, 404);
  EXPECT_EQ(Ask("PUT", PathOf(kBen), kNena, adviser).status, 404);
  const http::Headers teacher = Teacher();
  EXPECT_EQ(Ask("GET", PathOf(kAna), {}, teacher).status, 403);
  EXPECT_EQ(Ask("PUT", PathOf(kAna), kNena, teacher).status, 403);
  EXPECT_EQ(Ask("GET", PathOf(kAna)).status, 401);
  EXPECT_EQ(Ask("GET", "/api/admin/words", {}, adviser).status, 403);
}

TEST_F(GuardiansTest, WhatCantBeWrittenToIsRefused) {
  const http::Headers head = Head();
  for (const char* bad :
       {"{}", R"({"guardians":{}})", R"({"guardians":["x"]})", R"({"guardians":[{"name":"N"}]})",
        R"({"guardians":[{"name":"N","mail":"a@b\r\nBcc:x"}]})"}) {
    EXPECT_EQ(Ask("PUT", PathOf(kAna), bad, head).status, 400) << bad;
  }
}

TEST_F(GuardiansTest, TwoWhoChangeThemAtOnceAreToldSo) {
  const http::Headers head = Head();
  http::Headers seen = head;
  seen.emplace_back("If-Match", std::string(Ask("GET", PathOf(kAna), {}, head).Header("ETag")));
  EXPECT_EQ(Ask("PUT", PathOf(kAna), kNena, seen).status, 200);
  EXPECT_EQ(Ask("PUT", PathOf(kAna), R"({"guardians":[]})", seen).status, 412);
}

TEST_F(GuardiansTest, AListBringsThemInAndSaysBeforeWhatItChanges) {
  const http::Headers head = Head();
  http::Headers csv = head;
  csv.emplace_back("Content-Type", "text/csv");
  const boost::json::value first =
      Body(Ask("PUT", PathOf(kAna), kNena, head)).at("guardians").at(0);
  const std::string columns =
      "nfc_id,first_name,last_name,section,guardian_1_name,guardian_1_mail,guardian_1_phone,"
      "guardian_1_language,guardian_1_told,guardian_2_name,guardian_2_phone,guardian_2_told\n";
  const std::string ana = std::string(kAna) + ",Ana,Reyes,Narra,";
  const std::string list =
      columns + ana +
      "Nena Reyes,nena@example.org,0917-123-4567,fil,\"Arrival, absence\",Jun,"
      "0918 123 4567,\n0A0B0C0D,Eva,New,Narra,Lito,lito@example.org,,,absence,,,\n";
  const auto trial = Body(Ask("POST", "/api/admin/students/bulk?dry_run=1", list, csv));
  ASSERT_TRUE(trial.contains("guardians")) << boost::json::serialize(trial);
  EXPECT_EQ(trial.at("guardians").as_array().size(), 2u);
  EXPECT_EQ(trial.at("guardians").at(0).at("before"), 1);
  EXPECT_EQ(trial.at("guardians").at(0).at("after"), 2);
  EXPECT_EQ(store_->Messages().GuardiansOf(kAna)->size(), 1u) << "a trial changes nothing";

  ASSERT_EQ(Ask("POST", "/api/admin/students/bulk", list, csv).status, 200);
  const auto guardians = *store_->Messages().GuardiansOf(kAna);
  ASSERT_EQ(guardians.size(), 2u);
  EXPECT_EQ(guardians[0].id, first.at("id").as_string());
  EXPECT_EQ(guardians[0].phone, "09171234567");
  EXPECT_TRUE(guardians[0].arrival && guardians[0].absence && !guardians[0].departure);
  EXPECT_FALSE(guardians[1].id.empty());
  EXPECT_FALSE(guardians[1].Wants(MessageKind::kArrival)) << "who has not asked is not told";
  EXPECT_EQ(store_->Messages().GuardiansOf("0A0B0C0D")->at(0).name, "Lito");
  const std::string audit = Ask("GET", "/api/audit", {}, head).body;
  EXPECT_THAT(audit, HasSubstr("of 2 people, by a list"));
  EXPECT_THAT(audit, Not(HasSubstr("lito@")));

  const auto again = Body(Ask("POST", "/api/admin/students/bulk", list, csv));
  EXPECT_TRUE(again.at("guardians").as_array().empty()) << "twice is once";
  const std::string says_nothing = columns + ana + "\n";
  EXPECT_EQ(Ask("POST", "/api/admin/students/bulk", says_nothing, csv).status, 200);
  EXPECT_EQ(store_->Messages().GuardiansOf(kAna)->size(), 2u) << "no guardian says nothing";

  for (const char* bad : {"Nena,no address,,,", "Nena,,,,", ",a@example.org,,,",
                          "Nena,a@example.org,,de,", "Nena,a@example.org,,,tea"}) {
    const auto refused = Ask("POST", "/api/admin/students/bulk", columns + ana + bad + "\n", csv);
    EXPECT_EQ(refused.status, 422) << bad;
    EXPECT_THAT(refused.body, HasSubstr("a guardian of Ana Reyes: ")) << bad;
  }
}

TEST_F(GuardiansTest, OfAListTheyAreTheNewOnesAndNotThoseOfWhoHadTheCardBefore) {
  const http::Headers head = Head();
  ASSERT_EQ(Ask("PUT", PathOf(kAna), kNena, head).status, 200);
  const std::string ana = std::string("/api/admin/students/") + kAna;
  ASSERT_EQ(Ask("DELETE", ana, {}, head).status, 200);
  http::Headers csv = head;
  csv.emplace_back("Content-Type", "text/csv");
  const std::string list = fmt::format(
      "nfc_id,first_name,last_name,section,guardian_1_name,guardian_1_mail\n"
      "{},Cora,Santos,Narra,Lito,lito@example.org\n",
      kAna);
  const http::Response brought = Ask("POST", "/api/admin/students/bulk", list, csv);
  ASSERT_EQ(brought.status, 200) << brought.body;
  EXPECT_EQ(Body(brought).at("guardians").at(0).at("before"), 0);
  EXPECT_EQ(store_->Messages().GuardiansOf(NextPersonKey(kAna))->at(0).name, "Lito");
  EXPECT_EQ(store_->Messages().GuardiansOf(kAna)->at(0).name, "Nena Reyes");
}

TEST_F(GuardiansTest, NoGateGetsThem) {
  ASSERT_EQ(Ask("PUT", PathOf(kAna), kNena, Head()).status, 200);
  const http::Headers gate = EnrolledTerminal("gate-1");
  EXPECT_EQ(Ask("GET", PathOf(kAna), {}, gate).status, 403);
  size_t asked = 0;
  for (const Route& route : api_->router().routes()) {
    if (route.access != Access::kTerminal || route.method != "GET") continue;
    std::string target = route.pattern;
    const size_t parameter = target.find(':');
    if (parameter != target.npos) target = target.substr(0, parameter) + kAna;
    EXPECT_THAT(Ask("GET", target, {}, gate).body, Not(HasSubstr("Nena"))) << target;
    ++asked;
  }
  EXPECT_GT(asked, 2u);
  EXPECT_THAT(Ask("GET", "/api/terminal/school", {}, gate).body, Not(HasSubstr("nena@")));
}

TEST_F(GuardiansTest, TheOutboxIsShownWithNames) {
  ASSERT_EQ(Ask("PUT", PathOf(kAna), kNena, Head()).status, 200);
  Message message;
  message.guardian = store_->Messages().GuardiansOf(kAna)->at(0).id;
  message.id = "m1";
  message.day = "2026-11-23";
  message.person = kAna;
  message.time = "06:44";
  message.state = MessageState::kFailed;
  message.detail = "no such mailbox";
  ASSERT_TRUE(store_->Messages().AddMessages({&message, 1}));
  const auto state = Body(Ask("GET", "/api/admin/words?state=failed,waiting", {}, Head()));
  EXPECT_EQ(state.at("today").at("failed"), 1);
  EXPECT_EQ(state.at("mail"), false);
  const auto& shown = state.at("messages").at(0);
  EXPECT_EQ(shown.at("name"), "Ana Reyes");
  EXPECT_EQ(shown.at("guardian"), "Nena Reyes");
  EXPECT_EQ(shown.at("detail"), "no such mailbox");
  EXPECT_TRUE(Body(Ask("GET", "/api/admin/words?state=sent", {}, Head()))
                  .at("messages")
                  .as_array()
                  .empty());
}

TEST_F(GuardiansTest, TheArchiveOfAPersonHasThemAndAnErasureTakesThem) {
  ASSERT_EQ(Ask("PUT", PathOf(kAna), kNena, Head()).status, 200);
  EXPECT_EQ(Ask("GET", std::string("/api/admin/people/") + kAna + "/export", {}, Head()).status,
            200);
  EXPECT_EQ(Ask("POST", std::string("/api/admin/people/") + kAna + "/erase",
                R"({"confirm":"Ana Reyes","reason":"they asked for it"})", Head())
                .status,
            200);
  EXPECT_TRUE(store_->Messages().GuardiansOf(kAna)->empty());
}

}  // namespace
}  // namespace tamtap

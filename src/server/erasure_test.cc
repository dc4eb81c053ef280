// Where somebody who was erased might still be named, and what must not be erased along with them.
#include <fmt/core.h>
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "base/sha256.h"
#include "picture/tiny_jpeg.h"
#include "server/audit_names.h"
#include "server/server_fixture.h"
#include "server/terminal_states.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

class ErasureTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    ASSERT_TRUE(ChangeSchoolOf(*store_, [](School& school) {
      for (size_t i = 0; i < school.people.size(); ++i) {
        if (school.people[i].name == "Ana Reyes") school.people[i].tamtap_id = "001";
      }
    }));
    head_ = Head();
    gate_ = EnrolledTerminal("gate-1");
  }
  void Erase(const std::string& who, const std::string& name) {
    const http::Response erased =
        Ask("POST", "/api/admin/people/" + who + "/erase",
            json::serialize(json::object{{"confirm", name}, {"reason", "asked"}}), head_);
    ASSERT_EQ(erased.status, 200) << erased.body;
  }
  std::string Get(const std::string& target) { return Ask("GET", target, {}, head_).body; }
  http::Response PutPhoto(const std::string& file) {
    const std::string photo = TinyJpeg();
    return Ask("PUT",
               "/api/terminal/photos/2026-11-23/" + file + "?offset=0&length=" +
                   std::to_string(photo.size()) + "&sha256=" + Sha256Hex(photo),
               photo, gate_);
  }
  bool HasPhoto(const std::string& file) {
    return *PosixDisk().Exists(directory_ / "photos/2026-11-23/" + file);
  }

  http::Headers head_;
  http::Headers gate_;
};

TEST_F(ErasureTest, WhatAGateHasToldAndReportedNamesNobodyAnyMore) {
  const json::object tap{{"tap", "gate-1.4f265b89ecf9692d.7"},
                         {"nfc_id", kAna},
                         {"name", "Ana Reyes"},
                         {"section", "Narra"},
                         {"day", "2026-11-23"},
                         {"time", "07:00:00"},
                         {"reason", "x"}};
  const json::object card{{"card", "04176B33"},  {"reason", "TWO_CARDS"}, {"at", "x"},
                          {"name", "Ana Reyes"}, {"nfc_id", kAna},        {"section", "Narra"},
                          {"other", ""}};
  const json::object status{{"quarantined", 1},
                            {"quarantined_taps", json::array{tap}},
                            {"contested_cards", json::array{card}}};
  ASSERT_EQ(Ask("POST", "/api/hardware/status", json::serialize(status), gate_).status, 200);
  const json::object refusal{{"nfc_id", kAna}, {"name", "Ana Reyes"}, {"reason", "CLASSES_ENDED"}};
  ASSERT_EQ(Ask("POST", "/api/hardware/fail", json::serialize(refusal), gate_).status, 200);
  const auto places = {"/api/refusals", "/api/quarantine", "/api/cards/contested"};
  for (const char* const place : places) EXPECT_THAT(Get(place), HasSubstr("Ana Reyes")) << place;
  Erase(kAna, "Ana Reyes");
  for (const char* const place : places) {
    EXPECT_THAT(Get(place), Not(HasSubstr("Ana Reyes"))) << place;
  }
  const auto terminals = identity_->Terminals();
  ASSERT_TRUE(terminals);
  for (const TerminalRow& each : *terminals) EXPECT_THAT(each.status_json, Not(HasSubstr("Reyes")));
}

TEST_F(ErasureTest, WhatWasSaidAtAGateThatWasAwayIsNotWrittenDownAgain) {
  Person ana = ExamplePerson(kAna, "Ana", "Reyes", "Narra");
  ana.email = "ana@school.example";
  const SchoolChange change{"an edit at the gate",
                            {FactKind::kPerson, kAna},
                            FieldsOf(ana),
                            {clock_.Now().time_since_epoch().count(), "gate-1"}};
  clock_.Advance(std::chrono::seconds(60));
  Erase(kAna, "Ana Reyes");
  const json::object brought{{"changes", json::array{ToJson(change)}}};
  const http::Response taken =
      Ask("POST", "/api/terminal/school/changes", json::serialize(brought), gate_);
  ASSERT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(Body(taken).at("outcomes").at(0), "") << "the gate has nothing more to hand over";
  EXPECT_THAT(Get("/api/audit"), Not(HasSubstr("ana@school")));
  EXPECT_THAT(Get("/api/audit?person=176B3325"), Not(HasSubstr("Reyes")));
  EXPECT_THAT(Get("/api/search?q=Reyes"), Not(HasSubstr("Ana Reyes")));
  const auto known = store_->Personal().FindPeople(kAna);
  ASSERT_TRUE(known && known->size() == 1);
  EXPECT_THAT(known->front().words, Not(HasSubstr("ana@school")));
}

TEST_F(ErasureTest, PhotosOfThemGoWithoutARecordTooAndDoNotComeBackFromAGateThatWasAway) {
  const std::string early = "2026-11-23_001_Ana_Reyes_065900_AM_gate-1.jpg";
  const std::string late = "2026-11-23_001_Ana_Reyes_070000_AM_gate-1.jpg";
  const std::string namesake = "2026-11-23_007_Ana_Reyes_070000_AM_gate-1.jpg";
  for (const std::string& each : {early, namesake}) ASSERT_EQ(PutPhoto(each).status, 200);
  ASSERT_TRUE(HasPhoto(early)) << "its tap is on its way";
  Erase(kAna, "Ana Reyes");
  EXPECT_FALSE(HasPhoto(early));
  EXPECT_TRUE(HasPhoto(namesake));
  const http::Response brought = PutPhoto(late);
  EXPECT_EQ(brought.status, 200);
  EXPECT_EQ(Body(brought).at("complete"), true) << "the gate need not keep it";
  EXPECT_FALSE(HasPhoto(late));
  // She comes back to the school, with the number that she had.
  Person again = ExamplePerson(kAna, "Ana", "Reyes", "Narra");
  again.tamtap_id = "001";
  ASSERT_TRUE(PutPeople(*store_, {again}));
  clock_.Advance(std::chrono::seconds(10));
  EXPECT_EQ(PutPhoto(late).status, 200);
  EXPECT_TRUE(HasPhoto(late));
}

// Who may register people chooses their names, and must not rub out what was done by that.
TEST_F(ErasureTest, NobodyIsCalledSoThatErasingThemRubsOutWhatWasDone) {
  ASSERT_EQ(Ask("POST", "/api/admin/teachers/adviser/reset-password", "{}", head_).status, 200);
  ASSERT_EQ(Ask("POST", "/api/attendance/2026-11-23/marks",
                R"({"nfc_id":"DEADBEEF","status":"absent"})", head_)
                .status,
            200);
  int64_t card = 0xCAFE0000;
  for (const char* const name :
       {"its sessions are ended", "2026-", "reset a password", "adviser", "first_name", "person"}) {
    const std::string id = fmt::format("{:08X}", card++);
    Person person = ExamplePerson(id, name, "", "Narra");
    person.name = name;
    ASSERT_TRUE(PutPeople(*store_, {person}));
    Erase(id, name);
  }
  const auto trail = identity_->Trust().Audit({});
  ASSERT_TRUE(trail);
  const auto says = [&](const std::string& what, const std::string& whom, const std::string& text) {
    return std::any_of(trail->begin(), trail->end(), [&](const AuditEntry& each) {
      return each.what == what && each.whom == whom && each.detail == text;
    });
  };
  EXPECT_TRUE(says("reset a password", "adviser", "its sessions are ended"));
  EXPECT_TRUE(says("mark absent", kBen, "2026-11-23"));
}

TEST_F(ErasureTest, WhoIsMeantByACardOfSomebodyWhoLeftIsNotGuessed) {
  ASSERT_TRUE(RemovePerson(*store_, kAna));
  ASSERT_TRUE(PutPeople(*store_, {ExamplePerson(kAna, "Cora", "Santos", "Narra")}));
  const std::string place = std::string("/api/admin/people/") + kAna;
  const http::Response asked =
      Ask("POST", place + "/erase", R"({"confirm":"176B3325","reason":"asked"})", head_);
  EXPECT_EQ(asked.status, 409) << asked.body;
  EXPECT_THAT(asked.body, HasSubstr("001 (Ana Reyes)"));
  EXPECT_THAT(asked.body, HasSubstr("176B3325~2 (Cora Santos)"));
  for (const char* const spelled : {"176B3325", "176b3325", "100582761834"}) {
    const std::string card = std::string("/api/admin/people/") + spelled;
    EXPECT_EQ(Ask("GET", card + "/export", {}, head_).status, 409) << spelled;
  }
  Erase("001", "Ana Reyes");
  Erase(kAna, "Cora Santos");
}

TEST_F(ErasureTest, WhatWasDoneWithWhoeverHasTheirCardNextStaysAndIsNotToldOfThem) {
  constexpr const char* kNext = "CAFEBABE";
  Person ana = ExamplePerson(kAna, "Ana", "Reyes", "Narra");
  ana.replaced_cards = {*CardId::Parse(kNext)};
  ASSERT_TRUE(PutPeople(*store_, {ana}));
  ASSERT_TRUE(RemovePerson(*store_, kAna));
  ASSERT_TRUE(PutPeople(*store_, {ExamplePerson(kNext, "Cora", "Santos", "Narra")}));
  ASSERT_EQ(Ask("POST", "/api/attendance/2026-11-23/marks",
                R"({"nfc_id":"CAFEBABE","status":"absent"})", head_)
                .status,
            200);
  const auto told = [&] {
    const auto trail = identity_->Trust().Audit({});
    return std::count_if(trail->begin(), trail->end(),
                         [&](const AuditEntry& each) { return each.whom == kNext; });
  };
  const auto before = told();
  EXPECT_GE(before, 1);
  Erase(kAna, "Ana Reyes");
  EXPECT_EQ(told(), before);
}

TEST(AuditNamesTest, AnEntryIsAboutWhomItNamesAndAboutNobodyByChance) {
  const PersonNames ana{"176B3325", {"04A2B3C4D5E680", "176B3325"}};
  const auto about = [&](std::string what, std::string whom, std::string detail) {
    return IsAbout({{}, "head", std::move(what), std::move(whom), std::move(detail)}, ana,
                   "Ana Reyes");
  };
  EXPECT_TRUE(about("mark absent", "176B3325", ""));
  EXPECT_TRUE(about("export", "TAMTAP_Student_04A2B3C4D5E680_2026-01-01_to_2026-02-01", "csv"));
  EXPECT_TRUE(about("change the school", "", "60 things at once, the first: person 176B3325: x"));
  EXPECT_TRUE(about("change the school", "DEADBEEF",
                    R"(person DEADBEEF: card={"nfc_id":"04A2B3C4D5E680"})"));
  EXPECT_TRUE(
      about("change the school: the card 0102 of Ben belongs to Ana Reyes", "DEADBEEF", ""));
  EXPECT_TRUE(
      about("change the school: the card 04A2B3C4D5E680 of Ana Reyes belongs to Ben", "x", ""));
  EXPECT_FALSE(about("mark absent", "DEADBEEF", "Ana Reyes 176B3325"));
  EXPECT_FALSE(about("change the school", "Narra", "calendar x: reason=\"Ana Reyes\""));
  EXPECT_FALSE(about("change the school: the card 0102 of Ben belongs to Ana Reyes-Cruz", "x", ""));
}

}  // namespace
}  // namespace tamtap

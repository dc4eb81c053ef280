// What is done with the data of one person, and what goes by itself.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <map>

#include "base/text.h"
#include "picture/tiny_jpeg.h"
#include "server/privacy_notice.h"
#include "server/server_fixture.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int64_t kMicrosecondsADay = 86'400'000'000;
constexpr const char* kAnasPhoto = "2026-11-23_001_Ana_Reyes_070000_AM_gate-1.jpg";
constexpr const char* kBensPhoto = "2026-11-23_002_Ben_Cruz_070000_AM_gate-1.jpg";

// The files of an archive that stores them as they are (zip_writer_test.cc has other programs open
// one), by name.
std::map<std::string, std::string> FilesIn(std::string_view zip) {
  std::map<std::string, std::string> files;
  const auto number = [&zip](size_t at, size_t bytes) {
    size_t value = 0;
    for (size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(zip[at + i]);
    return value;
  };
  size_t at = 0;
  while (zip.substr(at, 4) == "PK\x03\x04") {
    const size_t size = number(at + 18, 4);
    const size_t name = number(at + 26, 2);
    files.emplace(zip.substr(at + 30, name), zip.substr(at + 30 + name, size));
    at += 30 + name + size;
  }
  return files;
}

class PrivacyTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    Record ana = ExampleRecord(1);
    ana.photo = kAnasPhoto;
    Record ben = BensRecord(2);
    ben.photo = kBensPhoto;
    ASSERT_TRUE(store_->Store(std::vector<Record>{ana, ben}));
    for (const char* const file : {kAnasPhoto, kBensPhoto}) PutPhoto("2026-11-23", file);
  }

  void PutPhoto(const std::string& day, const std::string& file) {
    ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "photos" + "/" + day));
    ASSERT_TRUE(WriteFileAtomically(PosixDisk(), PhotoPath(day, file), "a face"));
  }
  std::string PhotoPath(const std::string& day, const std::string& file) {
    return directory_ / "photos" + "/" + day + "/" + file;
  }
  bool HasPhoto(const std::string& day, const std::string& file) {
    return *PosixDisk().Exists(PhotoPath(day, file));
  }

  http::Response Erase(const std::string& who, json::object body, const http::Headers& as) {
    return Ask("POST", "/api/admin/people/" + who + "/erase", json::serialize(body), as);
  }

  static std::string All(const http::Response& response) {
    if (response.source == nullptr) return response.body;
    std::string body(response.source->size(), '\0');
    EXPECT_TRUE(response.source->Read(0, body));
    return body;
  }

  std::vector<AuditEntry> Trail(const AuditQuery& query = {}) {
    const auto entries = identity_->Trust().Audit(query);
    EXPECT_TRUE(entries);
    return entries.value_or(std::vector<AuditEntry>{});
  }
  std::vector<std::string> Acts(const AuditQuery& query = {}) {
    std::vector<std::string> acts;
    for (const AuditEntry& each : Trail(query)) {
      acts.push_back(each.who + ": " + each.what + " " + each.whom);
    }
    return acts;
  }

  // Does what is due, until nothing is. Returns for how long nothing needs to be done then.
  milliseconds Run(Retention& retention) {
    for (int step = 0; step < 1'000; ++step) {
      const milliseconds pause = retention.Step();
      if (pause > milliseconds(1'000)) return pause;
    }
    ADD_FAILURE() << "it does not come to an end";
    return {};
  }
  Retention MakeRetention() {
    return Retention({*store_, identity_->Trust(), PosixDisk(), directory_ / "photos", clock_,
                      zone_, [this]() -> Result<SchoolSettings> {
                        TAMTAP_TRY(const auto update, store_->PullSchool(""));
                        return ReadSettings((*update).school.settings);
                      }});
  }
  size_t Days(const std::string& first, const std::string& last) {
    return store_->FindAttendance({first, last, {}, {}})->size();
  }

  SchoolZone zone_{*TimeZone::Load("Asia/Manila")};
};

TEST_F(PrivacyTest, NothingGoesBeforeTheSchoolSaysSo) {
  ASSERT_TRUE(store_->Store(
      std::vector<Record>{ExampleRecord(7, kAna, kExampleMorningUs - 399 * kMicrosecondsADay)}));
  PutPhoto("2020-01-06", "a.jpg");
  Retention retention = MakeRetention();
  Run(retention);
  EXPECT_EQ(Days("2020-01-01", "2026-12-31"), 3u);
  EXPECT_TRUE(HasPhoto("2020-01-06", "a.jpg"));
  EXPECT_THAT(Acts({.who = "retention"}), IsEmpty());
}

TEST_F(PrivacyTest, WhatIsTooOldGoesAtTheStartAndEachDay) {
  const auto of_day = [](uint64_t sequence, int days) {
    return ExampleRecord(sequence, kAna, kExampleMorningUs + days * kMicrosecondsADay);
  };
  ASSERT_TRUE(store_->Store(std::vector<Record>{of_day(7, -31), of_day(8, -30), of_day(9, -200)}));
  PutPhoto("2026-10-23", "old.jpg");
  PutPhoto("2026-10-24", "edge.jpg");
  PutSetting("retention.records_days", "30");
  Retention retention = MakeRetention();
  Run(retention);
  EXPECT_EQ(Days("2026-01-01", "2026-10-23"), 0u);
  EXPECT_EQ(Days("2026-10-24", "2026-12-31"), 3u);
  EXPECT_FALSE(HasPhoto("2026-10-23", "old.jpg"));
  EXPECT_TRUE(HasPhoto("2026-10-24", "edge.jpg"));
  const auto said = Trail({.who = "retention"});
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_THAT(said[0].detail, HasSubstr("2 persons' days of before 2026-10-24"));
  EXPECT_THAT(said[0].detail, HasSubstr("1 photos of before 2026-10-24"));
  Run(retention);
  EXPECT_THAT(Trail({.who = "retention"}), SizeIs(1)) << "once a day";

  clock_.Advance(std::chrono::days(1));
  Run(retention);
  EXPECT_EQ(Days("2026-01-01", "2026-10-24"), 0u);
  EXPECT_FALSE(HasPhoto("2026-10-24", "edge.jpg"));
  EXPECT_THAT(Trail({.who = "retention"}), SizeIs(2));
}

TEST_F(PrivacyTest, AClockThatNobodyVouchesForAndAStoreThatIsAwayRemoveNothing) {
  PutSetting("retention.records_days", "30");
  clock_.SetWall(clock_.Now() + std::chrono::days(900));
  clock_.SetSynchronised(false);
  Retention retention = MakeRetention();
  Run(retention);
  EXPECT_EQ(Days("2026-01-01", "2026-12-31"), 2u);
  clock_.SetSynchronised(true);
  store_->fail = Error{ErrorCode::kRetry, "the store is away", 0, {}};
  EXPECT_EQ(Run(retention), milliseconds(60'000)) << "it is tried again";
  store_->fail.reset();
  EXPECT_EQ(Days("2026-01-01", "2026-12-31"), 2u);
  Run(retention);
  EXPECT_EQ(Days("2026-01-01", "2026-12-31"), 0u);
}

TEST_F(PrivacyTest, PhotosOfTapsThatAGateHereHasNotHandedOverStay) {
  PutSetting("retention.photos_days", "30");
  for (const char* const day : {"2026-10-01", "2026-10-02"}) PutPhoto(day, "a.jpg");
  Result<std::set<std::string>> waiting = Error{ErrorCode::kRetry, "read the journal", 0, {}};
  Retention retention({*store_, identity_->Trust(), PosixDisk(), directory_ / "photos", clock_,
                       zone_,
                       [this]() -> Result<SchoolSettings> {
                         TAMTAP_TRY(const auto update, store_->PullSchool(""));
                         return ReadSettings((*update).school.settings);
                       },
                       [&] { return waiting; }});
  Run(retention);
  EXPECT_TRUE(HasPhoto("2026-10-01", "a.jpg")) << "the journal can't be read";
  waiting = std::set<std::string>{"2026-10-01"};
  clock_.Advance(std::chrono::days(1));
  Run(retention);
  EXPECT_TRUE(HasPhoto("2026-10-01", "a.jpg"));
  EXPECT_FALSE(HasPhoto("2026-10-02", "a.jpg"));
  waiting = std::set<std::string>();
  clock_.Advance(std::chrono::days(1));
  Run(retention);
  EXPECT_FALSE(HasPhoto("2026-10-01", "a.jpg"));
}

TEST_F(PrivacyTest, WhatWasPurgedIsQuarantinedWhenAGateBringsItAgain) {
  PutSetting("retention.records_days", "30");
  const http::Headers gate = EnrolledTerminal("gate-1");
  Record old = ExampleRecord(7, kAna, kExampleMorningUs - 40 * kMicrosecondsADay);
  const auto bring = [&] {
    std::string line;
    AppendJson(old, line);
    http::Headers headers = gate;
    headers.emplace_back("Content-Type", "application/x-ndjson");
    const auto answer = Body(Ask("POST", "/api/terminal/records", line + "\n", headers));
    return answer.at("results").at(0).as_object();
  };
  EXPECT_EQ(bring().at("outcome"), "rejected");
  // An admin who vouches for it does not bring back what was removed.
  Retention retention = MakeRetention();
  Run(retention);
  ASSERT_TRUE(
      identity_->Trust().Vouch(std::vector<std::string>{old.tap.ToString()}, "head", clock_.Now()));
  const auto again = bring();
  EXPECT_EQ(again.at("outcome"), "rejected");
  EXPECT_THAT(std::string(again.at("reason").as_string()), HasSubstr("older records were removed"));
  // And a gate that asks whether the store went back is told that it did not.
  const auto asked = Body(Ask(
      "POST", "/api/terminal/lacking",
      json::serialize(json::object{
          {"taps", json::array{json::object{
                       {"tap", old.tap.ToString()}, {"day", old.day}, {"person", old.person}}}}}),
      gate));
  EXPECT_THAT(asked.at("lacking").as_array(), IsEmpty());
}

TEST_F(PrivacyTest, APersonTakesAwayAllThatIsKeptOfThem) {
  const http::Headers head = Head();
  EXPECT_EQ(Ask("POST", "/api/attendance/2026-11-20/marks",
                R"({"nfc_id":"176B3325","status":"excused","note":"=cmd"})", head)
                .status,
            200);
  const http::Response response = Ask("GET", "/api/admin/people/100582761834/export", {}, head);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.Header("Content-Type"), "application/zip");
  EXPECT_THAT(std::string(response.Header("Content-Disposition")),
              HasSubstr("TAMTAP_Person_176B3325.zip"));
  auto files = FilesIn(All(response));
  const auto read = [&](const std::string& name) {
    EXPECT_TRUE(files.contains(name)) << name;
    return files[name];
  };
  EXPECT_EQ(read(std::string("photos/2026-11-23/") + kAnasPhoto), "a face");
  EXPECT_FALSE(files.contains(std::string("photos/2026-11-23/") + kBensPhoto));
  const std::string everything = read("person.json");
  EXPECT_THAT(everything, Not(HasSubstr("Cruz")));
  const json::object person = json::parse(everything).as_object();
  EXPECT_EQ(person.at("person").at("name"), "Ana Reyes");
  EXPECT_EQ(person.at("records").as_array().size(), 2u);
  EXPECT_EQ(person.at("of_the_school_now"), true);
  EXPECT_THAT(json::serialize(person.at("who_said_what")), HasSubstr("office"));
  EXPECT_THAT(json::serialize(person.at("what_staff_did")), HasSubstr("mark excused"));
  const std::string csv = read("attendance.csv");
  EXPECT_THAT(csv, HasSubstr("2026-11-23,07:0"));
  EXPECT_THAT(csv, HasSubstr("'=cmd")) << "no spreadsheet runs it";
  EXPECT_THAT(read("README.txt"), HasSubstr("Lahat ng hawak"));
  EXPECT_THAT(Acts(), Contains("head: export the data of a person 176B3325"));
}

TEST_F(PrivacyTest, OnlyAdministratorsAndOnlyOurPagesExportAndErase) {
  for (const http::Headers& who : {Adviser(), EnrolledTerminal("gate-1"), http::Headers()}) {
    EXPECT_THAT(Ask("GET", "/api/admin/people/176B3325/export", {}, who).status,
                ::testing::AnyOf(401, 403));
    EXPECT_THAT(Erase("176B3325", {{"confirm", "176B3325"}, {"reason", "asked"}}, who).status,
                ::testing::AnyOf(401, 403));
  }
  http::Headers hostile = Head();
  hostile.emplace_back("Origin", "https://elsewhere.example");
  EXPECT_EQ(Erase("176B3325", {{"confirm", "176B3325"}, {"reason", "asked"}}, hostile).status, 403);
  EXPECT_EQ(Days("2026-11-23", "2026-11-23"), 2u);
}

TEST_F(PrivacyTest, ErasingNeedsTheNameAndAReasonThatNamesNobody) {
  const http::Headers head = Head();
  EXPECT_EQ(Erase(kAna, {{"reason", "asked"}}, head).status, 400);
  EXPECT_EQ(Erase(kAna, {{"confirm", "Ben Cruz"}, {"reason", "asked"}}, head).status, 400);
  EXPECT_EQ(Erase(kAna, {{"confirm", "Ana Reyes"}}, head).status, 400);
  const auto named = Erase(kAna, {{"confirm", "Ana Reyes"}, {"reason", "reyes moved"}}, head);
  EXPECT_EQ(named.status, 400);
  EXPECT_THAT(named.body, HasSubstr("leave name and card out"));
  EXPECT_EQ(Erase("CAFEBABE", {{"confirm", "x"}, {"reason", "asked"}}, head).status, 404);
  EXPECT_EQ(Days("2026-11-23", "2026-11-23"), 2u);
}

TEST_F(PrivacyTest, WhoIsErasedIsGoneEverywhereAndTheTrailDoesNotNameThem) {
  const http::Headers head = Head();
  EXPECT_EQ(Ask("PUT", "/api/admin/students/176B3325", R"({"section":"Molave"})", head).status,
            200);
  ASSERT_EQ(Ask("GET", std::string("/photos/2026-11-23/") + kAnasPhoto, {}, head).status, 200);
  EXPECT_THAT(Acts({.whom = kAna}), Not(IsEmpty()));

  const http::Response erased =
      Erase(kAna, {{"confirm", "Ana Reyes"}, {"reason", "the parents asked"}}, head);
  ASSERT_EQ(erased.status, 200) << erased.body;
  EXPECT_EQ(Body(erased).at("records"), 1);
  EXPECT_EQ(Body(erased).at("photos"), 1);
  EXPECT_FALSE(HasPhoto("2026-11-23", kAnasPhoto));
  EXPECT_TRUE(HasPhoto("2026-11-23", kBensPhoto));
  EXPECT_EQ(Days("2026-11-23", "2026-11-23"), 1u);
  EXPECT_EQ(Ask("GET", "/api/students/176B3325", {}, head).status, 404);
  EXPECT_THAT(Ask("GET", "/api/search?q=Reyes", {}, head).body, Not(HasSubstr("Ana Reyes")));
  for (const AuditEntry& each : Trail()) {
    EXPECT_THAT(each.what + each.whom + each.detail, Not(HasSubstr("Reyes")));
    EXPECT_THAT(each.whom + each.detail, Not(HasSubstr(kAna)));
  }
  const auto trail = Trail({.what = "erase"});
  ASSERT_THAT(trail, SizeIs(1));
  EXPECT_EQ(trail[0].who, "head");
  EXPECT_EQ(trail[0].whom, "somebody who was erased");
  EXPECT_THAT(trail[0].detail, HasSubstr("the parents asked"));
  EXPECT_THAT(Acts({.what = "change the school"}),
              Contains("head: change the school somebody who was erased"));

  // A gate that brings their tap once more has nothing left to bring, and brings nobody back.
  std::string line;
  AppendJson(ExampleRecord(1), line);
  http::Headers gate = EnrolledTerminal("gate-1");
  gate.emplace_back("Content-Type", "application/x-ndjson");
  const auto again = Body(Ask("POST", "/api/terminal/records", line + "\n", gate));
  EXPECT_EQ(again.at("results").at(0).at("outcome"), "already_stored");
  EXPECT_EQ(Days("2026-11-23", "2026-11-23"), 1u);
}

TEST_F(PrivacyTest, SomebodyWhoLeftIsErasedAndTheirCardMayBeAnothers) {
  const http::Headers head = Head();
  ASSERT_EQ(Ask("DELETE", "/api/admin/students/176B3325", {}, head).status, 200);
  ASSERT_EQ(Ask("GET", "/api/admin/people/176B3325/export", {}, head).status, 200);
  EXPECT_EQ(Erase(kAna, {{"confirm", "Ana Reyes"}, {"reason", "left"}}, head).status, 200);
  EXPECT_EQ(Days("2026-11-23", "2026-11-23"), 1u);
  // It may be repeated, as after an error.
  EXPECT_EQ(Erase(kAna, {{"confirm", kAna}, {"reason", "left"}}, head).status, 200);
  ASSERT_TRUE(PutPeople(*store_, {ExamplePerson(kAna, "Carla", "Diaz", "Narra")}));
  const Record tap = ExampleRecord(20, kAna, kExampleMorningUs + 3'600'000'000);
  const auto stored = store_->Store({&tap, 1});
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->front().kind, OutcomeKind::kStored);
}

TEST_F(PrivacyTest, LookingAtPhotosIsOneEntryAViewerDayAndSection) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Ask("GET", std::string("/photos/2026-11-23/") + kAnasPhoto, {}, Adviser()).status,
              200);
    for (const char* const file : {kAnasPhoto, kBensPhoto}) {
      EXPECT_EQ(Ask("GET", std::string("/photos/2026-11-23/") + file, {}, Head()).status, 200);
    }
  }
  EXPECT_THAT(Acts({.what = "look at photos"}),
              ElementsAre("head: look at photos Molave", "head: look at photos Narra",
                          "adviser: look at photos Narra"));
  // Not by another server of the same trail either.
  api_ = MakeApi({directory_ / "web", directory_ / "photos"});
  EXPECT_EQ(Ask("GET", std::string("/photos/2026-11-23/") + kBensPhoto, {}, Head()).status, 200);
  EXPECT_THAT(Acts({.what = "look at photos"}), SizeIs(3));
  clock_.Advance(std::chrono::days(1));
  EXPECT_EQ(Ask("GET", std::string("/photos/2026-11-23/") + kBensPhoto, {}, Head()).status, 200);
  EXPECT_THAT(Acts({.what = "look at photos"}), SizeIs(4));
}

TEST_F(PrivacyTest, TheTrailIsFoundByWhoWhatWhomAndDay) {
  const http::Headers head = Head();
  clock_.Advance(std::chrono::days(1));
  const http::Headers adviser = Adviser();
  EXPECT_EQ(Ask("POST", "/api/attendance/2026-11-23/marks",
                R"({"nfc_id":"176B3325","status":"excused"})", adviser)
                .status,
            200);
  EXPECT_EQ(Ask("POST", "/api/auth/logout", {}, adviser).status, 200);
  const auto found = [&](const std::string& query) {
    const http::Response response = Ask("GET", "/api/audit?" + query, {}, Head());
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::string> acts;
    const json::object body = Body(response);
    for (const json::value& each : body.at("data").as_array()) {
      acts.push_back(std::string(each.at("who").as_string()) + " " +
                     std::string(each.at("what").as_string()));
    }
    return acts;
  };
  EXPECT_THAT(found("who=adviser"),
              ElementsAre("adviser sign out", "adviser mark excused", "adviser sign in"));
  EXPECT_THAT(found("what=mark"), ElementsAre("adviser mark excused"));
  EXPECT_THAT(found("person=100582761834"), ElementsAre("adviser mark excused"));
  EXPECT_THAT(found("until=2026-11-23"), ElementsAre("head sign in"));
  EXPECT_THAT(found("since=2026-11-24&who=adviser&limit=1"), ElementsAre("adviser sign out"));
  EXPECT_EQ(Ask("GET", "/api/audit?since=yesterday", {}, Head()).status, 400);
  EXPECT_EQ(Ask("GET", "/api/audit", {}, adviser).status, 401);
}

TEST_F(PrivacyTest, EverybodyMayReadWhatIsKeptAndForHowLong) {
  PutSetting("retention.records_days", "730");
  PutSetting("retention.photos_days", "30");
  PutSetting("privacy.contact", "the office, 0917 555 0101");
  const http::Response response = Ask("GET", "/api/privacy");
  ASSERT_EQ(response.status, 200) << response.body;
  const json::object body = Body(response);
  EXPECT_EQ(body.at("contact"), "the office, 0917 555 0101");
  EXPECT_EQ(body.at("school"), "");
  EXPECT_EQ(body.at("retention").at("photos_days"), 30);
  const std::string english = json::serialize(body.at("languages").at("en"));
  EXPECT_THAT(english, HasSubstr("for 730 days"));
  EXPECT_THAT(english, HasSubstr("each tap: for 30 days"));
  EXPECT_THAT(english, HasSubstr("Ask the office, 0917 555 0101."));
  EXPECT_THAT(json::serialize(body.at("languages").at("fil")), HasSubstr("nang 730 araw"));
}

TEST(PrivacyNoticeTest, BothLanguagesSayTheSameThings) {
  SchoolSettings off;
  off.camera_enabled = false;
  for (const SchoolSettings& settings : {SchoolSettings(), off}) {
    const auto notices = PrivacyNotices(settings);
    ASSERT_THAT(notices, SizeIs(2));
    ASSERT_EQ(notices[0].sections.size(), notices[1].sections.size());
    for (size_t i = 0; i < notices[0].sections.size(); ++i) {
      EXPECT_EQ(notices[0].sections[i].paragraphs.size(), notices[1].sections[i].paragraphs.size());
    }
    for (const Notice& each : notices) {
      for (const NoticeSection& section : each.sections) {
        for (const std::string& text : section.paragraphs) EXPECT_TRUE(text.ends_with('.')) << text;
      }
    }
  }
}

}  // namespace
}  // namespace tamtap

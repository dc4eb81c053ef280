#include "tap/school_settings.h"

#include <gmock/gmock.h>

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string Spelled(std::string_view key, std::string_view value) {
  const auto changes = SettingChanges({}, key, value);
  return changes ? changes->at(std::string(key)) : "refused: " + changes.error().Message();
}

TEST(SchoolSettings, AnEmptyMasterMeansTheDefaults) {
  const SchoolSettings settings = ReadSettings({});
  EXPECT_FALSE(settings.timezone);
  EXPECT_FALSE(settings.departures.on);
  EXPECT_EQ(settings.departures.after_minutes, 30);
  EXPECT_EQ(settings.grace_minutes, 20);
  EXPECT_EQ(settings.absent_minutes, 60);
  EXPECT_FALSE(settings.saturday_classes);
  EXPECT_TRUE(settings.camera_enabled);
  EXPECT_FALSE(settings.camera_required);
  EXPECT_FALSE(settings.face_eyes) << "a face without eyes is a face";
  EXPECT_EQ(settings.face_patience_ms, 1000);
  EXPECT_EQ(settings.idle_text, "");
  EXPECT_FALSE(settings.journal_days);
  EXPECT_FALSE(settings.records_days);
  EXPECT_EQ(settings.refusals_days, 400);
  EXPECT_EQ(settings.photos_days, 0);
  EXPECT_EQ(settings.PhotoDays(), 0) << "nothing is removed before the school says so";
  EXPECT_EQ(settings.privacy_contact, "");
}

TEST(SchoolSettings, PhotosAreNeverKeptLongerThanRecords) {
  const auto days = [](const char* records, const char* photos) {
    return ReadSettings({{"retention.records_days", records}, {"retention.photos_days", photos}})
        .PhotoDays();
  };
  EXPECT_EQ(days("0", "0"), 0);
  EXPECT_EQ(days("0", "14"), 14);
  EXPECT_EQ(days("365", "0"), 365);
  EXPECT_EQ(days("365", "14"), 14);
  EXPECT_EQ(days("365", "400"), 365);
}

TEST(SchoolSettings, ASlipOfTheFingerDoesNotRemoveATerm) {
  EXPECT_EQ(Spelled("retention.records_days", "0"), "0");
  EXPECT_EQ(Spelled("retention.records_days", "30"), "30");
  EXPECT_THAT(Spelled("retention.records_days", "3"), HasSubstr("removed for good"));
  EXPECT_EQ(Spelled("retention.photos_days", "3"), "3");
  EXPECT_EQ(Spelled("school.name", "Narra High \"East\" <1>"), "Narra High \"East\" <1>");
  EXPECT_EQ(Spelled("privacy.contact", "The office, 0917 555 0101"), "The office, 0917 555 0101");
  EXPECT_THAT(Spelled("privacy.contact", std::string(201, 'x')), HasSubstr("200 bytes"));
}

TEST(SchoolSettings, EachKeyIsReadAndUnknownOnesMeanNothing) {
  const SchoolSettings settings = ReadSettings({{"timezone", "Asia/Tokyo"},
                                                {"timezone.former", "Asia/Manila,Etc/UTC"},
                                                {"departures", "on"},
                                                {"departures.after_minutes", "45"},
                                                {"grace_period_minutes", "0"},
                                                {"absent_threshold_minutes", "90"},
                                                {"saturdayClassesEnabled", "true"},
                                                {"camera.enabled", "no"},
                                                {"camera.required", "yes"},
                                                {"face.eyes", "on"},
                                                {"face.patience_ms", "2500"},
                                                {"texts.idle", "MABUHAY/TAP HERE"},
                                                {"retention.journal_days", "0"},
                                                {"retention.records_days", "800"},
                                                {"schoolName", "Narra High"}});
  EXPECT_EQ(settings.timezone->name(), "Asia/Tokyo");
  ASSERT_EQ(settings.former_timezones.size(), 2u);
  EXPECT_EQ(settings.former_timezones[1].name(), "Etc/UTC");
  EXPECT_EQ(settings.departures, (DepartureRule{.on = true, .after_minutes = 45}));
  EXPECT_EQ(settings.grace_minutes, 0) << "a grace of 0 is 0";
  EXPECT_EQ(settings.absent_minutes, 90);
  EXPECT_TRUE(settings.saturday_classes);
  EXPECT_FALSE(settings.camera_enabled);
  EXPECT_TRUE(settings.camera_required);
  EXPECT_TRUE(settings.face_eyes);
  EXPECT_EQ(settings.face_patience_ms, 2500);
  EXPECT_EQ(settings.idle_text, "MABUHAY/TAP HERE");
  EXPECT_EQ(settings.journal_days, 0);
  EXPECT_EQ(settings.records_days, 800);
}

TEST(SchoolSettings, AValueThatCantBeReadCostsItsSettingAlone) {
  const SchoolSettings settings = ReadSettings({{"timezone", "Mars/Olympus"},
                                                {"departures", "maybe"},
                                                {"departures.after_minutes", "-3"},
                                                {"grace_period_minutes", "5"}});
  EXPECT_FALSE(settings.timezone);
  EXPECT_FALSE(settings.departures.on);
  EXPECT_EQ(settings.departures.after_minutes, 30);
  EXPECT_EQ(settings.grace_minutes, 5);
}

TEST(SchoolSettings, WhatPeopleTypeIsKeptInOneSpelling) {
  EXPECT_EQ(Spelled("departures", " Yes "), "on");
  EXPECT_EQ(Spelled("departures", "FALSE"), "off");
  EXPECT_EQ(Spelled("saturdayClassesEnabled", "on"), "true") << "as existing systems keep it";
  EXPECT_EQ(Spelled("departures.after_minutes", "030"), "30");
  EXPECT_EQ(Spelled("texts.idle", " MABUHAY / TAP HERE "), "MABUHAY/TAP HERE");
  EXPECT_EQ(Spelled("texts.idle", "MABUHAY"), "MABUHAY/");
  EXPECT_EQ(Spelled("timezone", "America/New_York"), "America/New_York");
}

TEST(SchoolSettings, WhatIsNoValueIsRefusedWithASentence) {
  EXPECT_THAT(Spelled("departures", "maybe"), HasSubstr("takes on or off"));
  EXPECT_THAT(Spelled("departures.after_minutes", "0"), HasSubstr("from 1 to 1440"));
  EXPECT_THAT(Spelled("departures.after_minutes", "30 min"), HasSubstr("whole number"));
  EXPECT_THAT(Spelled("grace_period_minutes", "1441"), HasSubstr("from 0 to 1440"));
  EXPECT_THAT(Spelled("grace_period_minutes", ""), HasSubstr("whole number"));
  EXPECT_THAT(Spelled("texts.idle", "A LINE THAT IS TOO LONG/X"), HasSubstr("16 characters"));
  EXPECT_THAT(Spelled("texts.idle", "/X"), HasSubstr("16 characters"));
  EXPECT_THAT(Spelled("texts.idle", "A/B/C"), HasSubstr("16 characters"));
  EXPECT_THAT(Spelled("timezone", "Manila"), HasSubstr("IANA name"));
  EXPECT_THAT(Spelled("timezone", "../../etc/passwd"), HasSubstr("IANA name"));
  EXPECT_THAT(Spelled("departure", "on"), HasSubstr("there are school.name, timezone, departures"));
  EXPECT_THAT(Spelled("timezone.former", "Asia/Tokyo"), HasSubstr("there is none"));
}

TEST(SchoolSettings, WhatIsRefusedIsTheWordsFaultAndNoneOfTheProgram) {
  int refusals = 0;
  for (const SettingKey& key : SettingKeys()) {
    for (const std::string_view value :
         {"", "off", "-1", "99999999999999999999", "\xC3\xB1/x", "{"}) {
      const auto changes = SettingChanges({}, key.key, value);
      if (changes) continue;
      EXPECT_EQ(changes.error().code, ErrorCode::kRejected) << key.key << " " << value;
      ++refusals;
    }
  }
  EXPECT_GT(refusals, 20);
}

TEST(SchoolSettings, NobodyIsAbsentBeforeTheyAreLate) {
  const SettingsByKey now = {{"absent_threshold_minutes", "30"}};
  const auto refused = SettingChanges(now, "grace_period_minutes", "31");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().Message(), HasSubstr("absent after 30 minutes and on time until 31"));
  EXPECT_TRUE(SettingChanges(now, "grace_period_minutes", "30"));
  EXPECT_FALSE(SettingChanges({}, "absent_threshold_minutes", "19")) << "20 are the grace";
}

TEST(SchoolSettings, ASchoolThatMovesRemembersWhereItWas) {
  SettingsByKey settings;
  const auto set = [&](const std::string& zone) {
    const auto changes = SettingChanges(settings, "timezone", zone);
    ASSERT_TRUE(changes) << changes.error().Message();
    for (const auto& [key, value] : *changes) settings[key] = value;
  };
  set("Asia/Manila");
  EXPECT_THAT(settings, ElementsAre(Pair("timezone", "Asia/Manila")));
  set("Asia/Manila");
  EXPECT_THAT(settings, ElementsAre(Pair("timezone", "Asia/Manila")));
  set("Asia/Tokyo");
  EXPECT_EQ(settings["timezone.former"], "Asia/Manila");
  set("Etc/UTC");
  EXPECT_EQ(settings["timezone.former"], "Asia/Manila,Asia/Tokyo");
  set("Asia/Manila");  // back again
  EXPECT_EQ(settings["timezone.former"], "Asia/Tokyo,Etc/UTC");
}

TEST(SchoolSettings, EveryKeyHasHelpAndTakesWhatItSaysHoldsOtherwise) {
  for (const SettingKey& key : SettingKeys()) {
    EXPECT_NE(key.help, "") << key.key;
    if (key.key == kTimezoneKey) continue;
    EXPECT_EQ(Spelled(key.key, key.otherwise), key.otherwise) << key.key;
  }
}

TEST(SchoolZone, FollowsTheMastersWordAndItsSilence) {
  SchoolZone zone(*TimeZone::Load("Asia/Manila"));
  const WallTime instant{std::chrono::seconds(1'796'000'000)};
  const std::string there = zone.ToLocal(instant).iso;
  zone.Follow(*TimeZone::Load("America/New_York"));
  EXPECT_EQ(zone.Current().name(), "America/New_York");
  EXPECT_NE(zone.ToLocal(instant).iso, there);
  zone.Follow(std::nullopt);
  EXPECT_EQ(zone.ToLocal(instant).iso, there);
}

}  // namespace
}  // namespace tamtap

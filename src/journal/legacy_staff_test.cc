#include "journal/legacy_staff.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/legacy_import.h"

namespace tamtap::journal {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

LegacyImport Read(const std::string& admins, const std::string& teachers,
                  const std::string& schedules = "[]") {
  auto import = ReadLegacyFile(fmt::format(R"({{"admins": {}, "teachers": {}, "schedules": {}}})",
                                           admins, teachers, schedules),
                               *TimeZone::Load("Asia/Manila"));
  EXPECT_TRUE(import) << import.error().Message();
  return import ? *std::move(import) : LegacyImport{};
}

TEST(LegacyStaffTest, ATeacherOfAnAdminsNameIsLeftOutAndTheAdminIsWhole) {
  const LegacyImport import = Read(
      R"([{"username": "jdcruz", "password": "of the admin", "name": "Juan"}])",
      R"([{"nfc_id": "176B3325", "username": "JdCruz", "password": "of the teacher", "name": "J"}])");
  ASSERT_THAT(import.accounts, SizeIs(1));
  EXPECT_EQ(import.accounts[0].username, "jdcruz");
  EXPECT_EQ(import.accounts[0].password_hash, "of the admin");
  EXPECT_EQ(import.accounts[0].name, "Juan");
  EXPECT_TRUE(import.accounts[0].is_admin);
  EXPECT_THAT(import.errors, ElementsAre(AllOf(HasSubstr("account JdCruz"),
                                               HasSubstr("the name of the admin jdcruz"))));
  EXPECT_THAT(import.school.people, SizeIs(1)) << "they tap all the same";
}

TEST(LegacyStaffTest, NamesAreTheSameInAnyCaseAndSpellingAndAsAddresses) {
  const LegacyImport import =
      Read(R"([{"username": "head", "email": "head@school.ph", "password": "x"}])",
           R"([{"nfc_id": "176B3325", "username": "T1", "password": "1"},
               {"nfc_id": "176B3326", "username": "t1", "password": "2"},
               {"nfc_id": "176B3327", "username": "Pe\u00f1a", "password": "3"},
               {"nfc_id": "176B3328", "username": "Pen\u0303a", "password": "4"},
               {"nfc_id": "176B3329", "username": "HEAD@school.ph", "password": "5"},
               {"nfc_id": "176B3330", "email": "office@school.ph", "password": "6"},
               {"nfc_id": "176B3331", "email": "Office@school.ph", "password": "7"}])");
  std::vector<std::string> hashes;
  for (const LegacyAccount& each : import.accounts) hashes.push_back(each.password_hash);
  EXPECT_THAT(hashes, ElementsAre("x", "1", "3", "6"));
  EXPECT_THAT(import.errors,
              ElementsAre(HasSubstr("account t1"), HasSubstr("account Pen"),
                          HasSubstr("account HEAD@school.ph"), HasSubstr("account Office")));
}

TEST(LegacyStaffTest, AnAddressIsOneAccountsAndBothKeepTheirNames) {
  const LegacyImport import = Read(
      R"([{"username": "head", "email": "head@school.ph", "password": "x"}])",
      R"([{"nfc_id": "176B3325", "username": "cruz", "email": "Head@school.ph", "password": "1"},
               {"nfc_id": "176B3326", "username": "santos", "email": "head", "password": "2"}])");
  ASSERT_THAT(import.accounts, SizeIs(3));
  EXPECT_EQ(import.accounts[0].email, "head@school.ph");
  EXPECT_EQ(import.accounts[1].email, "");
  EXPECT_EQ(import.accounts[2].email, "");
  EXPECT_THAT(import.errors,
              ElementsAre(HasSubstr("account head has it; cruz signs in by its name"),
                          HasSubstr("address head of account santos")));
}

TEST(LegacyStaffTest, AnAdviserIsFoundByWhateverTheScheduleSaysOfThem) {
  for (const char* const adviser :
       {R"("adviser_name": "Liza San")", R"("adviser_name": " liza  SAN ")",
        R"("adviser_id": "64b000000000000000000001")", R"("adviser_id": 2710951593)",
        R"("adviser_id": "031")", R"("adviser_id": "lsan")", R"("adviser_id": "lsan@school.ph")",
        R"("adviser_id": "64b0000000000000000000ff", "adviser_name": "Liza San")"}) {
    const LegacyImport import =
        Read(R"([{"username": "head", "name": "Liza San", "password": "x"}])",
             R"([{"_id": "64b000000000000000000001", "nfc_id": "2710951593", "tamtap_id": "031",
             "first_name": "Liza", "last_name": "San", "username": "lsan",
             "email": "lsan@school.ph", "password": "1", "sections_handled": ["Yakal"]},
            {"_id": "64b000000000000000000002", "nfc_id": "176B3326", "name": "Ben San",
             "username": "ben", "password": "2"}])",
             fmt::format(R"([{{"section": "Narra", {}}}])", adviser));
    ASSERT_THAT(import.accounts, SizeIs(3)) << adviser;
    EXPECT_THAT(import.accounts[0].sections, IsEmpty()) << adviser;
    EXPECT_THAT(import.accounts[1].advised, ElementsAre("Narra")) << adviser;
    EXPECT_THAT(import.accounts[1].sections, ElementsAre("Narra", "Yakal")) << adviser;
    EXPECT_THAT(import.accounts[2].sections, IsEmpty()) << adviser;
    EXPECT_THAT(import.notes, IsEmpty()) << adviser;
    EXPECT_THAT(import.school.schedules.at(0).adviser_id, testing::ContainsRegex("[Ll]iza"))
        << adviser;
  }
}

TEST(LegacyStaffTest, AnAdviserWhoIsNobodyOrMayBeTwoIsNamed) {
  const LegacyImport import =
      Read("[]",
           R"([{"nfc_id": "176B3325", "name": "Liza San", "username": "a", "password": "1"},
               {"nfc_id": "176B3326", "name": "Liza San", "username": "b", "password": "2"}])",
           R"([{"section": "Narra", "adviser_name": "Liza San"},
               {"section": "Molave", "adviser_id": "64b0000000000000000000ff"},
               {"section": "Yakal"}])");
  EXPECT_THAT(import.accounts.at(0).sections, IsEmpty());
  EXPECT_THAT(import.accounts.at(1).sections, IsEmpty());
  EXPECT_THAT(
      import.notes,
      ElementsAre(HasSubstr("adviser Liza San of section Narra may be any of several people"),
                  "adviser 64b0000000000000000000ff of section Molave is nobody known here"));
  EXPECT_EQ(import.school.schedules.at(1).adviser_id, "64b0000000000000000000ff");
}

TEST(LegacyStaffTest, AnAccountWithoutAPasswordIsNamed) {
  const LegacyImport import =
      Read(R"([{"username": "head"}])",
           R"([{"nfc_id": "176B3325", "username": "taps"}, {"nfc_id": "176B3326", "name": "Ben"},
               {"nfc_id": "176B3327", "username": "176B3327", "person": "176B3327"}])");
  EXPECT_THAT(import.accounts, IsEmpty());
  EXPECT_THAT(import.errors, ElementsAre(HasSubstr("account head: it has no password")));
  EXPECT_THAT(import.notes, ElementsAre(HasSubstr("account taps: it has no password")));
  EXPECT_THAT(import.school.people, SizeIs(3));
}

TEST(LegacyStaffTest, WhoTheyAreAndThatTheyMustChangeTheirPasswordIsKept) {
  const LegacyImport import = Read(
      R"([{"username": "principal", "name": "Punong Guro", "email": "head@school.ph",
           "password": "x", "forcePasswordChange": true}])",
      R"([{"nfc_id": "176B3325", "username": "cruz", "first_name": "Tess", "last_name": "Cruz",
           "password": "1"}])");
  ASSERT_THAT(import.accounts, SizeIs(2));
  EXPECT_EQ(import.accounts[0].name, "Punong Guro");
  EXPECT_EQ(import.accounts[0].email, "head@school.ph");
  EXPECT_TRUE(import.accounts[0].must_change_password);
  EXPECT_EQ(import.accounts[1].name, "Tess Cruz");
  EXPECT_FALSE(import.accounts[1].must_change_password);
}

}  // namespace
}  // namespace tamtap::journal

#include "central/past_attendance.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace tamtap::central {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

Result<Attendance> Read(const char* document) {
  return AttendanceFromDocument(boost::json::parse(document).as_object());
}

TEST(PastAttendanceTest, ADocumentIsReadWhateverItsIdIs) {
  struct Case {
    const char* document;
    const char* person;
    const char* nfc_id;
    const char* card;
  };
  const Case kCases[] = {
      {R"({"nfc_id":"176B3325","date":"2026-11-20"})", "176B3325", "176B3325", "176B3325"},
      {R"({"nfc_id":"176b3325","date":"2026-11-20"})", "176B3325", "176b3325", "176B3325"},
      {R"({"nfc_id":100582761834,"date":"2026-11-20"})", "176B3325", "100582761834", "176B3325"},
      {R"({"nfc_id":100582761834.0,"date":"2026-11-20"})", "176B3325", "100582761834", "176B3325"},
      {R"({"nfc_id":2710951593,"date":"2026-11-20"})", "2710951593", "2710951593", ""},
      {R"({"nfc_id":"0563537489","date":"2026-11-20"})", "0563537489", "0563537489", ""},
      {R"({"uid":"584193394409","date":"2026-11-20"})", "8804A3C6", "584193394409", ""},
      {R"({"nfc_id":"LRN-102938","date":"2026-11-20"})", "LRN-102938", "LRN-102938", ""},
      {R"({"nfc_id":"not a card","date":"2026-11-20"})", "not a card", "not a card", ""},
      {R"({"nfc_id":"a/b","date":"2026-11-20"})", "a_b~c14cddc0", "a/b", ""}};
  for (const Case& each : kCases) {
    const auto read = Read(each.document);
    ASSERT_TRUE(read) << each.document << read.error().Message();
    EXPECT_EQ(read->arrival.person, each.person);
    EXPECT_EQ(read->arrival.NfcId(), each.nfc_id);
    EXPECT_EQ(read->arrival.card.text(), each.card);
  }
  for (const char* document :
       {R"({"date":"2026-11-20"})", R"({"nfc_id":"","date":"2026-11-20"})",
        R"({"nfc_id":" ","date":"2026-11-20"})", R"({"nfc_id":"176B3325","date":"yesterday"})"}) {
    EXPECT_FALSE(Read(document)) << document;
  }
}

TEST(PastAttendanceTest, APersonIsLookedForInEverySpellingThatADocumentMayHave) {
  EXPECT_THAT(SpellingsOf("176B3325"),
              ElementsAre("176B3325", "176b3325", "100582761834", "392901413", "0392901413",
                          "624126743", "0624126743"));
  EXPECT_THAT(SpellingsOf("8804A3C6"), Contains("584193394409"));
  EXPECT_THAT(SpellingsOf("04A2B3C4D5E680"), ElementsAre("04A2B3C4D5E680", "04a2b3c4d5e680"));
  EXPECT_THAT(SpellingsOf("2710951593"), ElementsAre("2710951593"));
  EXPECT_THAT(SpellingsOf("LRN-102938"), ElementsAre("LRN-102938"));
}

}  // namespace
}  // namespace tamtap::central

#include <gmock/gmock.h>

#include "central/mongo_fixture.h"

namespace tamtap::central {
namespace {

using ::testing::UnorderedElementsAre;

TEST(MongoExistingTest, EveryDocumentIsReadAndNothingIsWritten) {
  ASSERT_NE(Server(), nullptr);
  const std::string uri = NewUri();
  Database database(uri);
  database.Insert("students", {{"nfc_id", "176B3325"}});
  database.Insert("students", {{"nfc_id", 2710951593}});
  const auto existing = OpenExistingDatabase({uri, ""});
  ASSERT_TRUE(existing);
  std::vector<std::string> cards;
  ASSERT_TRUE((*existing)->ForEach("students", [&](const json::object& document) {
    EXPECT_TRUE(document.at("_id").is_string());
    cards.push_back(json::serialize(document.at("nfc_id")));
  }));
  EXPECT_THAT(cards, UnorderedElementsAre("\"176B3325\"", "2710951593"));
  size_t none = 0;
  ASSERT_TRUE((*existing)->ForEach("admins", [&](const json::object&) { ++none; }));
  EXPECT_EQ(none, 0u);
  EXPECT_EQ(database.Find("tamtap_store").size(), 0u);
}

TEST(MongoExistingTest, ADatabaseThatDoesNotAnswerIsSaid) {
  const auto existing =
      OpenExistingDatabase({"mongodb://127.0.0.1:1/tamtap?serverSelectionTimeoutMS=300", ""});
  ASSERT_TRUE(existing);
  const auto read = (*existing)->ForEach("students", [](const json::object&) { FAIL(); });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kRetry);
}

}  // namespace
}  // namespace tamtap::central

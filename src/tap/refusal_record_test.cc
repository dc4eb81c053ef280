#include "tap/refusal_record.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tamtap {
namespace {

namespace json = boost::json;

RefusalRecord Example() {
  RefusalRecord refusal;
  refusal.id = {"gate-1", "4f265b89ecf9692d", 7};
  refusal.reason = "UNKNOWN_CARD";
  refusal.card = "04A2B3C4D5E680";
  refusal.date = "2026-11-24 06:44:08";
  refusal.time = "06:44:08";
  refusal.day = "2026-11-24";
  refusal.refused_at = "2026-11-24T06:44:08.979+08:00";
  refusal.refused_at_us = 1795473848979996;
  refusal.clock = ClockState::kUnsure;
  return refusal;
}

TEST(RefusalRecordTest, IsReadAsItWasWritten) {
  RefusalRecord refusal = Example();
  refusal.person = "A0000001";
  refusal.nfc_id = "100582761834";
  refusal.name = "Ñ \"quoted\"";
  refusal.section = "Narra";
  const auto again = RefusalRecordFromJson(json::parse(json::serialize(ToJson(refusal))));
  ASSERT_TRUE(again) << again.error().Message();
  EXPECT_EQ(*again, refusal);
}

TEST(RefusalRecordTest, NamesTheFieldThatIsWrong) {
  const auto complaint = [](std::string_view key, const json::value& value) {
    json::object object = ToJson(Example());
    object.insert_or_assign(key, value);
    const auto read = RefusalRecordFromJson(object);
    return read ? std::string() : read.error().Message();
  };
  EXPECT_EQ(complaint("person", ""), "");
  EXPECT_NE(complaint("refusal", "gate-1").find("gate-1"), std::string::npos);
  EXPECT_NE(complaint("reason", "").find("'reason'"), std::string::npos);
  EXPECT_NE(complaint("day", "2026-02-30").find("'day'"), std::string::npos);
  EXPECT_NE(complaint("clock", "sundial").find("'clock'"), std::string::npos);
  EXPECT_NE(complaint("refused_at_us", "now").find("'refused_at_us'"), std::string::npos);
  EXPECT_NE(complaint("name", json::string(kMostFieldBytes + 1, 'x')).find("'name'"),
            std::string::npos);
}

TEST(RefusalRecordTest, KnowsWhetherItsTextsFit) {
  RefusalRecord refusal = Example();
  EXPECT_TRUE(FieldsFit(refusal));
  refusal.card.assign(kMostFieldBytes + 1, '0');
  EXPECT_FALSE(FieldsFit(refusal));
}

}  // namespace
}  // namespace tamtap

#include "tap/json_fields.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tamtap {
namespace {

TEST(JsonFields, TextIsReadAndWhatIsNoTextIsEmpty) {
  const auto object =
      boost::json::parse(R"({"text": "Peña", "number": 7, "null": null, "list": ["7"]})")
          .as_object();
  EXPECT_EQ(TextAt(object, "text"), "Peña");
  for (const char* const key : {"number", "null", "list", "missing"}) {
    EXPECT_EQ(TextAt(object, key), "") << key;
  }
}

TEST(JsonFields, ANumberMayStandForText) {
  const auto object =
      boost::json::parse(R"({"text": "7-A", "number": 7, "null": null, "flag": true})").as_object();
  EXPECT_EQ(TextOrNumberAt(object, "text"), "7-A");
  EXPECT_EQ(TextOrNumberAt(object, "number"), "7");
  for (const char* const key : {"null", "flag", "missing"}) {
    EXPECT_EQ(TextOrNumberAt(object, key), "") << key;
  }
}

}  // namespace
}  // namespace tamtap

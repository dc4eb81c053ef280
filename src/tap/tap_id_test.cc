#include "tap/tap_id.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

TEST(TapIdTest, TextAndBack) {
  const TapId id{"gate-1", "00ff00ff00ff00ff", 42};
  EXPECT_EQ(id.ToString(), "gate-1.00ff00ff00ff00ff.42");
  EXPECT_EQ(*TapId::Parse(id.ToString()), id);
}

TEST(TapIdTest, EveryIdHasOneSpelling) {
  for (const char* text :
       {"", "gate", "gate.a", "gate.a.", "gate.a.0", "gate.a.07", "gate.a.-1", "gate.a.1x", ".a.1",
        "gate..1", "ga te.a.1", "gate.A.1", "a.b.c.1", "gate.a.99999999999999999999"}) {
    EXPECT_FALSE(TapId::Parse(text)) << text;
  }
}

TEST(TapIdTest, TerminalNamesHaveNoDotsOrSpaces) {
  EXPECT_TRUE(IsTerminalName("Main_Gate-2"));
  EXPECT_FALSE(IsTerminalName(""));
  EXPECT_FALSE(IsTerminalName("main.gate"));
  EXPECT_FALSE(IsTerminalName(std::string(33, 'a')));
}

}  // namespace
}  // namespace tamtap

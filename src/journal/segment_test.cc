#include "journal/segment.h"

#include <gmock/gmock.h>

#include "tap/example_record.h"

namespace tamtap::journal {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::Not;

struct Found final : LineVisitor {
  void OnLine(uint64_t, const LineView& line) override {
    taps += line.type == LineType::kTap ? 1 : 0;
  }
  void OnDamage(uint64_t offset, uint64_t length, DamageKind kind) override {
    damage.push_back({kind, 1, offset, length});
  }
  uint64_t taps = 0;
  std::vector<Damage> damage;
};

Found Scan(const std::string& bytes) {
  Found found;
  ScanLines(bytes, /*at_end=*/true, found);
  return found;
}

std::string Taps(uint64_t count) {
  std::string bytes;
  for (uint64_t n = 1; n <= count; ++n) {
    AppendTapLine(n, "boot", 1, ExampleRecord(n, "A0000001"), bytes);
  }
  return bytes;
}

std::string Seal(size_t pending) {
  SealLine seal;
  for (uint64_t n = 1; n <= pending; ++n) seal.checkpoint.pending.push_back({2 * n, 2 * n});
  std::string line;
  AppendSealLine(seal, line);
  return line;
}

class LeftBehindASealTest : public ::testing::TestWithParam<bool> {
 protected:
  // A seal over the beginning of a longer one. Its newline is in the next sector, and may not have
  // got there.
  static std::string Content(size_t kept) {
    const std::string shorter = Seal(0);
    std::string content = "\n" + Seal(30).substr(0, kept);
    const size_t written = GetParam() ? shorter.size() : shorter.size() - 1;
    return content.replace(1, written, shorter.substr(0, written));
  }
};
INSTANTIATE_TEST_SUITE_P(WithAndWithoutItsNewline, LeftBehindASealTest, ::testing::Bool());

// Found by seeds 126569 and 134284: a seal could not be flushed, the next one was shorter, and the
// power went before the file had its length.
TEST_P(LeftBehindASealTest, TheRestOfALongerOneIsNoDamage) {
  for (size_t kept = Seal(0).size() + 1; kept <= Seal(30).size(); ++kept) {
    const Found found = Scan(Taps(2) + Content(kept));
    EXPECT_EQ(found.taps, 2u);
    EXPECT_THAT(found.damage, Each(Field(&Damage::kind, DamageKind::kBrokenSeal))) << kept;
    // Nor when the segment was sealed once more since.
    EXPECT_THAT(Scan(Taps(2) + Content(kept) + "\n" + Seal(0)).damage,
                Each(Field(&Damage::kind, DamageKind::kBrokenSeal)))
        << kept;
  }
}

// Found by the 7,764,558th crash state: a seal was torn, and of the next one all but the newline
// before it got there.
TEST(BeforeASealTest, WhatATornWriteLeftIsNoLossThoughNoNewlineFollowsIt) {
  for (const std::string& torn : {Seal(30), Taps(1)}) {
    for (size_t kept = 1; kept + kTrailerBytes < torn.size(); ++kept) {
      for (const char between : {'\n', '\0'}) {
        const Found found = Scan(Taps(2) + "\n\n" + torn.substr(0, kept) + between + Seal(0));
        EXPECT_EQ(found.taps, 2u);
        EXPECT_THAT(found.damage, Not(Contains(Field(&Damage::kind, DamageKind::kCorrupt))))
            << kept;
      }
    }
  }
}

TEST_P(LeftBehindASealTest, ATapThatRotsIsDamageWhereverItStands) {
  std::string rotten = Taps(1);
  rotten[20] ^= 1;
  for (size_t kept = Seal(0).size() + 1; kept <= Seal(30).size(); ++kept) {
    for (const std::string& content :
         {rotten + Content(kept), Taps(1) + Content(kept) + "\n" + rotten,
          Taps(1) + Content(kept) + "\n" + rotten + Taps(1)}) {
      EXPECT_THAT(Scan(content).damage, Contains(Field(&Damage::kind, DamageKind::kCorrupt)));
    }
  }
}

}  // namespace
}  // namespace tamtap::journal

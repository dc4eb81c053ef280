#include "reader/mfrc522.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "reader/mfrc522_model.h"
#include "sim/fake_clock.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

class Mfrc522Test : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(chip_.SetUp()); }

  std::vector<std::string> Look() {
    const auto field = chip_.Look();
    EXPECT_TRUE(field);
    std::vector<std::string> cards;
    if (!field) return cards;
    for (const CardId& card : field->cards) cards.push_back(card.text());
    if (field->unreadable) cards.emplace_back("?");
    return cards;
  }

  sim::FakeClock clock_{WallTime{}};
  Mfrc522Model model_{clock_};
  Mfrc522 chip_{model_, clock_};
};

TEST_F(Mfrc522Test, UidsOfEveryLengthAreRead) {
  EXPECT_THAT(Look(), IsEmpty());
  model_.Put({0x17, 0x6B, 0x33, 0x25});
  EXPECT_THAT(Look(), ElementsAre("176B3325"));
  model_.cards.clear();
  model_.Put({0x04, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0x80});
  EXPECT_THAT(Look(), ElementsAre("04A2B3C4D5E680"));
  model_.cards.clear();
  model_.Put({0x04, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_THAT(Look(), ElementsAre("04010203040506070809"));
}

TEST_F(Mfrc522Test, ACardThatStaysIsSeenAtEachLook) {
  model_.Put({0x17, 0x6B, 0x33, 0x25});
  for (int i = 0; i < 20; ++i) EXPECT_THAT(Look(), ElementsAre("176B3325")) << i;
}

TEST_F(Mfrc522Test, SeveralCardsAtOnceAreAllReadAndMakeNoOther) {
  SeededRandom random(1);
  constexpr size_t kSizes[] = {4, 4, 7, 10};
  for (int round = 0; round < 2000; ++round) {
    model_.cards.clear();
    std::vector<std::string> expected;
    const uint64_t count = 1 + random.Below(4);
    for (uint64_t i = 0; i < count; ++i) {
      std::vector<uint8_t> uid(kSizes[random.Below(4)]);
      // Often but for a few bits the same, so that they differ late, and in any bit.
      for (uint8_t& byte : uid)
        byte = random.Below(3) == 0 ? static_cast<uint8_t>(random.Below(256)) : 0x04;
      if (uid.front() == 0x88) uid.front() = 0x89;  // no UID begins with the cascade tag
      if (uid.size() == 10 && uid[3] == 0x88) uid[3] = 0x89;
      std::string text;
      for (const uint8_t byte : uid) text += fmt::format("{:02X}", byte);
      if (std::find(expected.begin(), expected.end(), text) != expected.end()) continue;
      expected.push_back(text);
      model_.Put(uid);
    }
    ASSERT_THAT(Look(), UnorderedElementsAreArray(expected)) << round;
  }
}

TEST_F(Mfrc522Test, WhatDoesNotCheckIsNoCard) {
  model_.Put({0x17, 0x6B, 0x33, 0x25});
  model_.cards[0].wrong_check_byte = true;
  EXPECT_THAT(Look(), ElementsAre("?"));
  model_.cards[0].wrong_check_byte = false;
  model_.cards[0].wrong_crc = true;
  EXPECT_THAT(Look(), ElementsAre("?"));
  model_.cards[0].wrong_crc = false;
  EXPECT_THAT(Look(), ElementsAre("176B3325"));
}

TEST_F(Mfrc522Test, ChipsOfOtherMakersWorkAndNoChipIsSaid) {
  for (const uint8_t version : std::array<uint8_t, 5>{0x88, 0x90, 0x91, 0xB2, 0x12}) {
    model_.version = version;
    const auto answered = chip_.SetUp();
    ASSERT_TRUE(answered);
    EXPECT_EQ(*answered, version);
  }
  for (const uint8_t nothing : std::array<uint8_t, 2>{0x00, 0xFF}) {
    model_.version = nothing;
    const auto answered = chip_.SetUp();
    ASSERT_FALSE(answered);
    EXPECT_EQ(answered.error().code, ErrorCode::kRetry);
    EXPECT_THAT(answered.error().Message(), ::testing::HasSubstr("look at its wires"));
  }
}

TEST_F(Mfrc522Test, AChipThatLostItsSettingsIsNoticedAndOneThatStalledEndsTheLook) {
  EXPECT_TRUE(*chip_.IsSetUp());
  model_.PowerUp();
  EXPECT_FALSE(*chip_.IsSetUp());
  ASSERT_TRUE(chip_.SetUp());
  EXPECT_TRUE(*chip_.IsSetUp());
  model_.stalled = true;
  const MonotonicTime begin = clock_.MonotonicNow();
  const auto field = chip_.Look();
  ASSERT_FALSE(field);
  EXPECT_EQ(field.error().code, ErrorCode::kRetry);
  EXPECT_LT(clock_.MonotonicNow() - begin, milliseconds(50));
}

TEST_F(Mfrc522Test, ALookWithoutACardIsShort) {
  const MonotonicTime begin = clock_.MonotonicNow();
  const int exchanges = model_.exchanges;
  EXPECT_THAT(Look(), IsEmpty());
  EXPECT_LE(clock_.MonotonicNow() - begin, milliseconds(4));
  EXPECT_LE(model_.exchanges - exchanges, 6) << "a call of the system each";
}

TEST_F(Mfrc522Test, AFailureOfTheBusAtAnyExchangeIsAnErrorAndTheNextLookIsWhole) {
  model_.Put({0x04, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0x80});
  const int before = model_.exchanges;
  EXPECT_THAT(Look(), ElementsAre("04A2B3C4D5E680"));
  const int needed = model_.exchanges - before;
  for (int at = 0; at < needed; ++at) {
    int left = at;
    class Failing final : public SpiBus {
     public:
      Failing(SpiBus& bus, int& left) : bus_(bus), left_(left) {}
      Result<> Exchange(std::span<const std::span<unsigned char>> frames) override {
        if (left_-- == 0) return Error{ErrorCode::kRetry, "talk over it", EIO, ""};
        return bus_.Exchange(frames);
      }
      Result<> Reset() override { return bus_.Reset(); }
      const std::string& name() const override { return bus_.name(); }

     private:
      SpiBus& bus_;
      int& left_;
    } bus(model_, left);
    Mfrc522 chip(bus, clock_);
    EXPECT_FALSE(chip.Look()) << at;
    // A card that was left in the middle of it is silent once.
    const auto next = chip.Look();
    ASSERT_TRUE(next) << at;
    const auto then = next->cards.empty() ? chip.Look() : next;
    ASSERT_TRUE(then) << at;
    ASSERT_EQ(then->cards.size(), 1u) << at;
    EXPECT_EQ(then->cards[0].text(), "04A2B3C4D5E680") << at;
  }
}

}  // namespace
}  // namespace tamtap

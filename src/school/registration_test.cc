#include "school/registration.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tap/person_cards.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kRegistered = "2026-11-23 08:00:00";

Person Typed(std::string_view card, const std::string& first, const std::string& last) {
  Person person;
  person.first_name = first;
  person.last_name = last;
  person.section = "Narra";
  EXPECT_TRUE(TidyPerson(card, person));
  return person;
}

std::string Refusal(const auto& result) { return result ? "" : result.error().Message(); }

class RegistrationTest : public testing::Test {
 protected:
  RegistrationTest() {
    EXPECT_TRUE(Register(Typed("176B3325", "Ana", "Reyes"), FormerCard::kIsLost));
    EXPECT_TRUE(Register(Typed("DEADBEEF", "Ben", "Cruz"), FormerCard::kIsLost));
    EXPECT_TRUE(*Give("04A2B3C4D5E680", 0, FormerCard::kIsLost));  // Ana lost her first card
  }
  Result<> Register(const Person& person, FormerCard former) {
    return RegisterPerson(person, kRegistered, former, school_);
  }
  Result<bool> Give(std::string_view card, size_t place, FormerCard former) {
    return GiveCard(card, place, former, school_);
  }
  const Person& At(size_t place) const { return school_.people[place]; }

  School school_;
};

TEST_F(RegistrationTest, ALostCardIsGivenToNobodyElseUntilItIsSaidThatItCameBack) {
  const std::string refused = Refusal(Give("176B3325", 1, FormerCard::kIsLost));
  EXPECT_THAT(refused, HasSubstr("was that of Ana Reyes, who has 04A2B3C4D5E680 now"));
  EXPECT_THAT(refused, HasSubstr("say that it is returned"));
  EXPECT_EQ(At(1).NfcId(), "DEADBEEF");
  ASSERT_TRUE(*Give("176B3325", 1, FormerCard::kCameBack));
  EXPECT_EQ(At(1).NfcId(), "176B3325");
  EXPECT_EQ(At(1).person, "DEADBEEF") << "a person keeps their key";
  EXPECT_TRUE(At(0).replaced_cards.empty()) << "it is Ben's, and no card of Ana's that is refused";
  EXPECT_EQ(At(1).replaced_cards, std::vector<CardId>{*CardId::Parse("DEADBEEF")});
}

TEST_F(RegistrationTest, WhoFindsTheirOwnCardAgainNeedNotSaySo) {
  ASSERT_TRUE(*Give("176B3325", 0, FormerCard::kIsLost));
  EXPECT_EQ(At(0).NfcId(), "176B3325");
  EXPECT_EQ(At(0).replaced_cards, std::vector<CardId>{*CardId::Parse("04A2B3C4D5E680")});
}

TEST_F(RegistrationTest, ANewPersonWithACardThatCameBackHasAKeyOfTheirOwn) {
  const Person cora = Typed("176B3325", "Cora", "Santos");
  EXPECT_THAT(Refusal(Register(cora, FormerCard::kIsLost)), HasSubstr("say that it is returned"));
  ASSERT_TRUE(Register(cora, FormerCard::kCameBack));
  EXPECT_EQ(At(2).NfcId(), "176B3325");
  EXPECT_EQ(At(2).person, "176B3325~2") << "the other one is Ana's, with all that is kept of her";
  EXPECT_TRUE(At(0).replaced_cards.empty());
}

TEST_F(RegistrationTest, ALostCardIsKnownInEverySpelling) {
  const auto lose = [&](std::string_view card, const std::string& first, std::string_view next) {
    EXPECT_TRUE(Register(Typed(card, first, "Lim"), FormerCard::kIsLost));
    EXPECT_TRUE(*Give(next, school_.people.size() - 1, FormerCard::kIsLost));
    return school_.people.size() - 1;
  };
  const size_t cut =
      lose("584193394409", "Cora", "04000000000001");  // three bytes of it were known
  const size_t whole = lose("04A3C7CAE26180", "Dan", "04000000000002");
  const size_t plain = lose("A195D6A9", "Eva", "04000000000003");
  ASSERT_TRUE(*Give("0BADF00D", cut, FormerCard::kIsLost));  // and his key is not that card
  const struct {
    size_t former;
    std::string card;
  } cards[] = {{cut, "04A3C6CAE26180"},
               {whole, SpellingsOf(*CardId::Parse("04A3C7CAE26180"))[1].text},
               {plain, "2710951593"}};
  for (const auto& [former, card] : cards) {
    const auto was = HasSubstr("was that of " + At(former).name);
    const Person fay = Typed(card, "Fay", "Uy");
    EXPECT_THAT(Refusal(Register(fay, FormerCard::kIsLost)), was) << card;
    EXPECT_THAT(Refusal(Give(card, 1, FormerCard::kIsLost)), was) << card;
    const School before = school_;
    EXPECT_TRUE(*Give(card, 1, FormerCard::kCameBack)) << card;
    EXPECT_FALSE(CouldBeTheirs(At(former), *CardId::Parse("04A3C6CAE26180"))) << card;
    school_ = before;
    EXPECT_TRUE(Register(fay, FormerCard::kCameBack)) << card;
  }
}

TEST_F(RegistrationTest, ACardThatSomebodyHasIsGivenToNobodyElseWhateverIsSaid) {
  EXPECT_THAT(Refusal(Give("DEADBEEF", 0, FormerCard::kCameBack)),
              HasSubstr("belongs to Ben Cruz"));
  EXPECT_THAT(Refusal(Register(Typed("04A2B3C4D5E680", "Cora", "Santos"), FormerCard::kCameBack)),
              HasSubstr("belongs to Ana Reyes"));
}

TEST_F(RegistrationTest, OneAfterTheOtherEachSeesThoseBefore) {
  Registration registration(school_);
  EXPECT_TRUE(registration.Add(Typed("00000001", "Cora", "Santos"), FormerCard::kIsLost));
  EXPECT_THAT(Refusal(registration.Add(Typed("00000001", "Dan", "Lim"), FormerCard::kIsLost)),
              HasSubstr("belongs to Cora Santos"));
  EXPECT_TRUE(registration.Add(Typed("176B3325", "Eva", "Lim"), FormerCard::kCameBack));
  EXPECT_THAT(Refusal(registration.Add(Typed("176B3325", "Fay", "Uy"), FormerCard::kCameBack)),
              HasSubstr("belongs to Eva Lim"));
  EXPECT_EQ(school_.people.size(), 2u);
  registration.Finish(kRegistered);
  ASSERT_EQ(school_.people.size(), 4u);
  EXPECT_EQ(At(2).tamtap_id, "003");
  EXPECT_EQ(At(3).tamtap_id, "004");
  EXPECT_EQ(At(3).registered, kRegistered);
}

TEST_F(RegistrationTest, ThousandsAreRegisteredAtOnceInLittleTime) {
  Registration registration(school_);
  for (int n = 0; n < 20'000; ++n) {
    Person person = Typed(fmt::format("{:08X}", 0x30000000 + n), "P", std::to_string(n));
    ASSERT_TRUE(registration.Add(std::move(person), FormerCard::kIsLost));
  }
  registration.Finish(kRegistered);
  EXPECT_EQ(school_.people.size(), 20'002u);
}

}  // namespace
}  // namespace tamtap

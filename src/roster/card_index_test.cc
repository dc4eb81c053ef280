#include "roster/card_index.h"

#include <gmock/gmock.h>

#include "tap/person_cards.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CardId Card(std::string_view hex) { return *CardId::Parse(hex); }

Person Named(std::string_view name, std::string_view spelled, const CardId& known = {}) {
  Person person;
  SpellCard(spelled, known, person);
  person.person = PersonKeyOf(spelled);
  person.name = name;
  return person;
}

class CardIndexTest : public ::testing::Test {
 protected:
  // "Ana 51E69621": whose it is and the UID; or the refusal.
  std::string Tap(std::string_view text, CardFormat format = CardFormat::kAuto) {
    return Describe(PresentedCard::Text(text, format));
  }
  std::string TapUid(std::string_view uid) { return Describe(PresentedCard::Uid(Card(uid))); }

  std::string Describe(const PresentedCard& card) {
    const CardIndex index(people_);
    const CardOwner owner = index.OwnerOf(card);
    rivals_.clear();
    for (const Person* const rival : owner.rivals) rivals_.push_back(rival->name);
    is_first_ = owner.is_first_of_its_beginning;
    std::string text;
    if (owner.person != nullptr) text = owner.person->name + " ";
    return text + (owner.refusal == Refusal::kNone ? owner.card.text()
                                                   : std::string(ToString(owner.refusal)));
  }
  std::string Find(std::string_view spelled) {
    const CardIndex index(people_);
    const Person* const person = index.Find(spelled);
    return person == nullptr ? "nobody" : person->name;
  }

  std::vector<Person> people_;
  std::vector<std::string> rivals_;
  bool is_first_ = false;
};

TEST_F(CardIndexTest, AnyExactSpellingIsTheSameCard) {
  people_ = {Named("Ana", "176B3325"), Named("Ben", "04:a2:b3:c4:d5:e6:80")};
  for (const char* text : {"176B3325", "176b3325", "17:6B:33:25", "100582761834", "0x176B3325"}) {
    EXPECT_EQ(Tap(text), "Ana 176B3325") << text;
  }
  EXPECT_EQ(TapUid("04A2B3C4D5E680"), "Ben 04A2B3C4D5E680");
  EXPECT_EQ(TapUid("DEADBEEF"), "UNKNOWN_CARD");
}

TEST_F(CardIndexTest, ANumberIsTheReadingThatTheRosterKnows) {
  people_ = {Named("Ana", "51E69621"), Named("Ben", "A195D6A9")};
  EXPECT_EQ(Tap("0563537489"), "Ana 51E69621");
  EXPECT_EQ(Tap("2710951593"), "Ben A195D6A9");
  EXPECT_EQ(Tap("563537489"), "Ana 51E69621") << "though it could be SimpleMFRC522's 002196E6";
  EXPECT_EQ(Tap("0563537489", CardFormat::kDec), "UNKNOWN_CARD");
  EXPECT_EQ(Tap("1426522848"), "UNKNOWN_CARD");
  EXPECT_EQ(Tap("hello"), "UNREADABLE_CARD");
  EXPECT_EQ(Tap("123"), "UNREADABLE_CARD");
}

TEST_F(CardIndexTest, WhereTwoReadingsAreTwoPeopleNeitherIsMeant) {
  people_ = {Named("Ana", "51E69621"), Named("Ben", "2196E651")};
  EXPECT_EQ(Tap("0563537489"), "AMBIGUOUS_CARD");
  EXPECT_THAT(rivals_, ElementsAre("Ben", "Ana"));
  EXPECT_EQ(Tap("0563537489", CardFormat::kDec), "Ben 2196E651");
  EXPECT_EQ(Tap("0563537489", CardFormat::kDecReversed), "Ana 51E69621");
  EXPECT_EQ(Tap("51E69621"), "Ana 51E69621");
}

TEST_F(CardIndexTest, ARegisteredNumberMatchesInEitherByteOrder) {
  people_ = {Named("Ana", "2710951593"), Named("Ben", "0563537489"), Named("Cy", "305419896")};
  EXPECT_EQ(TapUid("A195D6A9"), "Ana A195D6A9");
  EXPECT_EQ(TapUid("A9D695A1"), "Ana A9D695A1");
  EXPECT_EQ(Tap("2710951593"), "Ana ") << "which card it is, the number does not say";
  EXPECT_EQ(Tap("2710951593", CardFormat::kDec), "Ana A195D6A9");
  EXPECT_EQ(TapUid("51E69621"), "Ben 51E69621");
  EXPECT_EQ(TapUid("2196E651"), "Ben 2196E651");
  EXPECT_EQ(TapUid("12345678"), "Cy 12345678");
  EXPECT_EQ(TapUid("78563412"), "Cy 78563412");
  EXPECT_EQ(Tap("0305419896"), "Cy ");
}

TEST_F(CardIndexTest, WhoCertainlyHasACardHasIt) {
  people_ = {Named("Ana", "2710951593"), Named("Ben", "A9D695A1")};
  EXPECT_EQ(TapUid("A9D695A1"), "Ben A9D695A1");
  EXPECT_EQ(TapUid("A195D6A9"), "Ana A195D6A9");
  EXPECT_EQ(Tap("2710951593"), "AMBIGUOUS_CARD");
  people_ = {Named("Ana", "2710951593"), Named("Ben", "2849412513")};  // each is the other reversed
  EXPECT_EQ(TapUid("A195D6A9"), "AMBIGUOUS_CARD");
}

TEST_F(CardIndexTest, EightDigitsAreAUidFirstAndANumberBesides) {
  people_ = {Named("Ana", "12345678")};
  EXPECT_EQ(TapUid("12345678"), "Ana 12345678");
  EXPECT_EQ(TapUid("00BC614E"), "Ana 00BC614E");
  EXPECT_EQ(Tap("12345678"), "Ana 12345678");
  people_.push_back(Named("Ben", "00BC614E"));
  EXPECT_EQ(TapUid("00BC614E"), "Ben 00BC614E");
}

TEST_F(CardIndexTest, TheFirstCardOfARegisteredBeginningIsTheirs) {
  people_ = {Named("Ana", "584193394409")};
  EXPECT_EQ(TapUid("04A3C6CAE26180"), "Ana 04A3C6CAE26180");
  EXPECT_TRUE(is_first_);
  EXPECT_EQ(Tap("584193394409"), "Ana ");
  EXPECT_FALSE(is_first_);
  EXPECT_EQ(Tap("2282005446"), "Ana ") << "as an Arduino prints it";
  EXPECT_EQ(TapUid("04A3C7CAE26180"), "UNKNOWN_CARD");
}

TEST_F(CardIndexTest, AnotherCardOfThatBeginningIsRefusedAndNamesWhoHasOne) {
  people_ = {Named("Ana", "584193394409", Card("04A3C6CAE26180")), Named("Ben", "04A3C7CAE26180")};
  EXPECT_EQ(TapUid("04A3C6CAE26180"), "Ana 04A3C6CAE26180");
  EXPECT_FALSE(is_first_);
  EXPECT_EQ(Tap("584193394409"), "Ana 04A3C6CAE26180");
  EXPECT_EQ(TapUid("04A3C6CAE26181"), "UNKNOWN_CARD");
  EXPECT_THAT(rivals_, ElementsAre("Ana"));
  EXPECT_EQ(TapUid("04A3C7CAE26181"), "UNKNOWN_CARD");
  EXPECT_THAT(rivals_, IsEmpty()) << "his whole card is registered: nothing is in doubt";
}

TEST_F(CardIndexTest, AReaderThatGivesABeginningMeansWhoeverHasSuchACard) {
  people_ = {Named("Ana", "04A3C6CAE26180"), Named("Ben", "04B3C6CAE26180")};
  EXPECT_EQ(Tap("584193394409"), "Ana 04A3C6CAE26180");
  people_.push_back(Named("Cy", "04A3C6CAE26181"));
  EXPECT_EQ(Tap("584193394409"), "AMBIGUOUS_CARD");
}

TEST_F(CardIndexTest, AReplacedCardSaysWhoseItWas) {
  people_ = {Named("Ana", "176B3325"), Named("Ben", "2710951593")};
  ReplaceCard("04A2B3C4", people_[0]);
  ReplaceCard("04A2B3C5", people_[1]);
  EXPECT_EQ(TapUid("176B3325"), "Ana CARD_REPLACED");
  EXPECT_EQ(Tap("100582761834"), "Ana CARD_REPLACED");
  EXPECT_EQ(TapUid("A9D695A1"), "Ben CARD_REPLACED");
  EXPECT_EQ(Tap("2710951593"), "Ben CARD_REPLACED");
  EXPECT_EQ(TapUid("04A2B3C4"), "Ana 04A2B3C4");
  people_.push_back(Named("Cy", "176B3325"));  // it was given to somebody else
  EXPECT_EQ(TapUid("176B3325"), "Cy 176B3325");
}

TEST_F(CardIndexTest, AReplacedCardOfWhichABeginningWasKnownSaysWhoseItWas) {
  people_ = {Named("Ana", "584193394409"), Named("Ben", "04A3C7CAE26180")};
  ReplaceCard("04A2B3C4", people_[0]);
  ReplaceCard("04A2B3C5", people_[1]);
  EXPECT_EQ(TapUid("04A3C6CAE26180"), "Ana CARD_REPLACED");
  EXPECT_EQ(Tap("584193394409"), "Ana CARD_REPLACED");
  EXPECT_EQ(Tap("2282005446"), "Ana CARD_REPLACED") << "as an Arduino prints it";
  EXPECT_EQ(Tap(SpellingsOf(Card("04A3C7CAE26180"))[1].text), "Ben CARD_REPLACED")
      << "a reader cut it";
  EXPECT_EQ(TapUid("04A3C7CAE26181"), "UNKNOWN_CARD") << "his whole card is known: this is another";
  people_.push_back(Named("Cy", "04A3C6CAE26180"));
  EXPECT_EQ(TapUid("04A3C6CAE26180"), "Cy 04A3C6CAE26180") << "it was given to somebody else";
  ReplaceCard("04A3C6CAE26181", people_[0]);
  EXPECT_EQ(TapUid("04A3C6CAE26181"), "Ana 04A3C6CAE26181");
}

TEST_F(CardIndexTest, PeopleAreFoundByAnySpelling) {
  people_ = {Named("Ana", "100582761834"), Named("Ben", "2710951593"), Named("Cy", "584193394409"),
             Named("Dina", "LRN-102938"),  Named("Eli", "a/b"),        Named("Flo", "04A2B3C4")};
  ReplaceCard("04A2B3C5", people_[5]);
  const std::pair<const char*, const char*> kFound[] = {
      {"100582761834", "Ana"}, {"176B3325", "Ana"},      {"17:6b:33:25", "Ana"},
      {"2710951593", "Ben"},   {"A195D6A9", "Ben"},      {"A9D695A1", "Ben"},
      {"584193394409", "Cy"},  {"04A3C6CAE26180", "Cy"}, {"8804A3C6", "Cy"},
      {"LRN-102938", "Dina"},  {" LRN-102938 ", "Dina"}, {"a/b", "Eli"},
      {"04A2B3C4", "Flo"},     {"04A2B3C5", "Flo"},      {"DEADBEEF", "nobody"},
      {"", "nobody"},          {"lrn-102938", "nobody"}};
  for (const auto& [spelled, name] : kFound) EXPECT_EQ(Find(spelled), name) << spelled;
  EXPECT_EQ(Find(people_[4].person), "Eli");
}

TEST_F(CardIndexTest, AnIdThatNoReaderGivesIsNoCardAtTheGate) {
  people_ = {Named("Dina", "LRN-102938")};
  EXPECT_EQ(Tap("LRN-102938"), "UNREADABLE_CARD");
}

}  // namespace
}  // namespace tamtap

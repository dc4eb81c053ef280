#include "tap/person_cards.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tap/school_json.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Person With(std::string_view spelled, const CardId& known = {}) {
  Person person;
  SpellCard(spelled, known, person);
  person.person = PersonKeyOf(spelled);
  person.name = "Ana Reyes";
  person.first_name = "Ana";
  person.last_name = "Reyes";
  return person;
}

CardId Card(std::string_view hex) { return *CardId::Parse(hex); }

TEST(PersonCardsTest, ThePersonKeepsTheSpellingOfTheSchool) {
  for (const char* spelled :
       {"04A2B3C4", "100582761834", "2710951593", "584193394409", "LRN-102938", "04:a2:b3:c4",
        "0563537489", "8804A3C6", "12345678", "\xC3\xB1"}) {
    const Person person = With(spelled);
    EXPECT_EQ(person.NfcId(), spelled);
    const auto again = PersonFromJson(ToJson(person), person.role);
    ASSERT_TRUE(again) << spelled;
    EXPECT_EQ(*again, person) << spelled;
  }
  EXPECT_EQ(With("100582761834").card.text(), "176B3325");
  EXPECT_EQ(With("2710951593").card.text(), "");
  EXPECT_EQ(With("584193394409").card.text(), "");
}

TEST(PersonCardsTest, ACardThatIsKnownStandsAlone) {
  const Person person = With("584193394409", Card("04A3C6CAE26180"));
  EXPECT_EQ(CardsOf(person).uid.text(), "04A3C6CAE26180");
  EXPECT_FALSE(CardsOf(person).MayBe(Card("04A3C6CAE26181")));
  EXPECT_TRUE(CardsOf(With("584193394409")).MayBe(Card("04A3C6CAE26181")));
  EXPECT_TRUE(CardsOf(With("12345678")).MayBe(Card("00BC614E")));
  const auto again = PersonFromJson(ToJson(person), person.role);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, person);
}

TEST(PersonCardsTest, PeopleOfExistingDatabasesAreReadWhateverTheirIdIs) {
  const std::pair<const char*, const char*> kDocuments[] = {
      {R"({"nfc_id":100582761834})", "176B3325"},
      {R"({"nfc_id":100582761834.0})", "176B3325"},
      {R"({"nfc_id":2710951593})", "2710951593"},
      {R"({"uid":"2710951593"})", "2710951593"},
      {R"({"nfc_id":"","uid":"04A2B3C4"})", "04A2B3C4"},
      {R"({"nfc_id":584193394409})", "8804A3C6"},
      {R"({"nfc_id":"LRN-102938"})", "LRN-102938"},
      {R"({"nfc_id":"a/b"})", "a_b~c14cddc0"},
      {R"({"nfc_id":" 04a2b3c4 "})", "04A2B3C4"},
      {R"({"nfc_id":"NEW","person":"176B3325"})", "176B3325"}};
  for (const auto& [document, key] : kDocuments) {
    const auto person = PersonFromJson(boost::json::parse(document), Role::kStudent);
    ASSERT_TRUE(person) << document << person.error().Message();
    EXPECT_EQ(person->person, key);
  }
  for (const char* document :
       {R"({})", R"({"nfc_id":""})", R"({"nfc_id":"  "})", R"({"nfc_id":null})",
        R"({"nfc_id":"A","card":"hello"})", R"({"nfc_id":"A","person":"a/b"})"}) {
    EXPECT_FALSE(PersonFromJson(boost::json::parse(document), Role::kStudent)) << document;
  }
}

TEST(PersonCardsTest, AReplacedCardIsKeptAsTheirsAndIsNoLongerTheirCard) {
  Person person = With("100582761834");
  ReplaceCard("04A2B3C4", person);
  EXPECT_EQ(person.card.text(), "04A2B3C4");
  EXPECT_EQ(person.person, "176B3325");
  EXPECT_THAT(person.replaced_cards, ElementsAre(Card("176B3325")));
  EXPECT_TRUE(CouldBeTheirs(person, Card("176B3325")));
  EXPECT_FALSE(CardsOf(person).MayBe(Card("176B3325")));
  ReplaceCard("04A2B3C4", person);
  EXPECT_THAT(person.replaced_cards, ElementsAre(Card("176B3325"))) << "the same card again";
  ReplaceCard("176B3325", person);  // found again
  EXPECT_THAT(person.replaced_cards, ElementsAre(Card("04A2B3C4")));
}

TEST(PersonCardsTest, AllThatAReplacedNumberMayMeanIsReplaced) {
  Person person = With("2710951593");
  ReplaceCard("04A2B3C4", person);
  EXPECT_THAT(person.replaced_cards, ElementsAre(Card("A195D6A9"), Card("A9D695A1")));
}

TEST(PersonCardsTest, ACardThatIsReplacedBeforeItCameWasAnyOfItsBeginning) {
  Person person = With("584193394409");
  ReplaceCard("04A2B3C4", person);
  EXPECT_THAT(person.replaced_cards, ElementsAre(CutCardOf("04A3C6")));
  EXPECT_TRUE(CouldBeTheirs(person, Card("04A3C6CAE26180"))) << "it came at a gate meanwhile";
  EXPECT_FALSE(CouldBeTheirs(person, Card("04A3C7CAE26180")));
}

TEST(PersonCardsTest, AnyCardOfARegisteredBeginningCouldBeTheirs) {
  const Person person = With("584193394409", Card("04A3C6CAE26180"));
  EXPECT_TRUE(CouldBeTheirs(person, Card("04A3C6CAE26181")))
      << "another gate may have seen it first";
  EXPECT_FALSE(CouldBeTheirs(person, Card("04A3C7CAE26181")));
  EXPECT_FALSE(CouldBeTheirs(person, CardId()));
}

}  // namespace
}  // namespace tamtap

// Any bytes as the text of a reader, and as the id that a school registered. The first byte says
// the format.
#include <boost/json.hpp>
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "tap/person_cards.h"
#include "tap/presented_card.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

constexpr CardFormat kFormats[] = {CardFormat::kAuto,        CardFormat::kHex,
                                   CardFormat::kHexReversed, CardFormat::kDec,
                                   CardFormat::kDecReversed, CardFormat::kMfrc522};

void CheckReadings(const CardReadings& readings) {
  const auto check = [](const CardId& card) {
    CHECK(CardId::FromHex(card.text()) == card);
    CHECK(card.text().size() != 8 || !card.text().starts_with("88"));
  };
  if (!readings.uid.empty()) check(readings.uid);
  for (const CardId& card : readings.possible) {
    check(card);
    CHECK(card != readings.uid && readings.MayBe(card));
  }
  for (const std::string& beginning : readings.beginnings) {
    CHECK(readings.MayBe(*CardId::Parse(beginning + "00000000")));
  }
  CHECK(readings.possible.size() + readings.beginnings.size() <= 3);
}

void TryText(std::string_view text, CardFormat format) {
  const PresentedCard card = PresentedCard::Text(text, format);
  CHECK(card.text.size() <= PresentedCard::kMostCardText && IsUtf8(card.text));
  CHECK(card.text.find_first_of("\r\n\x1B") == std::string::npos);
  CheckReadings(card.readings);
}

void TryPerson(std::string_view spelled) {
  CheckReadings(ReadingsOf(spelled));
  CHECK(IsPersonKey(PersonKeyOf(spelled)));
  Person person;
  SpellCard(spelled, CardId(), person);
  person.person = PersonKeyOf(spelled);
  person.name = "Ana";
  CheckReadings(CardsOf(person));
  if (IsUtf8(spelled)) {
    const auto again = PersonFromJson(ToJson(person), Role::kStudent);
    if (again) CHECK(*again == person);
  }
  ReplaceCard("04A2B3C4", person);
  for (const CardId& card : person.replaced_cards) CHECK(!CardsOf(person).MayBe(card));
}

}  // namespace
}  // namespace tamtap

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  tamtap::TryText(text, tamtap::kFormats[data[0] % std::size(tamtap::kFormats)]);
  tamtap::TryPerson(text);
  return 0;
}

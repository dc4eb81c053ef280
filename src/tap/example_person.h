// A plausible learner for tests.
#pragma once

#include <string>

#include "tap/school.h"

namespace tamtap {

inline Person ExamplePerson(const std::string& card, const std::string& first,
                            const std::string& last, const std::string& section = "Narra") {
  Person person;
  person.card = *CardId::Parse(card);
  person.person = card;
  person.first_name = first;
  person.last_name = last;
  person.name = first + " " + last;
  person.grade = "7";
  person.section = section;
  return person;
}

}  // namespace tamtap

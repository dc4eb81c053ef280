// Guardian: somebody who is told of a person's arrival, departure or absence because they have
// asked for it. Guardians are known to the central store and its servers alone: they are no facts
// of the school (school/facts.h), so no gate ever holds them. Pure values and functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tamtap {

enum class MessageKind { kArrival, kDeparture, kAbsence, kStaff };
std::string_view ToString(MessageKind kind);  // "arrival" "departure" "absence" "staff"
std::optional<MessageKind> MessageKindFrom(std::string_view text);

enum class Language { kEnglish, kFilipino };
std::string_view ToString(Language language);  // "en" | "fil"
std::optional<Language> LanguageFrom(std::string_view text);

struct Guardian {
  std::string id;  // drawn at random when they are added; stays theirs
  std::string name;
  std::string mail;   // empty: none
  std::string phone;  // digits, perhaps after a '+'; empty: none
  Language language = Language::kEnglish;
  bool arrival = false;
  bool departure = false;
  bool absence = false;

  bool Wants(MessageKind kind) const;
  friend bool operator==(const Guardian&, const Guardian&) = default;
};

inline constexpr size_t kMostGuardians = 8;  // of one person

boost::json::object ToJson(const Guardian& guardian);
// Checks and tidies what somebody typed or a store holds. kRejected, with a sentence: there is no
// name, neither address nor number, or one that can't be written to.
Result<Guardian> GuardianFromJson(const boost::json::value& value);

// Whether mail can be sent to that address as it stands: name@host, ASCII, no spaces.
bool IsMailAddress(std::string_view text);
// The number with nothing but its digits and a leading '+'; empty: it is none.
std::string PhoneFrom(std::string_view text);

}  // namespace tamtap

// WordsRule: what a school has decided about words to guardians: whether, when, how many, and what
// they read. Whom, each guardian decides (messages/guardian.h); by which mail server or gateway,
// the server's own settings say. Pure values and functions.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tamtap {

// From when to when nobody is written to, in minutes of the day; over midnight if it ends earlier
// than it begins. None if both are equal.
struct QuietHours {
  int from = 20 * 60;
  int until = 6 * 60;

  bool Holds(int minutes) const;
  // How many minutes are left of them; 0: they do not hold.
  int MinutesLeft(int minutes) const;
  std::string ToText() const;  // "20:00-06:00" | "off"
  static std::optional<QuietHours> From(std::string_view text);
  friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

// A text for each kind in English and in Filipino: arrival, departure, absence.
inline constexpr size_t kWordsTexts = 6;
inline constexpr std::array<std::string_view, kWordsTexts> kFirstWords = {
    "{name} arrived at {school} at {time} on {date}.",
    "Dumating si {name} sa {school} nang {time}, {date}.",
    "{name} left {school} at {time} on {date}.",
    "Umalis si {name} sa {school} nang {time}, {date}.",
    "{name} was not recorded at {school} by {time} on {date}. If you know why, please tell the "
    "adviser.",
    "Hindi pa naitala si {name} sa {school} hanggang {time}, {date}. Kung alam ninyo ang dahilan, "
    "pakisabi sa tagapayo."};
inline constexpr std::string_view kWordsTake =
    "a line with {name}, {first_name}, {section}, {school}, {time} and {date}";

struct WordsRule {
  bool on = false;
  int absent_at = 10 * 60;  // minutes of the day
  QuietHours quiet;
  int expire_minutes = 120;
  int most_to_one = 6;
  int most_a_day = 5'000;
  std::array<std::string, kWordsTexts> texts{};  // empty: as kFirstWords

  std::string_view TextOf(size_t which) const {
    return texts[which].empty() ? kFirstWords[which] : std::string_view(texts[which]);
  }
};

// Why guardians can't be sent that: too long, more than a line, or an unknown word in braces.
// Empty: they can.
std::string WhyNoWords(std::string_view text);

// `text` with the value of each "{key}" in its place. What stands in braces and is no key stays.
std::string FillWords(std::string_view text,
                      const std::map<std::string, std::string, std::less<>>& values);

std::string TimeOfDay(int minutes);  // "HH:MM"

}  // namespace tamtap

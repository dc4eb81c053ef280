#include "tap/school_settings.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"
#include "base/text.h"
#include "base/unreadable.h"
#include "base/visible.h"

namespace tamtap {
namespace {

constexpr int kMinutesOfADay = 24 * 60;
constexpr int kMostDays = 36'500;
constexpr int kFewestRecordsDays = 30;
constexpr int kMostPatienceMs = 10'000;
constexpr size_t kLongestLine = 16;   // characters of a 16x2 display
constexpr size_t kLongestText = 200;  // bytes of a line for people
constexpr size_t kMostFormer = 16;    // time zones; a school that moves has one or two
constexpr size_t kShown = 60;         // bytes of a value that an error repeats

// Reads `text` into the setting, and gives the one spelling in which it is kept.
using Reader = Result<std::string> (*)(std::string_view text, SchoolSettings& settings);

Error NotAValue(std::string_view text, std::string_view what) {
  return Error{ErrorCode::kRejected, fmt::format("the value '{}'", Shortened(text, kShown)), 0,
               fmt::format("this setting takes {}", what)};
}

Result<bool> OnOrOff(std::string_view text) {
  const std::string lower = LowerAscii(text);
  for (const std::string_view yes : {"on", "true", "yes", "1"}) {
    if (lower == yes) return true;
  }
  for (const std::string_view no : {"off", "false", "no", "0"}) {
    if (lower == no) return false;
  }
  return NotAValue(text, "on or off");
}

Result<int> Whole(std::string_view text, int least, int most) {
  int number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || number < least ||
      number > most) {
    return NotAValue(text, fmt::format("a whole number from {} to {}", least, most));
  }
  return number;
}

Result<std::string> ReadTimezone(std::string_view text, SchoolSettings& settings) {
  TAMTAP_TRY(const TimeZone zone, TimeZone::Load(text));
  settings.timezone = zone;
  return zone.name();
}

Result<std::string> ReadFormerTimezones(std::string_view text, SchoolSettings& settings) {
  const std::string kept(text);
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    TAMTAP_TRY(const TimeZone zone, TimeZone::Load(text.substr(0, comma)));
    settings.former_timezones.push_back(zone);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return kept;
}

Result<std::string> ReadDepartures(std::string_view text, SchoolSettings& settings) {
  TAMTAP_TRY(settings.departures.on, OnOrOff(text));
  return std::string(settings.departures.on ? "on" : "off");
}

Result<std::string> ReadDeparturesAfter(std::string_view text, SchoolSettings& settings) {
  TAMTAP_TRY(settings.departures.after_minutes, Whole(text, 1, kMinutesOfADay));
  return std::to_string(settings.departures.after_minutes);
}

Result<std::string> ReadIdleText(std::string_view text, SchoolSettings& settings) {
  const size_t slash = text.find('/');
  const auto fits = [](std::string_view line) {
    size_t characters = 0;
    for (; !line.empty(); ++characters) TakeCodePoint(line);
    return characters <= kLongestLine;
  };
  const std::string_view upper = TrimSpace(text.substr(0, slash));
  const std::string_view lower =
      slash == std::string_view::npos ? std::string_view() : TrimSpace(text.substr(slash + 1));
  const bool seen = VisibleLine(text) == text;
  if (upper.empty() || !fits(upper) || !fits(lower) || lower.find('/') != lower.npos || !seen) {
    return NotAValue(text, "two lines of at most 16 characters, LINE/LINE");
  }
  settings.idle_text = fmt::format("{}/{}", upper, lower);
  return settings.idle_text;
}

// One line for people: the name of the school; an office, an address, a number to call.
template <std::string SchoolSettings::*kSetting>
Result<std::string> ReadLine(std::string_view text, SchoolSettings& settings) {
  if (text.size() > kLongestText || VisibleLine(text) != text) {
    return NotAValue(text, fmt::format("one line of at most {} bytes", kLongestText));
  }
  settings.*kSetting = text;
  return settings.*kSetting;
}

template <bool SchoolSettings::*kSetting>
Result<std::string> ReadOnOrOff(std::string_view text, SchoolSettings& settings) {
  TAMTAP_TRY(settings.*kSetting, OnOrOff(text));
  return std::string(settings.*kSetting ? "on" : "off");
}

// Existing systems keep this one as true or false, and go on reading it.
Result<std::string> ReadSaturdayClasses(std::string_view text, SchoolSettings& settings) {
  TAMTAP_TRY(settings.saturday_classes, OnOrOff(text));
  return std::string(settings.saturday_classes ? "true" : "false");
}

// A number of minutes, days or milliseconds.
template <auto kSetting, int kMost>
Result<std::string> ReadNumber(std::string_view text, SchoolSettings& settings) {
  TAMTAP_TRY(const int number, Whole(text, 0, kMost));
  settings.*kSetting = number;
  return std::to_string(number);
}

Result<std::string> ReadWordsOn(std::string_view text, SchoolSettings& settings) {
  TAMTAP_TRY(settings.words.on, OnOrOff(text));
  return std::string(settings.words.on ? "on" : "off");
}

template <int WordsRule::*kSetting, int kLeast, int kMost>
Result<std::string> ReadWordsNumber(std::string_view text, SchoolSettings& settings) {
  TAMTAP_TRY(settings.words.*kSetting, Whole(text, kLeast, kMost));
  return std::to_string(settings.words.*kSetting);
}

Result<std::string> ReadAbsentAt(std::string_view text, SchoolSettings& settings) {
  const int minutes = MinutesFrom(text);
  if (minutes < 0 || minutes >= kMinutesOfADay) return NotAValue(text, "a time of day, HH:MM");
  settings.words.absent_at = minutes;
  return TimeOfDay(minutes);
}

Result<std::string> ReadQuiet(std::string_view text, SchoolSettings& settings) {
  const auto read = QuietHours::From(text);
  if (!read) return NotAValue(text, "HH:MM-HH:MM, or off");
  settings.words.quiet = *read;
  return read->ToText();
}

template <size_t kText>
Result<std::string> ReadWordsText(std::string_view text, SchoolSettings& settings) {
  if (const std::string why = WhyNoWords(text); !why.empty()) return NotAValue(text, why);
  settings.words.texts[kText] = text;
  return std::string(text);
}

// What is older is removed for good, so a slip of the finger must not take a term away.
Result<std::string> ReadRecordsDays(std::string_view text, SchoolSettings& settings) {
  TAMTAP_TRY(const int days, Whole(text, 0, kMostDays));
  if (days > 0 && days < kFewestRecordsDays) {
    return NotAValue(text, fmt::format("0 for good, or a whole number from {} to {}: older days "
                                       "are removed for good",
                                       kFewestRecordsDays, kMostDays));
  }
  settings.records_days = days;
  return std::to_string(days);
}

struct Entry {
  SettingKey key;
  Reader read;
};
constexpr std::array kEntries = {
    Entry{{"school.name", "a line of text", "",
           "What the school is called: on pages, in reports and notices, in words to people"},
          ReadLine<&SchoolSettings::school_name>},
    Entry{{kTimezoneKey, "an IANA name such as Asia/Manila", "what the server was started with",
           "The school's time zone: \"day\" means the day there"},
          ReadTimezone},
    Entry{{"departures", "on or off", "off",
           "Whether a later tap of the day is recorded as a departure"},
          ReadDepartures},
    Entry{{"departures.after_minutes", "minutes, 1 to 1440", "30",
           "How long after the first tap of the day one is a departure; sooner is a duplicate"},
          ReadDeparturesAfter},
    Entry{{"grace_period_minutes", "minutes, 0 to 1440", "20",
           "Until when after the start of classes a tap is on time; a schedule may say other"},
          ReadNumber<&SchoolSettings::grace_minutes, kMinutesOfADay>},
    Entry{{"absent_threshold_minutes", "minutes, 0 to 1440", "60",
           "Until when a tap is late, and not absent; a schedule may say other"},
          ReadNumber<&SchoolSettings::absent_minutes, kMinutesOfADay>},
    Entry{{"saturdayClassesEnabled", "true or false", "false",
           "Whether every Saturday is a class day"},
          ReadSaturdayClasses},
    Entry{{"camera.enabled", "on or off", "on",
           "Whether gates that have a camera take a photo of each tap and look for a face in it"},
          ReadOnOrOff<&SchoolSettings::camera_enabled>},
    Entry{{"camera.required", "on or off", "off",
           "Whether a tap is refused when the camera fails; else it is recorded without a photo"},
          ReadOnOrOff<&SchoolSettings::camera_required>},
    Entry{{"face.eyes", "on or off", "off",
           "Whether an open eye must be seen; dark glasses and much hair are then refused"},
          ReadOnOrOff<&SchoolSettings::face_eyes>},
    Entry{{"face.patience_ms", "milliseconds, 0 to 10000", "1000",
           "How long a face is looked for before a tap is refused; 0: one look"},
          ReadNumber<&SchoolSettings::face_patience_ms, kMostPatienceMs>},
    Entry{{"texts.idle", "LINE/LINE, 16 characters each", "WAITING FOR/TAMARAW...",
           "What the gates show while nobody taps"},
          ReadIdleText},
    Entry{{"retention.journal_days", "days; 0: for good", "400",
           "How long confirmed taps stay in a gate's journal as a backup; not longer than records"},
          ReadNumber<&SchoolSettings::journal_days, kMostDays>},
    Entry{{"retention.records_days", "days; 0: for good", "0",
           "How long attendance is kept; older days are removed, and not taken from gates either"},
          ReadRecordsDays},
    Entry{{"retention.refusals_days", "days; 0: for good", "400",
           "How long it is kept who was turned away at a gate"},
          ReadNumber<&SchoolSettings::refusals_days, kMostDays>},
    Entry{{"retention.photos_days", "days; 0: as long as records", "0",
           "How long photos are kept, on the server and at gates"},
          ReadNumber<&SchoolSettings::photos_days, kMostDays>},
    Entry{{"privacy.contact", "a line of text", "",
           "Whom people ask about their data; it stands in the privacy notice"},
          ReadLine<&SchoolSettings::privacy_contact>},
    Entry{{"words.guardians", "on or off", "off",
           "Whether guardians who asked for it are told; how, the server's own settings say"},
          ReadWordsOn},
    Entry{{"words.absent_at", "a time of day, HH:MM", "10:00",
           "From when on guardians are told that somebody has not come; later for later classes"},
          ReadAbsentAt},
    Entry{{"words.quiet", "HH:MM-HH:MM, or off", "20:00-06:00", "When no guardian is written to"},
          ReadQuiet},
    Entry{{"words.expire_minutes", "minutes, 5 to 720", "120",
           "How old news may be when guardians are told; what is older is not told any more"},
          ReadWordsNumber<&WordsRule::expire_minutes, 5, 720>},
    Entry{{"words.most_to_one", "messages, 1 to 50", "6",
           "How many messages a day go to one address or number at most"},
          ReadWordsNumber<&WordsRule::most_to_one, 1, 50>},
    Entry{{"words.most_a_day", "messages, 1 to 100000", "5000",
           "How many messages a day go to guardians at most"},
          ReadWordsNumber<&WordsRule::most_a_day, 1, 100'000>},
    Entry{{"words.arrival.en", kWordsTake, kFirstWords[0],
           "What guardians read when somebody arrives, in English"},
          ReadWordsText<0>},
    Entry{{"words.arrival.fil", kWordsTake, kFirstWords[1],
           "What guardians read when somebody arrives, in Filipino"},
          ReadWordsText<1>},
    Entry{{"words.departure.en", kWordsTake, kFirstWords[2],
           "What guardians read when somebody leaves, in English"},
          ReadWordsText<2>},
    Entry{{"words.departure.fil", kWordsTake, kFirstWords[3],
           "What guardians read when somebody leaves, in Filipino"},
          ReadWordsText<3>},
    Entry{{"words.absence.en", kWordsTake, kFirstWords[4],
           "What guardians read when somebody has not come, in English"},
          ReadWordsText<4>},
    Entry{{"words.absence.fil", kWordsTake, kFirstWords[5],
           "What guardians read when somebody has not come, in Filipino"},
          ReadWordsText<5>},
};
constexpr auto kKeys = [] {
  std::array<SettingKey, kEntries.size()> keys{};
  for (size_t i = 0; i < keys.size(); ++i) keys[i] = kEntries[i].key;
  return keys;
}();

// Null: the key means nothing here.
Reader ReaderOf(std::string_view key) {
  if (key == kFormerTimezonesKey) return ReadFormerTimezones;  // which is kept by itself
  const auto entry = std::find_if(kEntries.begin(), kEntries.end(),
                                  [key](const Entry& each) { return each.key.key == key; });
  return entry == kEntries.end() ? nullptr : entry->read;
}

Error NoSuchKey(std::string_view key) {
  std::string known;
  for (const SettingKey& each : kKeys) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", each.key);
  }
  return Error{ErrorCode::kRejected, fmt::format("the setting '{}'", Shortened(key, kShown)), 0,
               fmt::format("there is none; there are {}", known)};
}

// "Asia/Manila,Asia/Tokyo": the zones that held before, without the one that holds now.
std::string FormerZones(const SchoolSettings& before, const TimeZone& next) {
  std::vector<TimeZone> former = before.former_timezones;
  former.push_back(*before.timezone);
  std::string names;
  size_t count = 0;
  for (size_t i = former.size(); i-- > 0 && count < kMostFormer;) {
    const bool again = std::find(former.begin() + static_cast<std::ptrdiff_t>(i) + 1, former.end(),
                                 former[i]) != former.end();
    if (again || former[i] == next) continue;
    names = names.empty() ? former[i].name() : fmt::format("{},{}", former[i].name(), names);
    ++count;
  }
  return names;
}

}  // namespace

SchoolSettings ReadSettings(const SettingsByKey& settings) {
  SchoolSettings read;
  for (const auto& [key, text] : settings) {
    const Reader reader = ReaderOf(key);
    if (reader == nullptr) continue;
    SchoolSettings with = read;
    if (const auto value = reader(TrimSpace(text), with)) {
      read = std::move(with);
    } else {
      NoteUnreadable(fmt::format("the school's setting {}", key), value.error());
    }
  }
  return read;
}

int SchoolSettings::PhotoDays() const {
  const int records = records_days.value_or(0);
  if (photos_days == 0 || records == 0) return std::max(photos_days, records);
  return std::min(photos_days, records);
}

std::span<const SettingKey> SettingKeys() { return kKeys; }

Result<SettingsByKey> SettingChanges(const SettingsByKey& now, std::string_view key,
                                     std::string_view value) {
  const Reader reader = key == kFormerTimezonesKey ? nullptr : ReaderOf(key);
  if (reader == nullptr) return NoSuchKey(key);
  SchoolSettings next;
  auto spelled = reader(TrimSpace(value), next);
  // Whatever a reader makes of it (of a time zone: that the settings of a program are wrong), it
  // was asked for here, and refused.
  if (!spelled) {
    Error refused = spelled.error();
    refused.code = ErrorCode::kRejected;
    return refused;
  }
  SettingsByKey changes;
  if (key == kTimezoneKey) {
    const SchoolSettings before = ReadSettings(now);
    if (before.timezone && before.timezone != next.timezone) {
      changes.emplace(kFormerTimezonesKey, FormerZones(before, *next.timezone));
    }
  }
  changes.emplace(key, *std::move(spelled));
  SettingsByKey after = changes;
  after.insert(now.begin(), now.end());
  if (const SchoolSettings all = ReadSettings(after); all.grace_minutes > all.absent_minutes) {
    return Error{ErrorCode::kRejected, fmt::format("set {} to {}", key, value), 0,
                 fmt::format("a tap would be absent after {} minutes and on time until {}; change "
                             "the other one first",
                             all.absent_minutes, all.grace_minutes)};
  }
  return changes;
}

Error NotTheSchoolsZone(std::string_view asked, const TimeZone& schools) {
  return Error{ErrorCode::kMisconfigured, fmt::format("--timezone {}", asked), 0,
               fmt::format("the school's time zone is {}, as its master says; leave the flag out, "
                           "or change the school's with `tamtap settings set timezone {}`",
                           schools.name(), asked)};
}

}  // namespace tamtap

#include "server/record_judge.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "tap/imported_tap_id.h"
#include "tap/mark.h"
#include "tap/person_cards.h"
#include "tap/same_person.h"

namespace tamtap {
namespace {

using std::chrono::microseconds;

// No gate recorded anything before there was this software.
constexpr std::string_view kFirstDay = "2026-01-01";
// A gate's time zone rules may be older than ours: the law of the land has changed by an hour.
constexpr int64_t kRulesDifferUs = 3'600'000'000;
constexpr int64_t kSecondUs = 1'000'000;
// Of the years 1 to 9999.
constexpr int64_t kFirstInstantUs = -62'135'596'800'000'000;
constexpr int64_t kLastInstantUs = 253'402'300'799'000'000;
constexpr int kMostSearches = 64;   // for people of the past, in one request
constexpr int kMostOfOneCard = 16;  // people who had it, one after the other
constexpr size_t kLongest = 64;     // of what a reason repeats

// What somebody is remembered by: the UID, or the school's spelling where it was not read.
const std::string& CardOf(const Record& record) {
  return record.card.empty() ? record.nfc_id : record.card.text();
}

Error NotBelieved(std::string why) { return {ErrorCode::kRejected, std::move(why), 0, {}}; }

// Minutes east of UTC that an ISO 8601 text ends with: "...+08:00"; nothing if it does not.
std::optional<int> OffsetOf(std::string_view iso) {
  if (iso.ends_with('Z')) return 0;
  if (iso.size() < 6) return std::nullopt;
  const std::string_view end = iso.substr(iso.size() - 6);
  int hours = 0;
  int minutes = 0;
  if ((end[0] != '+' && end[0] != '-') || end[3] != ':') return std::nullopt;
  const auto number = [&](size_t at, int& value) {
    const auto [stop, failed] = std::from_chars(end.data() + at, end.data() + at + 2, value);
    return failed == std::errc() && stop == end.data() + at + 2 && value >= 0;
  };
  if (!number(1, hours) || !number(4, minutes)) return std::nullopt;
  return (end[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

// Who has a key that follows from the record's, and is meant by it; null: nobody, for all that is
// known. By their name they are whatever card they have now, for the first was that of the key. By
// a name that was corrected since, only if nobody has the first key, and by a tap with their card
// since they were registered.
const Person* NewOwnerOf(const Record& record, const CardIndex& cards) {
  const Person named = NamedLike(record);
  const bool has_left = cards.FindPerson(record.person) == nullptr;
  const Person* alike = nullptr;
  std::string key = record.person;
  for (int n = 0; n < kMostOfOneCard; ++n) {
    key = NextPersonKey(key);
    const Person* const owner = cards.FindPerson(key);
    if (owner == nullptr) continue;
    const bool has_card =
        record.card.empty() ? owner->NfcId() == record.NfcId() : CouldBeTheirs(*owner, record.card);
    if (HaveOneName(*owner, named)) {
      if (has_card) return owner;
      alike = owner;
    } else if (alike == nullptr && has_left && has_card && record.date >= owner->registered &&
               IsSpelledAlike(*owner, named)) {
      alike = owner;
    }
  }
  return alike;
}

}  // namespace

std::string WhyImpossible(const Record& record, const SchoolDays& days) {
  static const Result<TimeZone> utc = TimeZone::Load("Etc/UTC");
  const std::string shown = record.date.substr(0, 10);  // the day on the school's wall
  const bool of_night = IsDay(shown) && record.day == AddDays(shown, -1) &&
                        MinutesFrom(record.time.substr(0, 5)) <= days.day_before_until;
  if (record.date != shown + " " + record.time || (record.day != shown && !of_night)) {
    return "its date, day and time contradict each other";
  }
  if (record.tapped_at_us < kFirstInstantUs || record.tapped_at_us > kLastInstantUs) {
    return "the instant that it names is none";
  }
  const auto wall = utc->FromLocal(record.date);  // the same digits, as if they were UTC's
  if (!wall) return "its date is none";
  const int64_t wall_us = wall->time_since_epoch().count();
  // To the second: what is behind it stands in the instant alone.
  const int64_t second_us =
      record.tapped_at_us - ((record.tapped_at_us % kSecondUs) + kSecondUs) % kSecondUs;
  const auto offset = OffsetOf(record.tapped_at);
  const std::string prefix = shown + "T" + record.time;
  if (!offset || !record.tapped_at.starts_with(prefix) ||
      wall_us - int64_t{*offset} * 60 * kSecondUs != second_us) {
    return "its date and time are not those of the instant that it names";
  }
  const WallTime instant{microseconds(record.tapped_at_us)};
  const auto agrees = [&](const TimeZone& each) {
    const auto here = utc->FromLocal(each.ToLocal(instant).date);
    return here && std::abs(here->time_since_epoch().count() - wall_us) <= kRulesDifferUs;
  };
  const auto& former = days.former_zones;
  if (agrees(days.zone) || std::any_of(former.begin(), former.end(), agrees)) return {};
  return fmt::format(
      "the gate's clock shows another time zone than the school's, {}: it wrote {} where it was {}",
      days.zone.name(), record.date, days.zone.ToLocal(instant).date);
}

Result<> RecordJudge::GiveToNewOwner(Record& record) {
  TAMTAP_TRY(auto school, school_.Current());
  const auto is_named = [&record](const Person* person) {
    return person != nullptr && FoldedName(person->name) == FoldedName(record.name);
  };
  if (is_named(school.roster->cards().FindPerson(record.person))) return {};
  if (record.tap.terminal == kImportTerminal) return {};
  if (!looked_again_) {  // they may have left, and another have come, a moment ago
    looked_again_ = true;
    school_.LookAgain();
    TAMTAP_TRY(school, school_.Current());
  }
  if (const Person* const owner = NewOwnerOf(record, school.roster->cards())) {
    record.person = owner->person;
  }
  return {};
}

Result<std::optional<Error>> RecordJudge::Judge(const Record& record) {
  TAMTAP_TRY(Doubt doubt, DoubtOf(record));
  if (!doubt || doubt->code != ErrorCode::kRejected) return doubt;
  TAMTAP_TRY(const bool vouched, trust_.IsVouchedFor(record.tap.ToString()));
  return vouched ? Doubt() : doubt;
}

Result<RecordJudge::Doubt> RecordJudge::DoubtOf(const Record& record) {
  TAMTAP_TRY(const auto school, school_.Current());
  const SchoolSettings& settings = school.roster->settings();
  const SchoolDays days{zone_, settings.former_timezones, school.roster->MostDayBeforeUntil()};
  if (std::string why = WhyImpossible(record, days); !why.empty()) {
    return Doubt(NotBelieved(std::move(why)));
  }
  int keep_days = settings.records_days.value_or(0);
  if (keep_days_ > 0) keep_days = keep_days == 0 ? keep_days_ : std::min(keep_days, keep_days_);
  if (Doubt doubt = DoubtOfDay(record, keep_days)) return doubt;
  const bool imported = record.tap.terminal == kImportTerminal;
  if (imported && record.tap != ImportedTapId(record) &&
      record.tap != FormerImportedTapId(record)) {
    return Doubt(NotBelieved("its id is not that of an imported tap of this card and moment"));
  }
  // What a file of former years says of a day, staff may have said.
  if (!imported && record.status == Status::kExcused) {
    return Doubt(NotBelieved("it says \"excused\", which staff alone say"));
  }
  if (!imported && record.staff != StaffWords()) {
    return Doubt(NotBelieved("it says who marked that day, which staff alone say"));
  }
  TAMTAP_TRY(Doubt voided, DoubtOfVoided(record));
  // An import is the past: those people may have left before there was this software.
  if (voided || imported) return voided;
  return DoubtOfPerson(record);
}

RecordJudge::Doubt RecordJudge::DoubtOfDay(const Record& record, int keep_days) const {
  const bool imported = record.tap.terminal == kImportTerminal;
  if (!imported && record.day < kFirstDay) {
    return NotBelieved(fmt::format(
        "its day, {}, is before there was this software: the gate's clock was wrong", record.day));
  }
  // Nobody vouches for this server's own clock: it may be that which is wrong.
  if (!clock_.Synchronised()) return std::nullopt;
  const std::string today = zone_.ToLocal(clock_.Now()).day;
  if (record.day > AddDays(today, 1)) {
    return NotBelieved(
        fmt::format("its day, {}, is yet to come: the gate's clock was wrong", record.day));
  }
  if (keep_days > 0 && record.day < AddDays(today, -keep_days)) {
    return NotBelieved(
        fmt::format("its day, {}, is further back than the {} days that records are kept",
                    record.day, keep_days));
  }
  return std::nullopt;
}

Result<std::optional<bool>> RecordJudge::IsOfSchool(const Record& record) {
  TAMTAP_TRY(const auto school, school_.Current());
  const Roster& roster = *school.roster;
  if (roster.school().people.empty()) return std::optional<bool>();
  const Person* const person = roster.cards().FindPerson(record.person);
  if (person == nullptr) return std::optional(false);
  // Where the gate's reader did not say the whole UID, the id that it knew them by must do.
  if (record.card.empty()) return std::optional(person->NfcId() == record.NfcId());
  return std::optional(CouldBeTheirs(*person, record.card));
}

Result<RecordJudge::Doubt> RecordJudge::DoubtOfPerson(const Record& record) {
  TAMTAP_TRY(const auto now, IsOfSchool(record));
  if (!now || *now) return Doubt();
  TAMTAP_TRY(const bool before, trust_.WasCardOf(CardOf(record), record.person));
  if (before) return Doubt();
  // Someone may have been registered since this server last looked.
  if (!looked_again_) {
    looked_again_ = true;
    school_.LookAgain();
    TAMTAP_TRY(const auto again, IsOfSchool(record));
    if (!again || *again) return Doubt();
  }
  // Nobody is refused for good by what was known before they came: who was registered a moment ago
  // may be missing there.
  TAMTAP_TRY(const auto school, school_.Current());
  if (school.asked_at < began_) {
    return Doubt(
        Error{ErrorCode::kRetry, "the list of people is too old to judge this tap; later", 0, {}});
  }
  TAMTAP_TRY(const auto came, HasCome(record));
  if (!came) {
    return Doubt(Error{ErrorCode::kRetry,
                       "too many people at once who are not of the school; this one later",
                       0,
                       {}});
  }
  if (*came) return Doubt();
  // The store says what becomes of what somebody tapped who was erased since.
  TAMTAP_TRY(const bool erased, store_.Personal().WasErased(record.person));
  if (erased) return Doubt();
  return Doubt(NotBelieved(
      fmt::format("nobody of the school has, or ever had, the card {} and the number {}: register "
                  "them, and try this tap again",
                  CardOf(record).substr(0, kLongest), record.person.substr(0, kLongest))));
}

// This server may be younger than the school: people who left before it came stand in the store
// with the days on which they came.
Result<std::optional<bool>> RecordJudge::HasCome(const Record& record) {
  if (++searches_ > kMostSearches) return std::optional<bool>();
  TAMTAP_TRY(const auto found,
             store_.FindAttendance({"0001-01-01", "9998-12-31", std::nullopt, record.person}));
  const bool came = std::any_of(found.begin(), found.end(), [&](const Attendance& each) {
    // What was imported was not held against the school.
    return CardOf(each.arrival) == CardOf(record) && each.arrival.tap.terminal != kImportTerminal;
  });
  if (!came) return std::optional(false);
  const KnownCard known{record.person, CardOf(record)};
  if (const auto kept = trust_.RememberCards({&known, 1}); !kept) {
    LogWarning("server: {}", kept.error().Message());
  }
  return std::optional(true);
}

Result<const VoidedDays*> RecordJudge::FindVoided(const TapId& tap, std::string_view day) {
  if (!voided_) {
    TAMTAP_TRY(voided_, trust_.Voided());
  }
  for (const VoidedDays& each : *voided_) {
    if (each.terminal == tap.terminal && each.first_day <= day && day <= each.last_day) {
      return &each;
    }
  }
  return static_cast<const VoidedDays*>(nullptr);
}

Result<bool> RecordJudge::IsVoided(const TapId& tap, std::string_view day) {
  const std::string id = tap.ToString();
  if (tap.terminal == kImportTerminal) {
    TAMTAP_TRY(const bool voided, trust_.IsVoidedImport(id));
    if (!voided) return false;
  } else {
    TAMTAP_TRY(const VoidedDays* const voided, FindVoided(tap, day));
    if (voided == nullptr) return false;
  }
  TAMTAP_TRY(const bool vouched, trust_.IsVouchedFor(id));
  return !vouched;
}

Result<RecordJudge::Doubt> RecordJudge::DoubtOfVoided(const Record& record) {
  if (record.tap.terminal == kImportTerminal) {
    TAMTAP_TRY(const bool voided, trust_.IsVoidedImport(record.tap.ToString()));
    if (!voided) return Doubt();
    return Doubt(NotBelieved("an admin voided what the gate that imported it had brought"));
  }
  TAMTAP_TRY(const VoidedDays* const voided, FindVoided(record.tap, record.day));
  if (voided == nullptr) return Doubt();
  return Doubt(NotBelieved(fmt::format("{} voided what {} recorded from {} to {}", voided->by,
                                       voided->terminal, voided->first_day, voided->last_day)));
}

}  // namespace tamtap

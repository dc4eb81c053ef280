#include "messages/message_planner.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/log.h"
#include "tap/departure.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// Of a store that does not say of every change that there was one.
constexpr seconds kReadAgain{60};
constexpr seconds kAbsencesAgain{30};
constexpr std::chrono::hours kGateOfTheSchool{7 * 24};  // unheard of for longer: out of use
constexpr minutes kMostAhead{10};                       // of a gate's clock
constexpr size_t kMostDays = 3;

// When what a record says happened or was said.
WallTime MadeAt(const Record& record) {
  const int64_t us = IsMark(record) ? kAfterEveryTapUs - record.tapped_at_us : record.tapped_at_us;
  return WallTime(std::chrono::microseconds(us));
}

std::string KeyOf(MessageKind kind, const std::string& person) {
  return fmt::format("{} {}", ToString(kind), person);
}

std::string HourAndMinute(const std::string& time) { return time.substr(0, 5); }

// The departure's instant; `attendance` has one.
WallTime DepartedAt(const Attendance& attendance) {
  for (const TapReference& tap : attendance.taps) {
    if (tap.tapped_at == attendance.departed_at) {
      return WallTime(std::chrono::microseconds(tap.tapped_at_us));
    }
  }
  return MadeAt(attendance.arrival);
}

}  // namespace

ToTell ToTellOf(Attendance attendance, const SchoolSettings& settings) {
  const Record& arrival = attendance.arrival;
  const bool was_here =
      arrival.status != Status::kExcused && (!IsMark(arrival) || IsMarkOfPresence(arrival));
  ToTell told;
  // A time that nobody vouches for is none to tell.
  if (!was_here || arrival.clock == ClockState::kUnsure) return told;
  told.arrival = HourAndMinute(arrival.time);
  told.arrived = MadeAt(arrival);
  DeriveDeparture(settings.departures, attendance);
  if (attendance.departure.empty()) return told;
  told.departure = HourAndMinute(attendance.departure);
  told.departed = DepartedAt(attendance);
  return told;
}

Way WayTo(const Guardian& guardian, const WordsOptions& options) {
  if (!guardian.phone.empty() && !options.gateway.url.empty()) {
    return {Channel::kGateway, guardian.phone};
  }
  if (!guardian.mail.empty() && !options.mail.url.empty()) return {Channel::kMail, guardian.mail};
  return {};
}

Result<> MessagePlanner::Plan(WallTime now) {
  TAMTAP_TRY(const std::shared_ptr<const Roster> roster, parts_.roster());
  const WordsRule& rule = roster->settings().words;
  held_.clear();
  if (!rule.on) return {};
  const std::string today = parts_.zone.ToLocal(now).day;
  // After midnight there may be news of the evening before.
  const std::string before = parts_.zone.ToLocal(now - minutes(rule.expire_minutes)).day;
  if (before != today) TAMTAP_RETURN_IF_ERROR(PlanDay(before, *roster, now));
  TAMTAP_RETURN_IF_ERROR(PlanDay(today, *roster, now));
  TAMTAP_RETURN_IF_ERROR(PlanAbsences(today, *roster, now));
  while (days_.size() > kMostDays) days_.erase(days_.begin());
  return {};
}

Result<> MessagePlanner::PlanDay(const std::string& day, const Roster& roster, WallTime now) {
  Seen& seen = days_[day];
  TAMTAP_TRY(const std::string version, parts_.version(day));
  const MonotonicTime clock = parts_.clock.MonotonicNow();
  if (version == seen.version && clock < seen.again) return {};
  TAMTAP_TRY(const auto attendances, parts_.attendance(day, ""));
  std::vector<News> news;
  std::set<std::string> recorded;
  for (const Attendance& each : attendances) {
    const Record& arrival = each.arrival;
    const Person* const owner = roster.WhoseIs(arrival);
    const std::string& person = owner == nullptr ? arrival.person : owner->person;
    if (IsMark(arrival) && arrival.status == Status::kAbsent) continue;
    recorded.insert(person);
    if (owner == nullptr) continue;
    const ToTell told = ToTellOf(each, roster.settings());
    const auto add = [&](MessageKind kind, const std::string& time, WallTime at) {
      if (!time.empty() && !seen.told.contains(KeyOf(kind, person))) {
        news.push_back({kind, person, time, at});
      }
    };
    add(MessageKind::kArrival, told.arrival, told.arrived);
    add(MessageKind::kDeparture, told.departure, told.departed);
  }
  TAMTAP_RETURN_IF_ERROR(Add(day, news, roster.settings().words, now));
  seen.version = version;
  seen.again = clock + kReadAgain;
  seen.recorded = std::move(recorded);
  return {};
}

Result<std::string> MessagePlanner::WhyHeld(WallTime now) {
  TAMTAP_TRY(const auto gates, parts_.gates());
  for (const GateNews& gate : gates) {
    if (gate.last_seen == WallTime() || now - gate.last_seen > kGateOfTheSchool) continue;
    if (!gate.online) {
      return fmt::format("the gate {} is silent, and may hold taps that nobody knows of",
                         gate.Called());
    }
    if (gate.pending > 0) {
      return fmt::format("the gate {} has {} taps yet to hand over", gate.Called(), gate.pending);
    }
  }
  return std::string();
}

Result<> MessagePlanner::PlanAbsences(const std::string& day, const Roster& roster, WallTime now) {
  Seen& seen = days_[day];
  const WordsRule& rule = roster.settings().words;
  const LocalTime local = parts_.zone.ToLocal(now);
  if (local.minutes < rule.absent_at) return {};
  TAMTAP_TRY(held_, WhyHeld(now));
  if (!held_.empty()) return {};
  const MonotonicTime clock = parts_.clock.MonotonicNow();
  if (clock < seen.next_absences) return {};
  std::map<std::string, int> due_of;  // by section, minutes of the day; negative: no classes
  std::vector<News> news;
  for (const Person& person : roster.school().people) {
    if (person.role != Role::kStudent || seen.recorded.contains(person.person)) continue;
    if (seen.told.contains(KeyOf(MessageKind::kAbsence, person.person))) continue;
    const auto [due, fresh] = due_of.emplace(person.section, -1);
    if (fresh) {
      const DayOfSection of = roster.DayFor(person.section, day);
      if (of.has_classes) {
        due->second = std::max(rule.absent_at, of.hours.start + of.absent_minutes);
      }
    }
    if (due->second < 0 || due->second > local.minutes) continue;
    const auto late = minutes(local.minutes - due->second);
    if (late > minutes(rule.expire_minutes)) continue;  // nobody was here to tell it in time
    news.push_back({MessageKind::kAbsence, person.person, TimeOfDay(local.minutes), now});
  }
  TAMTAP_RETURN_IF_ERROR(Add(day, news, rule, now));
  seen.next_absences = clock + kAbsencesAgain;
  return {};
}

Message MessagePlanner::MessageOf(const std::string& day, const News& news,
                                  const Guardian& guardian, const WordsRule& rule,
                                  WallTime now) const {
  const Way way = WayTo(guardian, parts_.options);
  Message message;
  message.id = MessageId(news.kind, day, news.person, guardian.id);
  message.kind = news.kind;
  message.day = day;
  message.person = news.person;
  message.guardian = guardian.id;
  message.recipient = RecipientOf(way.address);
  message.channel = way.channel;
  message.time = news.time;
  const WallTime expires = news.at + minutes(rule.expire_minutes);
  const int quiet = rule.quiet.MinutesLeft(parts_.zone.ToLocal(now).minutes);
  const WallTime due = now + minutes(quiet);
  message.due_us = MicrosecondsOf(due);
  message.expires_us = MicrosecondsOf(expires);
  message.changed_us = MicrosecondsOf(now);
  if (now > expires || news.at > now + kMostAhead) {
    message.state = MessageState::kDropped;
    message.detail = fmt::format("too late to tell: it is news of {} minutes ago",
                                 std::chrono::duration_cast<minutes>(now - news.at).count());
  } else if (due > expires) {
    message.state = MessageState::kDropped;
    message.detail = "it came in the quiet hours, and would be too old when they end";
  }
  return message;
}

Result<> MessagePlanner::Add(const std::string& day, const std::vector<News>& news,
                             const WordsRule& rule, WallTime now) {
  if (news.empty()) return {};
  std::vector<std::string> people;
  for (const News& each : news) people.push_back(each.person);
  TAMTAP_TRY(const auto guardians, parts_.store.GuardiansOfAll(people));
  std::vector<Message> messages;
  for (const News& each : news) {
    const auto theirs = guardians.find(each.person);
    if (theirs == guardians.end()) continue;
    std::set<std::string> addresses;
    for (const Guardian& guardian : theirs->second) {
      const std::string address = WayTo(guardian, parts_.options).address;
      if (!guardian.Wants(each.kind) || address.empty()) continue;
      // Somebody may have been entered twice.
      if (!addresses.insert(address).second) continue;
      messages.push_back(MessageOf(day, each, guardian, rule, now));
    }
  }
  if (!messages.empty()) {
    TAMTAP_TRY(const size_t added, parts_.store.AddMessages(messages));
    if (added > 0) LogDebug("words: {} more in the outbox", added);
  }
  for (const News& each : news) days_[day].told.insert(KeyOf(each.kind, each.person));
  return {};
}

}  // namespace tamtap

#include "messages/staff_word.h"

#include <fmt/core.h>

#include <algorithm>

namespace tamtap {
namespace {

using std::chrono::minutes;

// A gate reports every five seconds; a restart or a cable that is moved is no news.
constexpr minutes kSilentFor{10};
constexpr minutes kBacklogOf{30};
constexpr std::chrono::hours kInUse{30 * 24};  // unheard of for longer: out of use
// A server that comes up later in the day has nothing to say of the morning.
constexpr int kLateMinutes = 6 * 60;
constexpr std::chrono::hours kExpires{6};

std::string Since(std::chrono::seconds age) {
  const auto whole = std::chrono::duration_cast<minutes>(age).count();
  if (whole < 120) return fmt::format("{} minutes", whole);
  if (whole < 48 * 60) return fmt::format("{} hours", whole / 60);
  return fmt::format("{} days", whole / (24 * 60));
}

}  // namespace

std::vector<StaffWord::Trouble> StaffWord::TroublesOf(const std::vector<GateNews>& gates,
                                                      WallTime now) const {
  std::vector<Trouble> troubles;
  for (const GateNews& gate : gates) {
    if (gate.last_seen == WallTime()) continue;  // it was never there
    const auto silent = std::chrono::duration_cast<std::chrono::seconds>(now - gate.last_seen);
    if (silent > kInUse) continue;
    const std::string backlog =
        gate.pending == 0 ? std::string()
                          : fmt::format(" It had {} taps yet to hand over, the oldest {} old.",
                                        gate.pending, Since(gate.oldest_pending));
    if (!gate.online && silent >= kSilentFor) {
      troubles.push_back({gate.name, "silent",
                          fmt::format("The gate {} has been silent since {} ({}).{}", gate.Called(),
                                      parts_.zone.ToLocal(gate.last_seen).date.substr(0, 16),
                                      Since(silent), backlog)});
    } else if (gate.pending > 0 && gate.oldest_pending >= kBacklogOf) {
      troubles.push_back(
          {gate.name, "backlog",
           fmt::format("The gate {} answers, but {} taps do not get through; the oldest has waited "
                       "for {}.",
                       gate.Called(), gate.pending, Since(gate.oldest_pending))});
    }
  }
  return troubles;
}

std::vector<Message> StaffWord::MessagesOf(const std::string& day, const std::string& about,
                                           const std::string& text, WallTime now) const {
  std::vector<Message> messages;
  const auto add = [&](Channel channel, const std::string& address) {
    Message message;
    message.kind = MessageKind::kStaff;
    message.day = day;
    message.guardian = address;
    message.id = MessageId(message.kind, day, about, address);
    message.recipient = RecipientOf(address);
    message.channel = channel;
    message.time = parts_.zone.ToLocal(now).time.substr(0, 5);
    message.text = text;
    message.due_us = message.changed_us = MicrosecondsOf(now);
    message.expires_us = MicrosecondsOf(now + kExpires);
    messages.push_back(std::move(message));
  };
  const WordsOptions& options = parts_.options;
  if (!options.mail.url.empty()) {
    for (const std::string& to : options.staff.to) add(Channel::kMail, to);
  }
  // Its address may hold a secret, and is not written down.
  if (!options.staff.webhook.empty()) add(Channel::kWebhook, "webhook");
  return messages;
}

Result<std::string> StaffWord::Heading() const {
  TAMTAP_TRY(const std::shared_ptr<const Roster> roster, parts_.roster());
  const std::string& name = roster->settings().school_name;
  return name.empty() ? std::string("TamTap") : "TamTap, " + name;
}

Result<> StaffWord::PlanDaily(const std::string& day, const std::vector<Trouble>& troubles,
                              WallTime now) {
  TAMTAP_TRY(const std::string heading, Heading());
  std::string text;
  for (const Trouble& each : troubles) text += each.text + "\n";
  const bool well = troubles.empty();
  if (well) text = "All gates answer, and none has taps that wait.\n";
  const std::string subject =
      well ? heading + ": all gates are well" : heading + ": gates need a look";
  std::vector<Message> messages = MessagesOf(day, "", subject + "\n" + text, now);
  // That there was nothing to say is noted too: the day's word is settled, whatever comes later.
  if (well && !parts_.options.staff.always) {
    for (Message& each : messages) {
      each.state = MessageState::kDropped;
      each.detail = "all gates were well";
    }
  }
  TAMTAP_TRY(const size_t added, parts_.store.AddMessages(messages));
  static_cast<void>(added);
  told_day_ = day;
  return {};
}

Result<> StaffWord::PlanAtOnce(const std::string& day, const std::vector<Trouble>& troubles,
                               WallTime now) {
  for (const Trouble& each : troubles) {
    TAMTAP_TRY(const std::string heading, Heading());
    const auto messages = MessagesOf(
        day, each.what + " " + each.gate,
        fmt::format("{}: the gate {} needs a look\n{}\n", heading, each.gate, each.text), now);
    TAMTAP_TRY(const size_t added, parts_.store.AddMessages(messages));
    static_cast<void>(added);
  }
  return {};
}

Result<> StaffWord::Plan(WallTime now) {
  const WordsOptions& options = parts_.options;
  if (!options.TellsStaff()) return {};
  const LocalTime local = parts_.zone.ToLocal(now);
  const bool daily = told_day_ != local.day && local.minutes >= options.staff.at &&
                     local.minutes < options.staff.at + kLateMinutes;
  if (!daily && !options.staff.at_once) return {};
  TAMTAP_TRY(const std::shared_ptr<const Roster> roster, parts_.roster());
  // Gates may be switched off when there are no classes.
  if (!roster->DayForAll(local.day).has_classes && !options.staff.always) return {};
  TAMTAP_TRY(const auto gates, parts_.gates());
  const auto troubles = TroublesOf(gates, now);
  if (daily) TAMTAP_RETURN_IF_ERROR(PlanDaily(local.day, troubles, now));
  if (options.staff.at_once && local.minutes >= options.staff.at) {
    TAMTAP_RETURN_IF_ERROR(PlanAtOnce(local.day, troubles, now));
  }
  return {};
}

}  // namespace tamtap

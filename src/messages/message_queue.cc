#include "messages/message_queue.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/log.h"
#include "base/random.h"
#include "messages/mail_bytes.h"
#include "messages/message_planner.h"
#include "messages/said_back.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr int64_t kMostAttempts = 12;
constexpr seconds kLongestPause{900};
constexpr seconds kLongestChannelPause{60};
constexpr std::string_view kLeft =
    "its server stopped while it was being sent: it may have arrived, and is not sent again";
constexpr std::string_view kSubjects[3][2] = {
    {"{name} arrived", "Dumating si {name}"},
    {"{name} left", "Umalis si {name}"},
    {"{name} was not recorded", "Hindi naitala si {name}"}};
constexpr std::string_view kNoName[2] = {"the school", "paaralan"};

MessageOutcome Dropped(std::string why) { return {MessageState::kDropped, 0, std::move(why)}; }

// `first`, `first` * 2, and so on, up to `longest`.
seconds Doubled(seconds first, int64_t times, seconds longest) {
  return std::min(longest, first * (int64_t{1} << std::clamp<int64_t>(times, 0, 20)));
}

}  // namespace

GuardianText TextFor(const Message& message, const Guardian& guardian, const Person& person,
                     const SchoolSettings& settings) {
  const size_t language = guardian.language == Language::kFilipino ? 1 : 0;
  const size_t kind = std::min<size_t>(static_cast<size_t>(message.kind), 2);
  const std::map<std::string, std::string, std::less<>> values{
      {"name", person.name},
      {"first_name", person.first_name.empty() ? person.name : person.first_name},
      {"section", person.section},
      {"school",
       settings.school_name.empty() ? std::string(kNoName[language]) : settings.school_name},
      {"time", message.time},
      {"date", message.day}};
  return {FillWords(kSubjects[kind][language], values),
          FillWords(settings.words.TextOf(2 * kind + language), values)};
}

Result<> MessageQueue::GiveUpClaims() {
  const WallTime now = parts_.clock.Now();
  TAMTAP_TRY(const size_t left,
             parts_.store.GiveUpClaims(MicrosecondsOf(now - Lease()), kLeft, MicrosecondsOf(now)));
  if (left > 0) LogWarning("words: {} messages: {}", left, kLeft);
  return {};
}

Result<bool> MessageQueue::SendOne() {
  std::vector<Channel> channels = parts_.options.Channels();
  const MonotonicTime clock = parts_.clock.MonotonicNow();
  std::erase_if(channels, [&](Channel channel) { return pauses_[channel].until > clock; });
  if (channels.empty()) return false;
  const WallTime now = parts_.clock.Now();
  TAMTAP_TRY(const auto claimed, parts_.store.ClaimMessage(channels, MicrosecondsOf(now)));
  if (!claimed) return false;
  Letter letter;
  auto without = LookAgain(*claimed, now, letter);
  if (!without) {
    // Nothing was sent: it goes back as it was.
    const MessageOutcome later{MessageState::kWaiting, MicrosecondsOf(now + parts_.options.retry),
                               without.error().Message()};
    TAMTAP_RETURN_IF_ERROR(Settle(*claimed, later));
    return without.error();
  }
  if (*without) {
    TAMTAP_RETURN_IF_ERROR(Settle(*claimed, **without));
    return true;
  }
  Sending sending = Send(*claimed, letter, now);
  // The outbox and the log know nobody's address, whatever the other side repeats of it.
  sending.detail = WithoutThese(
      sending.detail, HiddenOf(parts_.options, letter.address, {letter.name, letter.ward}));
  TAMTAP_RETURN_IF_ERROR(Settle(*claimed, OutcomeOf(*claimed, sending, parts_.clock.Now())));
  return true;
}

Result<> MessageQueue::Settle(const Message& message, const MessageOutcome& outcome) {
  if (outcome.state == MessageState::kFailed) {
    LogWarning("words: a message of {} failed: {}", message.day, outcome.detail);
  }
  TAMTAP_TRY(const bool settled,
             parts_.store.SettleMessage(message, outcome, MicrosecondsOf(parts_.clock.Now())));
  if (!settled) LogWarning("words: a message of {} was settled by somebody else", message.day);
  return {};
}

Result<std::optional<MessageOutcome>> MessageQueue::LookAtRecord(const Message& message,
                                                                 const SchoolSettings& settings,
                                                                 std::string& time) {
  using Without = std::optional<MessageOutcome>;
  TAMTAP_TRY(const auto records, parts_.attendance(message.day, message.person));
  if (message.kind == MessageKind::kAbsence) {
    const bool absent = std::all_of(records.begin(), records.end(), [](const Attendance& each) {
      return IsMark(each.arrival) && each.arrival.status == Status::kAbsent;
    });
    return absent ? Without() : Without(Dropped("the person has come, or is excused, meanwhile"));
  }
  for (const Attendance& each : records) {
    const ToTell told = ToTellOf(each, settings);
    time = message.kind == MessageKind::kDeparture ? told.departure : told.arrival;
    if (!time.empty()) return Without();
  }
  return Without(Dropped("what it would tell was taken back meanwhile"));
}

Result<std::optional<MessageOutcome>> MessageQueue::LookAgain(const Message& message, WallTime now,
                                                              Letter& letter) {
  using Without = std::optional<MessageOutcome>;
  if (MicrosecondsOf(now) > message.expires_us) {
    return Without(Dropped(message.detail.empty() ? std::string("too late to tell")
                                                  : "too late to tell; " + message.detail));
  }
  TAMTAP_TRY(const std::shared_ptr<const Roster> roster, parts_.roster());
  if (message.kind == MessageKind::kStaff) {
    letter.address =
        message.channel == Channel::kWebhook ? parts_.options.staff.webhook : message.guardian;
    letter.text = message.text;
    if (letter.address.empty()) {
      return Without(Dropped("this server has no such address any more"));
    }
    return Without();
  }
  const SchoolSettings& settings = roster->settings();
  if (!settings.words.on) return Without(Dropped("words to guardians are switched off"));
  const Person* const person = roster->cards().FindPerson(message.person);
  if (person == nullptr) return Without(Dropped("the person has left the school"));
  TAMTAP_TRY(const auto guardians, parts_.store.GuardiansOf(message.person));
  const auto guardian = std::find_if(guardians.begin(), guardians.end(), [&](const Guardian& each) {
    return each.id == message.guardian;
  });
  if (guardian == guardians.end() || !guardian->Wants(message.kind)) {
    return Without(Dropped("the guardian does not want it any more"));
  }
  letter.address = message.channel == Channel::kMail ? guardian->mail : guardian->phone;
  if (letter.address.empty()) {
    return Without(Dropped("the guardian has no such address any more"));
  }
  Message now_known = message;
  TAMTAP_TRY(Without without, LookAtRecord(message, settings, now_known.time));
  if (without) return without;
  const int quiet = settings.words.quiet.MinutesLeft(parts_.zone.ToLocal(now).minutes);
  if (quiet > 0) {
    const int64_t due_us = MicrosecondsOf(now + minutes(quiet));
    if (due_us > message.expires_us) {
      return Without(Dropped("it would be too old when the quiet hours end"));
    }
    return Without(MessageOutcome{MessageState::kWaiting, due_us, "the hours are quiet"});
  }
  // These count the message itself, which is claimed.
  TAMTAP_TRY(const size_t to_one, parts_.store.CountSent(message.day, message.recipient));
  if (to_one > static_cast<size_t>(settings.words.most_to_one)) {
    return Without(Dropped("the day's most to one address are sent"));
  }
  TAMTAP_TRY(const size_t to_all, parts_.store.CountSent(message.day, ""));
  if (to_all > static_cast<size_t>(settings.words.most_a_day)) {
    return Without(Dropped("the day's most are sent"));
  }
  letter.name = guardian->name;
  letter.ward = person->name;
  const GuardianText told = TextFor(now_known, *guardian, *person, settings);
  letter.text = message.channel == Channel::kMail ? told.subject + "\n" + told.text : told.text;
  return Without();
}

Sending MessageQueue::Send(const Message& message, const Letter& letter, WallTime now) {
  const WordsOptions& options = parts_.options;
  const SendLimits limits{options.timeout, &stop_};
  if (message.channel == Channel::kGateway) {
    HttpCall call = GatewayCall(options.gateway, letter.address, letter.text, message.id);
    call.ca_file = options.ca_file;
    return parts_.sender.SendHttp(call, options.gateway.good, limits);
  }
  if (message.channel == Channel::kWebhook) {
    HttpCall call = WebhookCall(letter.address, letter.text, message.day, message.id);
    call.ca_file = options.ca_file;
    return parts_.sender.SendHttp(call, {}, limits);
  }
  const auto roster = parts_.roster();
  const size_t line = letter.text.find('\n');
  MailText mail;
  mail.id = message.id;
  mail.from = options.mail_from;
  mail.from_name = roster ? (*roster)->settings().school_name : std::string();
  mail.to = letter.address;
  mail.to_name = letter.name;
  mail.subject = letter.text.substr(0, line);
  mail.text = line == letter.text.npos ? letter.text : letter.text.substr(line + 1);
  return parts_.sender.SendMail(
      options.mail, {options.mail_from, letter.address, MailBytes(mail, parts_.zone.ToLocal(now))},
      limits);
}

MessageOutcome MessageQueue::OutcomeOf(const Message& message, const Sending& sending,
                                       WallTime now) {
  Pause& pause = pauses_[message.channel];
  Sending::End end = sending.end;
  // A gateway that knows a repeated key by itself may be asked again.
  if (end == Sending::End::kUnsure && message.channel == Channel::kGateway &&
      parts_.options.gateway.repeatable) {
    end = Sending::End::kLater;
  }
  const bool answers = end == Sending::End::kTaken || end == Sending::End::kRefused;
  if (answers) {
    pause.failures = 0;
  } else {
    // One that is away is not asked for every message that waits; and of one that takes what it is
    // sent and says nothing, each message would be lost.
    pause.until = parts_.clock.MonotonicNow() +
                  std::max(sending.wait, Doubled(parts_.options.retry / 4, pause.failures++,
                                                 kLongestChannelPause));
  }
  switch (end) {
    case Sending::End::kTaken:
      return {MessageState::kSent, 0, sending.detail};
    case Sending::End::kRefused:
      return {MessageState::kFailed, 0, sending.detail};
    case Sending::End::kUnsure:
      return {MessageState::kFailed, 0,
              sending.detail + "; it may have arrived, and is not sent again"};
    case Sending::End::kLater:
      break;
  }
  const seconds first = parts_.options.retry;
  if (message.attempts >= kMostAttempts) {
    return {MessageState::kFailed, 0, "tried too often; " + sending.detail};
  }
  const seconds wait = std::max(sending.wait, Doubled(first, message.attempts - 1, kLongestPause));
  const auto spread = std::chrono::milliseconds(
      SystemRandom().Below(static_cast<uint64_t>(wait.count()) * 100 + 1));
  const int64_t due_us = MicrosecondsOf(now + wait + spread);
  if (due_us > message.expires_us) {
    return {MessageState::kFailed, 0, "not handed over in time; " + sending.detail};
  }
  return {MessageState::kWaiting, due_us, sending.detail};
}

}  // namespace tamtap

#include "panel/every_event.h"

#include <fmt/core.h>

namespace tamtap {
namespace {

constexpr const char* kName = "Ana Reyes";
constexpr const char* kCard = "176B3325";

constexpr Refusal kRefusals[] = {
    Refusal::kUnknownCard,    Refusal::kUnreadableCard,       Refusal::kCardReplaced,
    Refusal::kAmbiguousCard,  Refusal::kNoClassesToday,       Refusal::kClassesEnded,
    Refusal::kNoFaceDetected, Refusal::kFacePartiallyVisible, Refusal::kMultipleFacesDetected,
    Refusal::kEyesNotVisible, Refusal::kDetectionTimeout,     Refusal::kCameraFailed,
    Refusal::kStorageFull,    Refusal::kStorageFailed};

const char* NameFor(GateState state) { return state == GateState::kStarting ? "1.0" : kName; }

PanelEvent OfState(GateState state) {
  PanelEvent event;
  event.state = state;
  return event;
}

PanelEvent OfAck(std::string_view at, Verdict verdict, Refusal reason = Refusal::kNone,
                 bool departure = false) {
  PanelEvent event;
  event.is_ack = true;
  event.ack.card = kCard;
  if (reason != Refusal::kUnknownCard && reason != Refusal::kUnreadableCard) {
    event.ack.name = kName;
  }
  event.ack.verdict = verdict;
  event.ack.reason = reason;
  event.ack.at = at;
  event.ack.departure = departure;
  return event;
}

}  // namespace

void PanelEvent::ShowOn(Panel& panel) const {
  if (is_ack) return panel.ShowAck(ack);
  const bool of_nobody = state == GateState::kIdle || IsNews(state);
  panel.ShowState(state, of_nobody ? "" : kCard, NameFor(state));
}

Sign PanelEvent::SignOf(std::string_view idle_text) const {
  return is_ack ? SignForAck(ack) : SignForState(state, NameFor(state), idle_text);
}

std::vector<PanelEvent> EveryEvent(std::string_view at) {
  std::vector<PanelEvent> events = {
      OfState(GateState::kStarting),
      OfState(GateState::kCameraReady),
      OfState(GateState::kCameraWarning),
      OfState(GateState::kIdle),
      OfState(GateState::kCardDetected),
      OfState(GateState::kCameraActive),
      OfAck(at, Verdict::kAccepted),
      OfAck(at, Verdict::kAccepted, Refusal::kNone, /*departure=*/true),
      OfAck(at, Verdict::kDuplicate)};
  for (const Refusal reason : kRefusals) events.push_back(OfAck(at, Verdict::kRefused, reason));
  events.push_back(OfState(GateState::kShutdown));
  return events;
}

std::string DescribeSignals(const Sign& sign) {
  std::string text = sign.light == Light::kGreen ? "green" : sign.light == Light::kRed ? "red" : "";
  if (sign.beeps == 0) return text;
  const double seconds = std::chrono::duration<double>(sign.beep).count();
  return fmt::format("{}{}{} of {:.2f} s", text, text.empty() ? "" : ", ",
                     sign.beeps == 1 ? "1 beep" : fmt::format("{} beeps", sign.beeps), seconds);
}

std::string Describe(const Sign& sign) {
  const std::string signals = DescribeSignals(sign);
  return fmt::format("{} / {}{}{}", sign.upper, sign.lower, signals.empty() ? "" : ", ", signals);
}

}  // namespace tamtap

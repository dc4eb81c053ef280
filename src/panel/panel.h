// Panel: what the person sees and hears. Its adapters are a screen for people, a 16x2 display,
// lights and a buzzer, and JSON lines for programs. Every call only hands over what is to be shown:
// a slow panel never holds up a tap.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tap/verdict.h"

namespace tamtap {

enum class GateState {
  kIdle,
  kCardDetected,
  kCameraActive,
  kSuccess,
  kFail,
  kShutdown,
  // News of the gate itself, shown for a moment while nobody taps:
  kStarting,
  kCameraReady,
  kCameraWarning,
};
std::string_view ToString(GateState state);  // "IDLE" "CARD_DETECTED" ...
bool IsNews(GateState state);                // one of the last three

// What a tap came to, as the person is told.
struct Ack {
  std::string tap;   // empty unless accepted
  std::string card;  // its UID, or what was read where that does not say it
  std::string name;  // empty when unknown
  Verdict verdict = Verdict::kRefused;
  Refusal reason = Refusal::kNone;
  std::string at;          // ISO 8601 with offset
  bool departure = false;  // accepted, and they leave
  std::string nfc_id{};    // the person's card as the school spells it; empty when unknown
};

enum class Light { kNone, kGreen, kRed };

// What a gate with a 16x2 display, two lights and a buzzer shows: two lines of at most 16
// characters, a light and beeps.
struct Sign {
  std::string upper;
  std::string lower;
  Light light = Light::kNone;
  int beeps = 0;
  std::chrono::milliseconds beep{0};  // how long each is, and the pauses between them
};
// `name` is cut to 16 characters of ASCII, upper case. Of kStarting it is the program's version.
Sign SignForState(GateState state, std::string_view name, std::string_view idle_text);
Sign SignForAck(const Ack& ack);
// The idle text with a notice in place of its second line; as it is without one.
std::string WithNotice(std::string_view idle_text, std::string_view notice);

inline constexpr std::string_view kFirstIdleText = "WAITING FOR/TAMARAW...";

class Panel {
 public:
  virtual ~Panel() = default;
  virtual void ShowState(GateState state, std::string_view card, std::string_view name) = 0;
  virtual void ShowAck(const Ack& ack) = 0;
  // What staff should know stands in the idle sign's second line until it is empty again. Panels
  // that show no signs show no notices.
  virtual void ShowNotice(std::string_view /*notice*/) {}
  // What it shows while nobody taps, from now on: two lines separated by '/'. Panels that show no
  // signs have no use for it.
  virtual void SetIdleText(std::string_view /*idle_text*/) {}
};

// Where a stream panel writes; neither may wait for whoever reads there.
using PanelOutput = std::function<void(std::string_view)>;
struct PanelOutputs {
  PanelOutput lines;   // one call, one whole line; all are wanted, in order
  PanelOutput screen;  // one call, one whole screen, which makes the one before stale
};

// "screen" | "json" | "lcd:/dev/i2c-1,0x27" (lcd_panel.h) |
// "gpio:/dev/gpiochip0,green=17,red=27,buzzer=18" (gpio_panel.h). `idle_text`: two lines separated
// by '/'
// ("WAITING FOR/TAMARAW..."). kMisconfigured for an unknown spec, naming those that exist.
Result<std::unique_ptr<Panel>> MakePanel(std::string_view spec, std::string_view idle_text,
                                         PanelOutputs outputs);

// Shows on every one of them.
std::unique_ptr<Panel> CombinePanels(std::vector<std::unique_ptr<Panel>> panels);

}  // namespace tamtap

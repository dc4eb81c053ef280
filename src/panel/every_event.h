// Everything that a gate may show, once: what `tamtap panel test` goes through.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "panel/panel.h"

namespace tamtap {

struct PanelEvent {
  bool is_ack = false;
  GateState state = GateState::kIdle;  // unless it is an Ack
  Ack ack{};

  void ShowOn(Panel& panel) const;
  Sign SignOf(std::string_view idle_text) const;
};

// In the order of a tap, what went well before what did not. `at`: the time that an Ack says.
std::vector<PanelEvent> EveryEvent(std::string_view at);

// "WELCOME / ANA REYES, green, 2 beeps of 0.10 s", or only what the sign has of it.
std::string Describe(const Sign& sign);
// "green, 2 beeps of 0.10 s"; empty: neither light nor sound.
std::string DescribeSignals(const Sign& sign);

}  // namespace tamtap

// Panels that are lines of text: `json` for programs, `screen` for people.
#pragma once

#include <memory>
#include <string>

#include "panel/panel.h"

namespace tamtap {

// One JSON object a line. The keys and their order are what programs rely on: event, state and card
// of a state; event, tap, card, name, verdict, reason and at of an acknowledgement. `card` is ""
// when there is none.
std::unique_ptr<Panel> MakeJsonPanel(PanelOutput output);

// One plain line an event: for a log or a pipe.
std::unique_ptr<Panel> MakePlainScreen(std::string idle_text, PanelOutput output);

// The 16x2 sign in a box with its light, and the last taps below it, for a terminal that knows ANSI
// sequences. It is drawn below the cursor, which stays where it is: what is typed, and what is
// logged meanwhile, keeps its place above the sign.
std::unique_ptr<Panel> MakeAnsiScreen(std::string idle_text, PanelOutputs outputs);

}  // namespace tamtap

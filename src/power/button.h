// The buttons of a gate, and when one counts as pressed. Pure values; one thread at a time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tamtap {

enum class ButtonAction { kStart, kRestart, kStop };
std::string_view ToString(ButtonAction action);  // "start" "restart" "stop"

struct Button {
  ButtonAction action = ButtonAction::kStart;
  std::string chip;  // "/dev/gpiochip0"
  unsigned line = 0;
};

// "stop=/dev/gpiochip0,line=13", as --button has it. kMisconfigured says what is wrong.
Result<Button> ParseButton(std::string_view spec);

// How long a button must be held: a touch starts a gate or starts it anew, and nobody stops one by
// leaning against it.
std::chrono::milliseconds HoldOf(ButtonAction action);

// One button as its line shows it. Contacts bounce for some milliseconds: only what is held counts,
// and once until it is let go.
class HeldButton {
 public:
  explicit HeldButton(ButtonAction action) : hold_(HoldOf(action)) {}

  void IsPressed(bool pressed, MonotonicTime now) {
    if (pressed == pressed_since_.has_value()) return;
    pressed_since_ = pressed ? std::optional(now) : std::nullopt;
    done_ = false;
  }
  // When it counts, if it stays pressed until then; nothing: it is not pressed, or has counted.
  std::optional<MonotonicTime> Due() const {
    if (!pressed_since_ || done_) return std::nullopt;
    return *pressed_since_ + hold_;
  }
  // Whether it counts now: true once.
  bool Counts(MonotonicTime now) {
    const auto due = Due();
    if (!due || now < *due) return false;
    done_ = true;
    return true;
  }

 private:
  const std::chrono::milliseconds hold_;
  std::optional<MonotonicTime> pressed_since_;
  bool done_ = false;
};

}  // namespace tamtap

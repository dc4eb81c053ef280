// ButtonWatch: waits for somebody to press a button. One thread at a time.
//
// A line that can't be had (another program has it, its chip is away) is said once in the log, and
// tried again. It sleeps while nothing is pressed.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/result.h"
#include "device/gpio_input.h"
#include "device/said_once.h"
#include "power/button.h"

namespace tamtap {

class ButtonWatch {
 public:
  ButtonWatch(const std::vector<Button>& buttons, Clock& clock);

  // What is asked for next. kClosed: a stop was asked for, which it notices at once.
  Result<ButtonAction> Next(const std::stop_token& stop);

 private:
  struct Watched {
    Button button;
    HeldButton held;
    std::unique_ptr<GpioInput> input;  // null: it can't be had
    SaidOnce trouble;
  };
  void TakeLines();
  void Lost(Watched& watched, const Error& error);
  // Returns once something happened, or something may count.
  void WaitForChange();

  Clock& clock_;
  std::vector<Watched> watched_;
  const Descriptor wake_;  // readable when a stop was asked for
};

}  // namespace tamtap

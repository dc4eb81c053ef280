#include "power/button_watch.h"

#include <fmt/core.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "base/check.h"
#include "base/log.h"
#include "device/gpio_chip.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenLineTries{2'000};  // to take lines that can't be had

}  // namespace

ButtonWatch::ButtonWatch(const std::vector<Button>& buttons, Clock& clock)
    : clock_(clock), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(wake_);
  for (const Button& button : buttons) {
    watched_.push_back({button, HeldButton(button.action), nullptr, {}});
  }
}

Result<ButtonAction> ButtonWatch::Next(const std::stop_token& stop) {
  const std::stop_callback waking(stop, [this] {
    const uint64_t one = 1;
    // Only a full counter can refuse this, and a full counter wakes as well.
    [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof(one));
  });
  while (!stop.stop_requested()) {
    TakeLines();
    for (Watched& watched : watched_) {
      if (watched.held.Counts(clock_.MonotonicNow())) return watched.button.action;
    }
    WaitForChange();
  }
  return Error{ErrorCode::kClosed, "the buttons were let be", 0, ""};
}

void ButtonWatch::TakeLines() {
  for (Watched& watched : watched_) {
    if (watched.input) continue;
    auto input = GpioInput::Open(watched.button.chip, watched.button.line, GpioHints());
    if (!input) {
      Lost(watched, input.error());
      continue;
    }
    // Who holds it already, while the program starts, did not press it.
    watched.input = *std::move(input);
    if (watched.trouble.Ends()) LogInfo("button {} is there", ToString(watched.button.action));
  }
}

void ButtonWatch::Lost(Watched& watched, const Error& error) {
  watched.input.reset();
  watched.held.IsPressed(false, clock_.MonotonicNow());
  if (watched.trouble.Begins(error.Message())) {
    LogWarning("button {}: {}; looking for it again", ToString(watched.button.action),
               error.Message());
  }
}

void ButtonWatch::WaitForChange() {
  std::vector<pollfd> descriptors = {{wake_.get(), POLLIN, 0}};
  std::optional<milliseconds> patience;
  const auto no_longer_than = [&patience](milliseconds most) {
    patience = std::max(milliseconds(0), patience ? std::min(*patience, most) : most);
  };
  for (const Watched& watched : watched_) {
    descriptors.push_back({watched.input ? watched.input->fd() : -1, POLLIN, 0});
    if (!watched.input) no_longer_than(kBetweenLineTries);
    if (const auto due = watched.held.Due()) {
      no_longer_than(std::chrono::ceil<milliseconds>(*due - clock_.MonotonicNow()));
    }
  }
  const int timeout = patience ? static_cast<int>(patience->count()) : -1;
  if (poll(descriptors.data(), descriptors.size(), timeout) < 0) {
    CHECK(errno == EINTR || errno == ENOMEM);
    return;
  }
  for (size_t i = 0; i < watched_.size(); ++i) {
    Watched& watched = watched_[i];
    if (!watched.input || descriptors[i + 1].revents == 0) continue;
    const auto pressed = watched.input->TakeChange();
    if (!pressed) {
      Lost(watched, pressed.error());
    } else {
      watched.held.IsPressed(*pressed, clock_.MonotonicNow());
    }
  }
}

}  // namespace tamtap

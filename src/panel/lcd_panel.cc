#include "panel/lcd_panel.h"

#include <fmt/core.h>

#include <optional>
#include <utility>

#include "base/log.h"
#include "base/mutex.h"
#include "base/step_thread.h"
#include "device/said_once.h"
#include "panel/hd44780.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr int kUsualAddress = 0x27;
constexpr milliseconds kStays{2'500};           // what a tap came to
constexpr milliseconds kBetweenSetUps{10'000};  // its power may have sunk, which nobody is told
constexpr milliseconds kBetweenTries{2'000};    // to find a display that is away
constexpr milliseconds kLastWords{1'000};       // for the sign of the end

class LcdPanel final : public Panel {
 public:
  LcdPanel(std::string name, OpenI2cBus open, std::string idle_text, Clock& clock)
      : name_(std::move(name)),
        open_(std::move(open)),
        clock_(clock),
        idle_text_(std::move(idle_text)),
        sign_(SignForState(GateState::kIdle, "", idle_text_)) {}

  // The sign of the end may have come just now.
  ~LcdPanel() override {
    if (thread_.StopWithin(kLastWords) && display_) Step();
  }

  void ShowState(GateState state, std::string_view /*card*/, std::string_view name) override {
    // What came of a tap, its Ack shows with all it knows.
    if (state == GateState::kSuccess || state == GateState::kFail) return;
    {
      MutexLock lock(mutex_);
      if (IsNews(state)) {
        if (idle_ && !acked_until_) Hold(SignForState(state, name, ""));
        return thread_.Wake();
      }
      idle_ = state == GateState::kIdle;
      // Idle comes right behind what the person must have time to read.
      if (idle_ && acked_until_) return;
      acked_until_.reset();
      sign_ = SignForState(state, name, WithNotice(idle_text_, notice_));
    }
    thread_.Wake();
  }
  void ShowAck(const Ack& ack) override {
    {
      MutexLock lock(mutex_);
      Hold(SignForAck(ack));
    }
    thread_.Wake();
  }
  void ShowNotice(std::string_view notice) override {
    {
      MutexLock lock(mutex_);
      notice_ = notice;
      if (idle_ && !acked_until_) ShowIdle();
    }
    thread_.Wake();
  }
  void SetIdleText(std::string_view idle_text) override {
    {
      MutexLock lock(mutex_);
      idle_text_ = idle_text;
      if (idle_ && !acked_until_) ShowIdle();
    }
    thread_.Wake();
  }

 private:
  void Hold(Sign sign) REQUIRES(mutex_) {
    sign_ = std::move(sign);
    acked_until_ = clock_.MonotonicNow() + kStays;
  }
  void ShowIdle() REQUIRES(mutex_) {
    sign_ = SignForState(GateState::kIdle, "", WithNotice(idle_text_, notice_));
  }

  // The newest sign, and for how long it holds.
  std::pair<Sign, milliseconds> Newest() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (!acked_until_) return {sign_, kBetweenSetUps};
    const auto left = std::chrono::ceil<milliseconds>(*acked_until_ - clock_.MonotonicNow());
    if (left > milliseconds(0)) return {sign_, left};
    acked_until_.reset();
    if (idle_) ShowIdle();
    return {sign_, kBetweenSetUps};
  }

  bool IsBusy() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return !idle_ || acked_until_;
  }

  milliseconds Step() {
    const auto [sign, holds] = Newest();
    if (const auto shown = Show(sign); !shown) {
      display_.reset();
      bus_.reset();
      if (trouble_.Begins(shown.error().Message())) {
        LogWarning("panel lcd:{}: {}; taps go on without it", name_, shown.error().Message());
      }
      return kBetweenTries;
    }
    return holds;
  }

  Result<> Show(const Sign& sign) {
    if (!display_) {
      TAMTAP_TRY(bus_, open_());
      display_.emplace(*bus_, clock_);
      TAMTAP_RETURN_IF_ERROR(display_->SetUp());
      next_set_up_ = clock_.MonotonicNow() + kBetweenSetUps;
      if (trouble_.Ends()) LogInfo("panel lcd:{} is there", name_);
    }
    // Not while somebody waits for a word.
    const MonotonicTime now = clock_.MonotonicNow();
    if (now >= next_set_up_ && !IsBusy()) {
      TAMTAP_RETURN_IF_ERROR(display_->SetUpAgain());
      next_set_up_ = now + kBetweenSetUps;
    }
    return display_->Show(sign.upper, sign.lower);
  }

  const std::string name_;
  const OpenI2cBus open_;
  Clock& clock_;

  Mutex mutex_;
  std::string idle_text_ GUARDED_BY(mutex_);
  std::string notice_ GUARDED_BY(mutex_);
  Sign sign_ GUARDED_BY(mutex_);
  bool idle_ GUARDED_BY(mutex_) = true;
  std::optional<MonotonicTime> acked_until_ GUARDED_BY(mutex_);

  // Only the thread that writes uses these.
  std::unique_ptr<I2cBus> bus_;
  std::optional<Hd44780> display_;
  MonotonicTime next_set_up_{};
  SaidOnce trouble_;

  StepThread thread_{"the display", [this] { return Step(); }};  // last: it uses the rest
};

}  // namespace

Result<I2cPlace> ParseLcd(std::string_view argument) {
  return ParseI2cPlace(argument, kUsualAddress, fmt::format("panel 'lcd:{}'", argument),
                       "lcd:/dev/i2c-1,0x27");
}

std::unique_ptr<Panel> MakeLcdPanel(std::string name, OpenI2cBus open, std::string idle_text,
                                    Clock& clock) {
  return std::make_unique<LcdPanel>(std::move(name), std::move(open), std::move(idle_text), clock);
}

}  // namespace tamtap

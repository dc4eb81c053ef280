#include <fmt/core.h>

#include <deque>

#include "base/mutex.h"
#include "base/visible.h"
#include "panel/sign_text.h"
#include "panel/stream_panels.h"

namespace tamtap {
namespace {

constexpr size_t kTapsShown = 6;

// "07:00:01" of "2026-11-23T07:00:01.123+08:00".
std::string TimeOfDay(std::string_view iso) {
  const size_t t = iso.find('T');
  return VisibleLine(t == std::string_view::npos ? iso : iso.substr(t + 1, 8));
}

// "07:00:01  accepted   Ana Reyes (176B3325)"
std::string Summary(const Ack& ack) {
  const std::string who = ack.name.empty() ? ack.card : fmt::format("{} ({})", ack.name, ack.card);
  const std::string_view reason = ToString(ack.reason);
  return fmt::format("{}  {:<9}  {}{}{}", TimeOfDay(ack.at), ToString(ack.verdict),
                     VisibleLine(who), reason.empty() ? "" : "  ", reason);
}

class PlainScreen final : public Panel {
 public:
  PlainScreen(std::string idle_text, PanelOutput output)
      : idle_text_(std::move(idle_text)), output_(std::move(output)) {}

  void ShowState(GateState state, std::string_view card, std::string_view name) override {
    // What came of a tap, its Ack has shown with all it knows.
    if (state == GateState::kSuccess || state == GateState::kFail) return;
    const MutexLock lock(mutex_);
    Show(state, card, SignForState(state, name, WithNotice(idle_text_, notice_)));
  }
  void ShowAck(const Ack& ack) override {
    const MutexLock lock(mutex_);
    Show(ack.verdict == Verdict::kRefused ? GateState::kFail : GateState::kSuccess, ack.card,
         SignForAck(ack));
    output_(Summary(ack) + "\n");
  }
  void ShowNotice(std::string_view notice) override {
    const MutexLock lock(mutex_);
    notice_ = notice;
  }
  void SetIdleText(std::string_view idle_text) override {
    const MutexLock lock(mutex_);
    idle_text_ = idle_text;
  }

 private:
  // "FAIL 176B3325: NO CLASSES TODAY"
  void Show(GateState state, std::string_view card, const Sign& sign) REQUIRES(mutex_) {
    output_(fmt::format("{}{}{}: {} {}\n", ToString(state), card.empty() ? "" : " ", card,
                        sign.upper, sign.lower));
  }

  Mutex mutex_;
  std::string idle_text_ GUARDED_BY(mutex_);
  std::string notice_ GUARDED_BY(mutex_);
  const PanelOutput output_ GUARDED_BY(mutex_);
};

constexpr std::string_view kPlain = "\033[0m";
constexpr std::string_view kGrey = "\033[90m";
constexpr std::string_view kGreen = "\033[1;32m";
constexpr std::string_view kRed = "\033[1;31m";
constexpr std::string_view kCyan = "\033[36m";

constexpr std::string_view kDownInColumn = "\033D";  // so that half a typed line stays as it is
constexpr std::string_view kSaveCursor = "\0337";
constexpr std::string_view kRestoreCursor = "\0338";
constexpr std::string_view kWrapOff = "\033[?7l";
constexpr std::string_view kWrapOn = "\033[?7h";
constexpr std::string_view kClearLine = "\033[2K";
constexpr std::string_view kClearBelow = "\033[J";

std::string_view ColourOf(Light light) {
  switch (light) {
    case Light::kGreen:
      return kGreen;
    case Light::kRed:
      return kRed;
    case Light::kNone:
      break;
  }
  return kCyan;
}

class AnsiScreen final : public Panel {
 public:
  AnsiScreen(std::string idle_text, PanelOutputs outputs)
      : idle_text_(std::move(idle_text)), outputs_(std::move(outputs)) {}

  void ShowState(GateState state, std::string_view /*card*/, std::string_view name) override {
    const MutexLock lock(mutex_);
    // The Ack has shown these two with all it knows; idle leaves its text up for the person to
    // read.
    if (state == GateState::kSuccess || state == GateState::kFail) return;
    if (IsNews(state)) return;  // nobody would take it away again; the log has it, and the notice
    const bool idle = state == GateState::kIdle;
    if (!idle || !acked_) sign_ = SignForState(state, name, WithNotice(idle_text_, notice_));
    acked_ = false;
    idle_ = idle;
    Draw(/*last=*/state == GateState::kShutdown);
  }

  void ShowAck(const Ack& ack) override {
    const MutexLock lock(mutex_);
    sign_ = SignForAck(ack);
    acked_ = true;
    taps_.push_front(fmt::format("{}{}{}", ColourOf(sign_.light), Summary(ack), kPlain));
    if (taps_.size() > kTapsShown) taps_.pop_back();
    Draw();
  }

  void ShowNotice(std::string_view notice) override {
    const MutexLock lock(mutex_);
    notice_ = notice;
    if (idle_) DrawIdle();
  }

  void SetIdleText(std::string_view idle_text) override {
    const MutexLock lock(mutex_);
    idle_text_ = idle_text;
    if (idle_) DrawIdle();
  }

 private:
  // A spacer, the box, the taps.
  static constexpr size_t kLines = 1 + 4 + kTapsShown;

  void DrawIdle() REQUIRES(mutex_) {
    sign_ = SignForState(GateState::kIdle, "", WithNotice(idle_text_, notice_));
    Draw();
  }

  void Draw(bool last = false) REQUIRES(mutex_) {
    // Room first: going down a line at the bottom scrolls, and would leave the saved cursor behind.
    // Without wrapping a long name is cut at the edge, and the lines stay as many as counted.
    std::string text;
    for (size_t i = 0; i < kLines; ++i) text += kDownInColumn;
    text += fmt::format("\033[{}A{}{}", kLines, kSaveCursor, kWrapOff);
    const auto line = [&text](std::string_view content) {
      text += "\r\n";
      text += kClearLine;
      text += content;
    };
    const std::string_view colour = ColourOf(sign_.light);
    const auto row = [&](std::string_view content) {
      line(
          fmt::format("  {}│{} {:<{}} {}│{}", kGrey, colour, content, kSignColumns, kGrey, kPlain));
    };
    line("");
    line(fmt::format("  {}┌──────────────────┐{}", kGrey, kPlain));
    row(sign_.upper);
    row(sign_.lower);
    line(fmt::format("  {}└──────────────────┘{}", kGrey, kPlain));
    for (size_t i = 0; i < kTapsShown; ++i) line(i < taps_.size() ? "  " + taps_[i] : "");
    text += fmt::format("{}{}{}", kClearBelow, kWrapOn, kRestoreCursor);
    // The shell's prompt comes after the last sign.
    if (last) text += fmt::format("\033[{}B\r\n", kLines);
    outputs_.screen(text);
  }

  Mutex mutex_;
  std::string idle_text_ GUARDED_BY(mutex_);
  const PanelOutputs outputs_ GUARDED_BY(mutex_);
  Sign sign_ GUARDED_BY(mutex_);
  bool acked_ GUARDED_BY(mutex_) = false;
  bool idle_ GUARDED_BY(mutex_) = false;
  std::string notice_ GUARDED_BY(mutex_);
  std::deque<std::string> taps_ GUARDED_BY(mutex_);  // newest first
};

}  // namespace

std::unique_ptr<Panel> MakePlainScreen(std::string idle_text, PanelOutput output) {
  return std::make_unique<PlainScreen>(std::move(idle_text), std::move(output));
}

std::unique_ptr<Panel> MakeAnsiScreen(std::string idle_text, PanelOutputs outputs) {
  return std::make_unique<AnsiScreen>(std::move(idle_text), std::move(outputs));
}

}  // namespace tamtap

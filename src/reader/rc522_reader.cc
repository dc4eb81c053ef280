#include "reader/rc522_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/log.h"
#include "device/pause.h"
#include "device/said_once.h"
#include "reader/card_presence.h"
#include "reader/mfrc522.h"
#include "reader/ready_cards.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenLooks{30};
constexpr milliseconds kBetweenChecks{1'000};     // whether the chip is as it was set up
constexpr milliseconds kBetweenSetUps{60'000};    // in any case
constexpr milliseconds kBetweenChipTries{1'000};  // to find a chip that is away
// A card that moves through the field is read at the next look, or the one after that.
constexpr milliseconds kUnreadableFor{300};

// Of VersionReg (data sheet, 9.3.4.8), and what others put on boards that are sold as RC522.
std::string ChipName(unsigned char version) {
  constexpr std::pair<unsigned char, const char*> kChips[] = {
      {0x90, "MFRC522 of version 0.0"},
      {0x91, "MFRC522 of version 1.0"},
      {0x92, "MFRC522 of version 2.0"},
      {0x88, "FM17522, which does the same"},
      {0xB2, "FM17522E, which does the same"}};
  const auto* const known =
      std::find_if(std::begin(kChips), std::end(kChips),
                   [version](const auto& each) { return each.first == version; });
  return fmt::format("{} (0x{:02X})",
                     known == std::end(kChips) ? "that is no MFRC522 of NXP's" : known->second,
                     version);
}

class Rc522Reader final : public Reader {
 public:
  Rc522Reader(std::string name, OpenBus open, Clock& clock)
      : name_(std::move(name)), open_(std::move(open)), clock_(clock) {}

  Result<PresentedCard> Next(std::stop_token stop) override {
    while (!stop.stop_requested()) {
      if (!ready_.empty()) return ready_.Take();
      if (const auto looked = Look(); !looked) {
        if (Trouble(looked.error())) return looked.error();
        PauseUnlessStopped(clock_, stop, kBetweenChipTries);
      } else if (ready_.empty()) {
        PauseUnlessStopped(clock_, stop, kBetweenLooks);
      }
    }
    return Error{ErrorCode::kClosed, Describe() + " was stopped", 0, ""};
  }

  Result<std::string> Examine() override {
    TAMTAP_TRY(const auto bus, open_());
    Mfrc522 chip(*bus, clock_);
    TAMTAP_TRY(const unsigned char version, chip.SetUp());
    return "a chip " + ChipName(version);
  }

  bool IsAway() const override { return trouble_.Lasts(); }

  std::string Describe() const override { return "rc522:" + name_; }

 private:
  // One failure is mended by setting the chip up anew. Whether the reader is away, and nobody was
  // told so yet.
  bool Trouble(const Error& error) {
    set_up_ = false;
    if (chip_) {  // it answered before
      LogWarning("card reader {}: {}; it is set up anew", Describe(), error.Message());
      if (SetUp()) return false;
    }
    chip_.reset();
    bus_.reset();
    return trouble_.Begins(error.Message());
  }

  Result<> SetUp() {
    if (!bus_) {
      TAMTAP_TRY(bus_, open_());
    }
    Mfrc522 chip(*bus_, clock_);
    TAMTAP_TRY(const unsigned char version, chip.SetUp());
    chip_.emplace(*bus_, clock_);
    set_up_ = true;
    const MonotonicTime now = clock_.MonotonicNow();
    next_check_ = now + kBetweenChecks;
    next_set_up_ = now + kBetweenSetUps;
    const bool was_away = trouble_.Ends();
    if (std::exchange(version_, version) != version || was_away) {
      LogInfo("card reader {} is there: a chip {}", Describe(), ChipName(version));
    }
    return {};
  }

  Result<> Look() {
    if (!set_up_) TAMTAP_RETURN_IF_ERROR(SetUp());
    TAMTAP_TRY(const Mfrc522::Field field, chip_->Look());
    const MonotonicTime now = clock_.MonotonicNow();
    for (const CardId& card : field.cards) {
      if (presence_.Comes(card.text(), now)) ready_.Add(card);
    }
    NoteUnreadable(field, now);
    if (field.cards.empty() && !field.unreadable) return LookAfterChip(now);
    return {};
  }

  // While nobody taps, it costs nobody time.
  Result<> LookAfterChip(MonotonicTime now) {
    if (now >= next_set_up_) return SetUp();
    if (now < next_check_) return {};
    next_check_ = now + kBetweenChecks;
    TAMTAP_TRY(const bool fine, chip_->IsSetUp());
    if (fine) return {};
    if (!std::exchange(said_lost_, true)) {
      LogWarning(
          "card reader {}: the chip lost its settings, as when its power sinks; it is set up "
          "anew",
          Describe());
    }
    return SetUp();
  }

  void NoteUnreadable(const Mfrc522::Field& field, MonotonicTime now) {
    if (!field.unreadable || !field.cards.empty()) {
      if (!field.unreadable) unreadable_since_.reset();
      return;
    }
    if (!unreadable_since_) {
      unreadable_since_ = now;
      said_unreadable_ = false;
    }
    if (now - *unreadable_since_ < kUnreadableFor || std::exchange(said_unreadable_, true)) return;
    ready_.Add(Error{ErrorCode::kRejected, fmt::format("read the card on {}", Describe()), 0,
                     "hold it alone and still against the reader for a moment"});
  }

  const std::string name_;
  const OpenBus open_;
  Clock& clock_;
  std::unique_ptr<SpiBus> bus_;
  std::optional<Mfrc522> chip_;  // that has answered
  bool set_up_ = false;
  unsigned char version_ = 0;
  MonotonicTime next_check_{};
  MonotonicTime next_set_up_{};
  CardPresence presence_;
  ReadyCards ready_;
  std::optional<MonotonicTime> unreadable_since_;
  bool said_unreadable_ = false;
  bool said_lost_ = false;
  LastingTrouble trouble_;
};

}  // namespace

Result<SpiWiring> ParseRc522(std::string_view argument) {
  const auto wrong = [&](std::string_view what) {
    return Error{ErrorCode::kMisconfigured,
                 fmt::format("card reader 'rc522:{}': {}", argument, what), 0,
                 "write it as rc522:/dev/spidev0.0,reset=25"};
  };
  SpiWiring wiring;
  size_t comma = std::min(argument.find(','), argument.size());
  wiring.device = argument.substr(0, comma);
  if (!wiring.device.starts_with('/')) return wrong("it names no SPI device");
  while (comma < argument.size()) {
    std::string_view option = argument.substr(comma + 1);
    option = option.substr(0, option.find(','));
    comma += 1 + option.size();
    const size_t equals = option.find('=');
    const std::string_view key = option.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
    if (key == "chip" && value.starts_with('/')) {
      wiring.gpio_chip = value;
    } else if (key == "reset") {
      unsigned line = 0;
      const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), line);
      if (failed != std::errc() || end != value.data() + value.size()) {
        return wrong(fmt::format("'{}' is no GPIO number", value));
      }
      wiring.reset = line;
    } else {
      return wrong(fmt::format("it has no option '{}'", option));
    }
  }
  return wiring;
}

std::unique_ptr<Reader> MakeRc522Reader(std::string name, OpenBus open, Clock& clock) {
  return std::make_unique<Rc522Reader>(std::move(name), std::move(open), clock);
}

}  // namespace tamtap

#include "reader/demo_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/check.h"
#include "base/disk.h"
#include "device/pause.h"
#include "reader/line_source.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

Result<std::vector<CardId>> ReadCards(const std::string& file) {
  auto content = ReadFile(PosixDisk(), file);
  if (!content) {
    Error error = std::move(content).error();
    error.code = ErrorCode::kMisconfigured;
    return error;
  }
  std::vector<CardId> cards;
  std::string_view rest = *content;
  for (size_t number = 1; !rest.empty(); ++number) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    line = line.substr(0, line.find('#'));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto card = CardId::Parse(line);
    if (!card) {
      return Error{ErrorCode::kMisconfigured,
                   fmt::format("{} line {}: {}", file, number, card.error().operation), 0,
                   "write one card id a line"};
    }
    cards.push_back(std::move(*card));
  }
  if (cards.empty()) {
    return Error{ErrorCode::kMisconfigured, fmt::format("{} has no cards", file), 0,
                 "write one card id a line"};
  }
  return cards;
}

class DemoReader final : public Reader {
 public:
  DemoReader(std::string file, std::vector<CardId> cards, int typed_fd, Clock& clock,
             Random& random)
      : file_(std::move(file)),
        typed_(typed_fd, "stdin"),
        clock_(clock),
        crowd_(std::move(cards), random) {}

  Result<PresentedCard> Next(std::stop_token stop) override {
    if (!next_) Schedule(clock_.MonotonicNow());
    while (true) {
      const auto left =
          std::max(std::chrono::ceil<milliseconds>(due_ - clock_.MonotonicNow()), milliseconds(0));
      auto line = typed_.Next(stop, typed_open_ ? left : milliseconds(0));
      if (!line && line.error().code != ErrorCode::kClosed) return std::move(line).error();
      if (!line && stop.stop_requested()) return std::move(line).error();
      if (line && *line) return PresentedCard::Text(**line, CardFormat::kAuto);
      if (!line) typed_open_ = false;
      if (clock_.MonotonicNow() < due_) {
        // Without anybody typing there is only the stop to wait for besides.
        if (!typed_open_) clock_.SleepFor(std::min<std::chrono::microseconds>(left, kStopCheck));
        continue;
      }
      CardId card = std::move(next_->card);
      Schedule(clock_.MonotonicNow());
      return PresentedCard::Uid(card);
    }
  }
  std::string Describe() const override { return "demo:" + file_; }

 private:
  void Schedule(MonotonicTime now) {
    next_ = crowd_.Next();
    due_ = now + next_->gap;
  }

  const std::string file_;
  LineSource typed_;
  bool typed_open_ = true;
  Clock& clock_;
  DemoCrowd crowd_;
  std::optional<DemoCrowd::Arrival> next_;
  MonotonicTime due_;
};

}  // namespace

DemoCrowd::DemoCrowd(std::vector<CardId> cards, Random& random)
    : cards_(std::move(cards)), random_(random) {
  CHECK(!cards_.empty());
}

DemoCrowd::Arrival DemoCrowd::Next() {
  const auto between = [this](uint64_t low, uint64_t high) {
    return milliseconds(static_cast<int64_t>(low + random_.Below(high - low + 1)));
  };
  if (std::exchange(first_, false)) {
    due_ = cards_;
  } else if (random_.Below(25) == 0) {
    return {between(1000, 3000), Stranger()};
  } else if (random_.Below(12) == 0 && !last_.empty()) {
    return {between(700, 1500), last_};  // "did it take mine?"
  }
  Arrival arrival{last_.empty()   ? between(300, 700)
                  : hurrying_ > 0 ? between(250, 700)
                                  : between(1000, 3000),
                  CardId()};
  if (hurrying_ > 0) {
    --hurrying_;
  } else if (random_.Below(6) == 0) {
    hurrying_ = 1 + random_.Below(3);
  }
  if (due_.empty()) due_ = cards_;
  const auto chosen = due_.begin() + static_cast<std::ptrdiff_t>(random_.Below(due_.size()));
  arrival.card = *chosen;
  due_.erase(chosen);
  last_ = arrival.card;
  return arrival;
}

CardId DemoCrowd::Stranger() {
  std::array<unsigned char, 4> uid{};
  random_.Fill(uid);
  return *CardId::FromUid(uid);  // 4 bytes are always a card
}

Result<std::unique_ptr<Reader>> MakeDemoReader(const std::string& file, int typed_fd, Clock& clock,
                                               Random& random) {
  TAMTAP_TRY(std::vector<CardId> cards, ReadCards(file));
  return std::unique_ptr<Reader>(
      std::make_unique<DemoReader>(file, std::move(cards), typed_fd, clock, random));
}

}  // namespace tamtap

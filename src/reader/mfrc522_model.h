// For tests: an MFRC522 as its data sheet describes it, register by register, and the cards before
// it as ISO/IEC 14443-3 describes them. It shares nothing with the driver.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "reader/spi_bus.h"

namespace tamtap {

// A card of type A. It hears bits, and answers bits.
class CardModel {
 public:
  using Bits = std::vector<bool>;

  explicit CardModel(std::vector<uint8_t> uid) : uid_(std::move(uid)) {}

  // Nothing: it is silent.
  std::optional<Bits> Hear(const std::vector<uint8_t>& frame, int last_bits);
  void LoseField() { state_ = State::kIdle, was_asleep_ = false; }

  bool wrong_check_byte = false;  // what noise makes of an answer
  bool wrong_crc = false;

 private:
  enum class State { kIdle, kReady, kActive, kHalt };
  size_t Levels() const { return uid_.size() == 4 ? 1 : uid_.size() == 7 ? 2 : 3; }
  std::array<uint8_t, 5> Level() const;
  void Fall() { state_ = was_asleep_ ? State::kHalt : State::kIdle; }

  const std::vector<uint8_t> uid_;
  State state_ = State::kIdle;
  bool was_asleep_ = false;
  size_t level_ = 0;
};

class Mfrc522Model final : public SpiBus {
 public:
  explicit Mfrc522Model(Clock& clock) : clock_(clock) { PowerUp(); }

  Result<> Exchange(std::span<const std::span<unsigned char>> frames) override;
  Result<> Reset() override {
    ++resets;
    PowerUp();
    return {};
  }
  const std::string& name() const override { return name_; }

  // As after its power sank.
  void PowerUp();
  // Is done at the first exchange from that time on.
  void At(MonotonicTime when, std::function<void()> what) { plan_.emplace_back(when, what); }
  void Put(std::vector<uint8_t> uid) { cards.emplace_back(std::move(uid)); }

  std::vector<CardModel> cards;
  uint8_t version = 0x92;
  bool stalled = false;       // it never ends what it begins
  std::optional<Error> fail;  // every exchange
  int resets = 0;
  int soft_resets = 0;
  int exchanges = 0;

 private:
  void WriteRegister(uint8_t address, uint8_t value);
  uint8_t ReadRegister(uint8_t address);
  void CalculateCrc();
  void Transceive();
  void Receive(const std::vector<CardModel::Bits>& answers, int align);

  Clock& clock_;
  const std::string name_ = "/dev/spidev-model";
  std::array<uint8_t, 64> registers_{};
  std::vector<uint8_t> fifo_;
  std::optional<MonotonicTime> timer_;  // when it runs out
  std::optional<MonotonicTime> field_since_;
  std::vector<std::pair<MonotonicTime, std::function<void()>>> plan_;
};

}  // namespace tamtap

#include "reader/mfrc522_model.h"

#include <algorithm>

namespace tamtap {
namespace {

using Bits = CardModel::Bits;

Bits ToBits(const std::vector<uint8_t>& bytes) {
  Bits bits;
  for (const uint8_t byte : bytes) {
    for (int i = 0; i < 8; ++i) bits.push_back((byte >> i & 1) != 0);
  }
  return bits;
}

// The CRC of type A by its definition: the remainder, bit after bit, least significant bit first.
std::pair<uint8_t, uint8_t> CrcOf(const std::vector<uint8_t>& bytes, size_t count) {
  unsigned remainder = 0x6363;
  for (size_t i = 0; i < count; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      const bool one = ((bytes[i] >> bit) & 1) != 0;
      const bool out = (remainder & 1) != 0;
      remainder >>= 1;
      if (one != out) remainder ^= 0x8408;
    }
  }
  return {static_cast<uint8_t>(remainder & 0xFF), static_cast<uint8_t>(remainder >> 8)};
}

}  // namespace

std::array<uint8_t, 5> CardModel::Level() const {
  std::array<uint8_t, 5> level{};
  const bool last = level_ + 1 == Levels();
  const size_t from = level_ * 3;
  if (!last) level[0] = 0x88;
  for (size_t i = last ? 0 : 1, j = from; i < 4; ++i, ++j) level[i] = uid_[j];
  level[4] = static_cast<uint8_t>(level[0] ^ level[1] ^ level[2] ^ level[3]);
  return level;
}

std::optional<Bits> CardModel::Hear(const std::vector<uint8_t>& frame, int last_bits) {
  if (frame.size() == 1 && last_bits == 7) {
    const bool wakes = frame[0] == 0x52 && state_ == State::kHalt;
    if ((frame[0] != 0x26 && frame[0] != 0x52) || (state_ == State::kHalt && !wakes)) return {};
    if (state_ == State::kReady || state_ == State::kActive) {
      Fall();  // it hears a call that is out of place, and is silent this time
      return {};
    }
    was_asleep_ = state_ == State::kHalt;
    state_ = State::kReady;
    level_ = 0;
    const auto sizes = static_cast<uint8_t>((Levels() - 1) << 6 | 0x04);
    return ToBits({sizes, 0x00});
  }
  if (frame == std::vector<uint8_t>{0x50, 0x00, 0x57, 0xCD}) {
    if (state_ == State::kActive) state_ = State::kHalt;
    if (state_ == State::kReady) Fall();
    return {};
  }
  if (state_ != State::kReady || frame.size() < 2 || frame[0] != 0x93 + 2 * level_) {
    if (state_ == State::kReady || state_ == State::kActive) Fall();
    return {};
  }
  const std::array<uint8_t, 5> own = Level();
  Bits mine = ToBits({own.begin(), own.end()});
  if (frame[1] == 0x70) {
    const auto crc = CrcOf(frame, 7);
    const bool meant = frame.size() == 9 && last_bits == 0 && frame[7] == crc.first &&
                       frame[8] == crc.second &&
                       std::equal(own.begin(), own.end(), frame.begin() + 2);
    if (!meant) {
      Fall();
      return {};
    }
    std::vector<uint8_t> sak = {0x08, 0xB6, 0xDD};
    if (level_ + 1 < Levels()) {
      sak = {0x04, 0xDA, 0x17};
      ++level_;
    } else {
      state_ = State::kActive;
    }
    if (wrong_crc) sak[1] ^= 0x40;
    return ToBits(sak);
  }
  const size_t known = ((frame[1] >> 4) - 2U) * 8 + (frame[1] & 7U);
  Bits asked = ToBits({frame.begin() + 2, frame.end()});
  if (asked.size() < known || known > 32) return {};
  if (!std::equal(asked.begin(), asked.begin() + static_cast<std::ptrdiff_t>(known),
                  mine.begin())) {
    return {};
  }
  if (wrong_check_byte) mine[39] = !mine[39];
  return Bits(mine.begin() + static_cast<std::ptrdiff_t>(known), mine.end());
}

void Mfrc522Model::PowerUp() {
  registers_.fill(0);
  registers_[0x01] = 0x20;  // CommandReg
  registers_[0x0E] = 0x80;  // CollReg: values after a collision
  registers_[0x11] = 0x3F;  // ModeReg
  registers_[0x14] = 0x80;  // TxControlReg: no antenna
  registers_[0x24] = 0x26;
  registers_[0x26] = 0x48;
  fifo_.clear();
  timer_.reset();
  field_since_.reset();
  for (CardModel& card : cards) card.LoseField();
}

Result<> Mfrc522Model::Exchange(std::span<const std::span<unsigned char>> frames) {
  ++exchanges;
  for (size_t i = 0; i < plan_.size(); ++i) {
    if (clock_.MonotonicNow() < plan_[i].first) continue;
    const auto what = std::move(plan_[i].second);
    plan_.erase(plan_.begin() + static_cast<std::ptrdiff_t>(i--));
    what();
  }
  if (fail) return *fail;
  for (const std::span<unsigned char> frame : frames) {
    const auto address = static_cast<uint8_t>(frame[0] >> 1 & 0x3F);
    const bool reads = (frame[0] & 0x80) != 0;
    frame[0] = 0;
    for (size_t i = 1; i < frame.size(); ++i) {
      if (reads) {
        frame[i] = ReadRegister(address);
      } else {
        WriteRegister(address, frame[i]);
      }
    }
  }
  return {};
}

void Mfrc522Model::WriteRegister(uint8_t address, uint8_t value) {
  switch (address) {
    case 0x01:
      if ((value & 0x0F) == 0x0F) {
        ++soft_resets;
        return PowerUp();
      }
      registers_[address] = value;
      if ((value & 0x0F) == 0x03) CalculateCrc();
      return;
    case 0x05:  // as the next one
    case 0x04:  // bit 7 says whether the marked bits are set or cleared
      registers_[address] = static_cast<uint8_t>(
          (value & 0x80) != 0 ? registers_[address] | value : registers_[address] & ~value);
      if (address == 0x04 && (value & 0x81) == 0x01) timer_.reset();
      return;
    case 0x09:
      if (fifo_.size() < 64) fifo_.push_back(value);
      return;
    case 0x0A:
      if ((value & 0x80) != 0) fifo_.clear();
      return;
    case 0x14:
      if ((value & 3) == 3 && !field_since_) field_since_ = clock_.MonotonicNow();
      if ((value & 3) != 3) field_since_.reset();
      registers_[address] = value;
      return;
    case 0x0D:
      registers_[address] = value & 0x7F;
      if ((value & 0x80) != 0 && (registers_[0x01] & 0x0F) == 0x0C) Transceive();
      return;
    default:
      registers_[address] = value;
  }
}

uint8_t Mfrc522Model::ReadRegister(uint8_t address) {
  switch (address) {
    case 0x04:
      if (timer_ && clock_.MonotonicNow() >= *timer_) registers_[0x04] |= 0x01;
      return registers_[address];
    case 0x09: {
      if (fifo_.empty()) return 0;
      const uint8_t first = fifo_.front();
      fifo_.erase(fifo_.begin());
      return first;
    }
    case 0x0A:
      return static_cast<uint8_t>(fifo_.size());
    case 0x37:
      return version;
    default:
      return registers_[address];
  }
}

// 10.3.1.4: of what is in the FIFO, with the first value that ModeReg says; drivers of others use
// it.
void Mfrc522Model::CalculateCrc() {
  const std::vector<uint8_t> bytes = std::exchange(fifo_, {});
  if ((registers_[0x11] & 0x03) != 0x01) return;  // only the first value of type A is modelled
  const auto [low, high] = CrcOf(bytes, bytes.size());
  registers_[0x22] = low;
  registers_[0x21] = high;
  registers_[0x05] |= 0x04;
}

void Mfrc522Model::Transceive() {
  if (stalled) return;
  const std::vector<uint8_t> frame = std::exchange(fifo_, {});
  const int last_bits = registers_[0x0D] & 7;
  registers_[0x04] |= 0x40;  // sent
  registers_[0x06] = 0;
  if ((registers_[0x2A] & 0x80) != 0) {
    // 8.5: (2 * prescaler + 1) * (reload + 1) periods of 13.56 MHz.
    const int prescaler = (registers_[0x2A] & 0x0F) << 8 | registers_[0x2B];
    const int reload = registers_[0x2C] << 8 | registers_[0x2D];
    const double us = (2.0 * prescaler + 1.0) * (reload + 1.0) / 13.56;
    timer_ = clock_.MonotonicNow() + std::chrono::microseconds(static_cast<int64_t>(us));
  }
  const bool powered =
      field_since_ && clock_.MonotonicNow() - *field_since_ >= std::chrono::milliseconds(5);
  // Cards know full modulation only.
  if (!powered || (registers_[0x15] & 0x40) == 0) return;
  std::vector<Bits> answers;
  for (CardModel& card : cards) {
    if (auto answer = card.Hear(frame, last_bits)) answers.push_back(*std::move(answer));
  }
  if (!answers.empty()) Receive(answers, registers_[0x0D] >> 4 & 7);
}

void Mfrc522Model::Receive(const std::vector<Bits>& answers, int align) {
  timer_.reset();
  Bits heard(static_cast<size_t>(align), false);
  std::optional<size_t> collision;
  const size_t length = answers.front().size();
  for (size_t i = 0; i < length; ++i) {
    const bool bit = answers.front()[i];
    const bool differs = std::any_of(answers.begin(), answers.end(), [&](const Bits& each) {
      return i >= each.size() || each[i] != bit;
    });
    if (differs && !collision) collision = heard.size() + 1;  // RxAlign counts
    const bool zeroed = collision && (registers_[0x0E] & 0x80) == 0;
    heard.push_back(!zeroed && (bit || differs));
  }
  while (heard.size() % 8 != 0) heard.push_back(false);
  for (size_t i = 0; i < heard.size(); i += 8) {
    uint8_t byte = 0;
    for (size_t j = 0; j < 8; ++j) byte = static_cast<uint8_t>(byte | (heard[i + j] ? 1U << j : 0));
    fifo_.push_back(byte);
  }
  registers_[0x04] |= 0x20;
  registers_[0x0E] = static_cast<uint8_t>((registers_[0x0E] & 0x80) | 0x20);
  if (collision) {
    registers_[0x04] |= 0x02;
    registers_[0x06] |= 0x08;
    const bool in_range = *collision <= 32;
    registers_[0x0E] = static_cast<uint8_t>(
        (registers_[0x0E] & 0x80) | (in_range ? static_cast<unsigned>(*collision) & 0x1F : 0x20U));
  }
}

}  // namespace tamtap

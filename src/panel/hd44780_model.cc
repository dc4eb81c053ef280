#include "panel/hd44780_model.h"

#include <fmt/core.h>

namespace tamtap {
namespace {

using std::chrono::microseconds;

constexpr microseconds kByteOnTheBus{90};  // 9 bits at 100 kHz

}  // namespace

void Hd44780Model::PowerUp() {
  pins_ = 0;
  four_bits_ = on_ = light = false;
  half_.reset();
  eights_ = 0;
  memory_.fill('#');  // anything
  busy_until_ = clock_.MonotonicNow() + microseconds(40'000);
}

Result<> Hd44780Model::Write(std::span<const unsigned char> written) {
  now_ = clock_.MonotonicNow();
  const Result<> taken = Take(written);
  // Not byte by byte: a thread that sleeps so shortly sleeps longer, which would hide haste.
  if (const auto left = now_ - clock_.MonotonicNow(); left > left.zero()) clock_.SleepFor(left);
  return taken;
}

Result<> Hd44780Model::Take(std::span<const unsigned char> written) {
  for (const unsigned char byte : written) {
    if (fail && fail_after-- == 0) {
      fail_after = 0;
      return *fail;
    }
    ++bytes;
    now_ += kByteOnTheBus;
    const bool falls = (pins_ & 0x04) != 0 && (byte & 0x04) == 0;
    const bool rises = (pins_ & 0x04) == 0 && (byte & 0x04) != 0;
    if (rises && ((pins_ ^ byte) & 0x03) != 0) faults.emplace_back("RS changes with E");
    if (falls && ((pins_ ^ byte) & 0xF0) != 0) faults.emplace_back("data changes with E");
    if (falls) Latch(pins_ & 0xF0, (pins_ & 0x01) != 0);
    pins_ = byte;
    light = (byte & 0x08) != 0;
  }
  return {};
}

Result<> Hd44780Model::Ask(std::span<const unsigned char> question,
                           std::span<unsigned char> answer) {
  if (fail) return *fail;
  TAMTAP_RETURN_IF_ERROR(Write(question));
  for (unsigned char& byte : answer) byte = pins_;
  return {};
}

void Hd44780Model::Latch(uint8_t high_bits, bool data) {
  if (now_ < busy_until_) {
    faults.push_back(fmt::format("0x{:02X} while it is busy", high_bits));
    return;
  }
  if (!four_bits_) return Take(high_bits, data);
  if (!half_) {
    half_ = high_bits;
    return;
  }
  const auto byte = static_cast<uint8_t>(*half_ | high_bits >> 4);
  half_.reset();
  Take(byte, data);
}

void Hd44780Model::Take(uint8_t byte, bool data) {
  busy_until_ = now_ + microseconds(37);
  if (!data) return Command(byte);
  memory_[address_ & 0x7F] = static_cast<char>(byte);
  ++address_;
}

void Hd44780Model::Command(uint8_t command) {
  if ((command & 0x80) != 0) {
    address_ = command & 0x7F;
  } else if ((command & 0xE0) == 0x20) {  // function set
    const bool eight = (command & 0x10) != 0;
    // The first of them at the start takes longer (figure 24).
    if (eight) busy_until_ += microseconds(eights_++ == 0 ? 4'063 : 63);
    four_bits_ = !eight;
    half_.reset();
  } else if ((command & 0xF8) == 0x08) {
    on_ = (command & 0x04) != 0;
  } else if (command == 0x01) {
    memory_.fill(' ');
    address_ = 0;
    busy_until_ += microseconds(1'520);
  } else if ((command & 0xFE) == 0x02) {
    address_ = 0;
    busy_until_ += microseconds(1'520);
  }
}

std::string Hd44780Model::Line(size_t row) const {
  std::string line(memory_.data() + row * 0x40, 16);
  return on_ ? line : std::string(16, ' ');
}

}  // namespace tamtap

// Mfrc522: the reader chip of RC522 boards, and the cards of ISO/IEC 14443 type A before it.
// Written from NXP's data sheet "MFRC522, Standard performance MIFARE and NTAG frontend" (rev. 3.9)
// and ISO/IEC 14443-3. One thread at a time.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "reader/spi_bus.h"
#include "tap/card_id.h"

namespace tamtap {

class Mfrc522 {
 public:
  // Both must outlive it.
  Mfrc522(SpiBus& bus, Clock& clock) : bus_(bus), clock_(clock) {}

  // Resets the chip and sets it up. Returns its version: 0x91 or 0x92, and other numbers of chips
  // that others make. kRetry: nothing answers.
  Result<unsigned char> SetUp();

  // Whether it is still as SetUp left it. A chip whose power sank for a moment is not, and sees no
  // card.
  Result<bool> IsSetUp();

  struct Field {
    std::vector<CardId> cards;
    bool unreadable = false;  // something answered that could not be read to the end
  };
  // What is before the reader now, at most kMostCards. Takes 4 ms without a card. kRetry: the bus
  // fails, or the chip does not end what it began; SetUp may mend both.
  Result<Field> Look();
  static constexpr int kMostCards = 4;

 private:
  static constexpr size_t kFifoBytes = 64;

  struct Setting {
    unsigned char address;
    unsigned char value;
  };
  struct Reply {
    enum class Kind { kNothing, kBits, kGarbled };
    Kind kind = Kind::kNothing;
    std::array<unsigned char, kFifoBytes> bytes{};
    size_t size = 0;
    // Cards that answer at once differ first in this bit of the bytes, counted from 1; 0: in none.
    int collision = 0;
  };
  // The bytes of a cascade level's UID, and their check byte.
  using Level = std::array<unsigned char, 5>;

  Result<> Write(std::span<const Setting> settings);
  Result<unsigned char> Read(unsigned char address);
  // Waits until some of the bits are set, or, if `set` is false, until none is. kRetry: too long.
  Result<unsigned char> WaitFor(unsigned char address, unsigned char bits, bool set,
                                std::chrono::milliseconds patience);
  // Sends a frame whose last byte has so many bits (0: all), and receives; the first bit that comes
  // is put at `align` in its byte.
  Result<Reply> Transceive(std::span<const unsigned char> frame, int last_bits, int align);
  Result<Reply> TransceiveWithCrc(std::span<const unsigned char> frame);
  // Of those that answer to this call, one. Nothing: none could be read to the end.
  Result<std::optional<CardId>> SelectOne();
  Result<std::optional<Level>> Anticollide(unsigned char select);
  Result<std::optional<unsigned char>> Select(unsigned char select, const Level& level);

  SpiBus& bus_;
  Clock& clock_;
};

}  // namespace tamtap

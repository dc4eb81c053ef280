#include "reader/mfrc522.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

namespace tamtap {
namespace {

using std::chrono::milliseconds;

// Registers (data sheet, 9.2).
constexpr unsigned char kCommand = 0x01;
constexpr unsigned char kComIrq = 0x04;
constexpr unsigned char kError = 0x06;
constexpr unsigned char kFifoData = 0x09;
constexpr unsigned char kFifoLevel = 0x0A;
constexpr unsigned char kBitFraming = 0x0D;
constexpr unsigned char kColl = 0x0E;
constexpr unsigned char kMode = 0x11;
constexpr unsigned char kTxMode = 0x12;
constexpr unsigned char kRxMode = 0x13;
constexpr unsigned char kTxControl = 0x14;
constexpr unsigned char kTxAsk = 0x15;
constexpr unsigned char kModWidth = 0x24;
constexpr unsigned char kTMode = 0x2A;
constexpr unsigned char kTPrescaler = 0x2B;
constexpr unsigned char kTReloadHigh = 0x2C;
constexpr unsigned char kTReloadLow = 0x2D;
constexpr unsigned char kVersion = 0x37;

// Commands (10.3), and bits of registers.
constexpr unsigned char kIdle = 0x00;
constexpr unsigned char kDoTransceive = 0x0C;
constexpr unsigned char kSoftReset = 0x0F;
constexpr unsigned char kPowerDown = 0x10;  // of kCommand
constexpr unsigned char kStartSend = 0x80;  // of kBitFraming
constexpr unsigned char kFlush = 0x80;      // of kFifoLevel
constexpr unsigned char kAllIrqs = 0x7F;    // of kComIrq, as the next three
constexpr unsigned char kReceived = 0x30;   // the end of a frame, or of the command
constexpr unsigned char kErrorIrq = 0x02;
constexpr unsigned char kTimerIrq = 0x01;
constexpr unsigned char kCollision = 0x08;   // of kError
constexpr unsigned char kGarbled = 0x13;     // of kError: overflow, parity, protocol
constexpr unsigned char kNoPosition = 0x20;  // of kColl
constexpr unsigned char kPosition = 0x1F;    // of kColl; 0 means 32
constexpr unsigned char kAntenna = 0x83;     // of kTxControl

// As a reset leaves it (9.3), but for what this program needs. The timer counts 25 us, 80 times
// after the end of a frame: a card answers an activation command after 86 us (ISO/IEC 14443-3,
// 6.2.1.1).
constexpr unsigned char kTimerByItself = 0x80;
constexpr unsigned char kPrescaler25Us = 0xA9;
constexpr unsigned char kTicks = 80;
constexpr unsigned char kFullAsk = 0x40;
constexpr unsigned char kCrcPreset6363 = 0x3D;
constexpr unsigned char kWidth106 = 0x26;

constexpr milliseconds kStartsWithin{150};
constexpr milliseconds kEndsWithin{25};
constexpr milliseconds kCardsWake{5};  // in the new field

// Commands to cards (ISO/IEC 14443-3, 6.4 and 6.5).
constexpr unsigned char kRequest = 0x26;  // those that were not put to sleep
constexpr unsigned char kWakeUp = 0x52;   // all
constexpr int kShortFrame = 7;            // bits
constexpr std::array<unsigned char, 3> kSelects = {0x93, 0x95, 0x97};
constexpr std::array<unsigned char, 2> kHalt = {0x50, 0x00};
constexpr unsigned char kCascadeTag = 0x88;
constexpr unsigned char kUidGoesOn = 0x04;  // of SAK
constexpr int kLevelBits = 32;              // without the check byte

// ISO/IEC 13239 with the first value of type A (14443-3, annex B).
uint16_t CrcA(std::span<const unsigned char> bytes) {
  uint16_t crc = 0x6363;
  for (const unsigned char byte : bytes) {
    crc = static_cast<uint16_t>(crc ^ byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<uint16_t>((crc & 1) != 0 ? (crc >> 1) ^ 0x8408 : crc >> 1);
    }
  }
  return crc;
}

unsigned char LowBits(int count) { return static_cast<unsigned char>((1U << count) - 1); }

}  // namespace

Result<> Mfrc522::Write(std::span<const Setting> settings) {
  std::vector<std::array<unsigned char, 2>> bytes;
  bytes.reserve(settings.size());
  for (const auto& [address, value] : settings) {
    bytes.push_back({static_cast<unsigned char>(address << 1), value});
  }
  const std::vector<std::span<unsigned char>> frames(bytes.begin(), bytes.end());
  return bus_.Exchange(frames);
}

Result<unsigned char> Mfrc522::Read(unsigned char address) {
  std::array<unsigned char, 2> bytes = {static_cast<unsigned char>(address << 1 | 0x80), 0};
  const std::span<unsigned char> frame(bytes);
  TAMTAP_RETURN_IF_ERROR(bus_.Exchange({&frame, 1}));
  return bytes[1];
}

Result<unsigned char> Mfrc522::WaitFor(unsigned char address, unsigned char bits, bool set,
                                       milliseconds patience) {
  const MonotonicTime deadline = clock_.MonotonicNow() + patience;
  while (true) {
    TAMTAP_TRY(const unsigned char value, Read(address));
    if (((value & bits) != 0) == set) return value;
    if (clock_.MonotonicNow() >= deadline) {
      return Error{ErrorCode::kRetry,
                   fmt::format("wait for the card reader's chip on {}", bus_.name()), 0,
                   "it has stalled"};
    }
    clock_.SleepFor(milliseconds(1));
  }
}

Result<unsigned char> Mfrc522::SetUp() {
  TAMTAP_RETURN_IF_ERROR(bus_.Reset());
  TAMTAP_RETURN_IF_ERROR(Write(std::array{Setting{kCommand, kSoftReset}}));
  clock_.SleepFor(milliseconds(1));
  const Error silent{ErrorCode::kRetry,
                     fmt::format("find the card reader's chip on {}", bus_.name()), 0,
                     "nothing answers: look at its wires, its 3.3 V and its reset line"};
  TAMTAP_TRY(const unsigned char version, Read(kVersion));
  if (version == 0x00 || version == 0xFF) return silent;
  TAMTAP_TRY([[maybe_unused]] const unsigned char awake,
             WaitFor(kCommand, kPowerDown, /*set=*/false, kStartsWithin));
  TAMTAP_RETURN_IF_ERROR(Write(std::array{
      Setting{kTxMode, 0}, Setting{kRxMode, 0}, Setting{kModWidth, kWidth106},
      Setting{kTMode, kTimerByItself}, Setting{kTPrescaler, kPrescaler25Us},
      Setting{kTReloadHigh, 0}, Setting{kTReloadLow, kTicks}, Setting{kTxAsk, kFullAsk},
      Setting{kMode, kCrcPreset6363}, Setting{kColl, 0}, Setting{kTxControl, kAntenna}}));
  clock_.SleepFor(kCardsWake);
  TAMTAP_TRY(const bool done, IsSetUp());
  if (!done) return silent;
  return version;
}

Result<bool> Mfrc522::IsSetUp() {
  for (const auto& [address, value] :
       {Setting{kTMode, kTimerByItself}, Setting{kTReloadLow, kTicks}, Setting{kTxAsk, kFullAsk},
        Setting{kMode, kCrcPreset6363}, Setting{kTxControl, kAntenna}}) {
    TAMTAP_TRY(const unsigned char now, Read(address));
    if (now != value) return false;
  }
  return true;
}

Result<Mfrc522::Field> Mfrc522::Look() {
  Field field;
  for (int i = 0; i < kMostCards; ++i) {
    // Those that were read sleep: the first call is to them as well, the next ones are to others.
    const unsigned char call = i == 0 ? kWakeUp : kRequest;
    TAMTAP_TRY(const Reply answer, Transceive({&call, 1}, kShortFrame, 0));
    if (answer.kind == Reply::Kind::kNothing) break;
    TAMTAP_TRY(auto card, SelectOne());
    if (!card) {
      field.unreadable = true;
      // It listens for the rest of this, and would be silent at the next call.
      TAMTAP_TRY([[maybe_unused]] const Reply silence, TransceiveWithCrc(kHalt));
      break;
    }
    const bool again =
        std::find(field.cards.begin(), field.cards.end(), *card) != field.cards.end();
    if (again) break;  // it does not sleep
    field.cards.push_back(*std::move(card));
    // A card says nothing to this.
    TAMTAP_TRY([[maybe_unused]] const Reply silence, TransceiveWithCrc(kHalt));
  }
  return field;
}

Result<Mfrc522::Reply> Mfrc522::Transceive(std::span<const unsigned char> frame, int last_bits,
                                           int align) {
  std::vector<Setting> settings = {{kCommand, kIdle}, {kComIrq, kAllIrqs}, {kFifoLevel, kFlush}};
  for (const unsigned char byte : frame) settings.push_back({kFifoData, byte});
  const auto framing = static_cast<unsigned char>(align << 4 | last_bits);
  settings.push_back({kBitFraming, framing});
  settings.push_back({kCommand, kDoTransceive});
  settings.push_back({kBitFraming, static_cast<unsigned char>(framing | kStartSend)});
  TAMTAP_RETURN_IF_ERROR(Write(settings));

  Reply reply;
  // A collision is an error before the frame has ended: that is not waited for.
  const auto irqs = WaitFor(kComIrq, kReceived | kTimerIrq, /*set=*/true, kEndsWithin);
  if (irqs && (*irqs & kReceived) == 0) return reply;
  if (!irqs) {
    TAMTAP_TRY(const unsigned char now, Read(kComIrq));
    if ((now & kErrorIrq) == 0) return irqs.error();
  }
  reply.kind = Reply::Kind::kGarbled;
  TAMTAP_TRY(const unsigned char error, Read(kError));
  if (!irqs || (error & kGarbled) != 0) return reply;
  if ((error & kCollision) != 0) {
    TAMTAP_TRY(const unsigned char where, Read(kColl));
    if ((where & kNoPosition) != 0) return reply;
    reply.collision = (where & kPosition) == 0 ? kLevelBits : where & kPosition;
  }
  TAMTAP_TRY(const unsigned char size, Read(kFifoLevel));
  reply.size = std::min<size_t>(size & 0x7F, kFifoBytes);
  for (size_t i = 0; i < reply.size; ++i) {
    TAMTAP_TRY(reply.bytes[i], Read(kFifoData));
  }
  reply.kind = Reply::Kind::kBits;
  return reply;
}

Result<Mfrc522::Reply> Mfrc522::TransceiveWithCrc(std::span<const unsigned char> frame) {
  std::vector<unsigned char> bytes(frame.begin(), frame.end());
  const uint16_t crc = CrcA(frame);
  bytes.push_back(static_cast<unsigned char>(crc & 0xFF));
  bytes.push_back(static_cast<unsigned char>(crc >> 8));
  return Transceive(bytes, 0, 0);
}

// A UID of seven or ten bytes comes in two or three levels, three bytes behind a tag in each but
// the last.
Result<std::optional<CardId>> Mfrc522::SelectOne() {
  std::vector<unsigned char> uid;
  for (const unsigned char select : kSelects) {
    TAMTAP_TRY(const auto level, Anticollide(select));
    if (!level) return std::optional<CardId>();
    TAMTAP_TRY(const auto sak, Select(select, *level));
    if (!sak) return std::optional<CardId>();
    const bool goes_on = (*sak & kUidGoesOn) != 0;
    const bool tagged = level->front() == kCascadeTag;
    // The last bytes of a long UID may look like the tag; a short UID never does.
    if (goes_on ? !tagged : tagged && uid.empty()) return std::optional<CardId>();
    uid.insert(uid.end(), level->begin() + (goes_on ? 1 : 0), level->end() - 1);
    if (goes_on) continue;
    const auto card = CardId::FromUid(uid);
    return card ? std::optional(*card) : std::nullopt;
  }
  return std::optional<CardId>();
}

// Asks for the bits of the UID behind those that are known. Where cards differ, the ones with a 1
// there are asked on, and the others fall silent, until one is left.
Result<std::optional<Mfrc522::Level>> Mfrc522::Anticollide(unsigned char select) {
  std::array<unsigned char, 7> frame = {select, 0};
  int known = 0;
  while (true) {
    const int whole = known / 8;
    const int more = known % 8;
    frame[1] = static_cast<unsigned char>((2 + whole) << 4 | more);
    const auto sent = size_t{2} + static_cast<size_t>(whole) + (more > 0 ? 1 : 0);
    TAMTAP_TRY(const Reply reply, Transceive(std::span(frame).first(sent), more, more));
    const auto at = size_t{2} + static_cast<size_t>(whole);
    if (reply.kind != Reply::Kind::kBits || reply.size == 0 || at + reply.size > frame.size()) {
      return std::optional<Level>();
    }
    for (size_t i = 0; i < reply.size; ++i) {
      const unsigned char kept = i == 0 ? LowBits(more) : 0;
      frame[at + i] = static_cast<unsigned char>((frame[at + i] & kept) | (reply.bytes[i] & ~kept));
    }
    if (reply.collision == 0) {
      Level level{};
      std::copy(frame.begin() + 2, frame.end(), level.begin());
      const bool checks = (level[0] ^ level[1] ^ level[2] ^ level[3] ^ level[4]) == 0;
      if (at + reply.size != frame.size() || !checks) return std::optional<Level>();
      return std::optional(level);
    }
    // CollPos counts from the start of the FIFO, with the bits that RxAlign has left out: so the
    // chip's maker reads it, whose library cuts the received bytes there. Drivers that take it for
    // a place in the UID agree as long as nothing is known yet, and read two cards; they fail at
    // three.
    const int differs = whole * 8 + reply.collision;
    if (differs <= known || differs > kLevelBits) return std::optional<Level>();
    unsigned char& byte = frame[size_t{2} + static_cast<size_t>((differs - 1) / 8)];
    const int bit = (differs - 1) % 8;
    byte = static_cast<unsigned char>((byte & LowBits(bit)) | 1U << bit);
    known = differs;
  }
}

// Selects the one card with these bytes. Nothing: it does not answer as it should.
Result<std::optional<unsigned char>> Mfrc522::Select(unsigned char select, const Level& level) {
  std::array<unsigned char, 7> frame = {select, 0x70};
  std::copy(level.begin(), level.end(), frame.begin() + 2);
  TAMTAP_TRY(const Reply reply, TransceiveWithCrc(frame));
  const std::span<const unsigned char> sak(reply.bytes.data(), 1);
  const uint16_t crc = CrcA(sak);
  const bool answered = reply.kind == Reply::Kind::kBits && reply.collision == 0 &&
                        reply.size == 3 && reply.bytes[1] == (crc & 0xFF) &&
                        reply.bytes[2] == crc >> 8;
  return answered ? std::optional(sak.front()) : std::optional<unsigned char>();
}

}  // namespace tamtap

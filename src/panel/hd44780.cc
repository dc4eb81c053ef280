#include "panel/hd44780.h"

#include <algorithm>

namespace tamtap {
namespace {

using std::chrono::microseconds;

constexpr unsigned char kRs = 0x01;
constexpr unsigned char kEnable = 0x04;
constexpr unsigned char kBacklight = 0x08;

// Data sheet, tables 6 and 12 and figure 24. Each byte takes the bus 0.09 ms at 100 kHz, longer
// than any command but these.
constexpr microseconds kPowerUp{40'000};
constexpr microseconds kFirstHalf{4'100};
constexpr microseconds kNextHalf{100};
constexpr microseconds kCommand{50};

constexpr unsigned char kEightBits = 0x30;
constexpr unsigned char kFourBits = 0x20;
constexpr unsigned char kTwoLines = 0x28;
constexpr unsigned char kLeftToRight = 0x06;
constexpr unsigned char kOn = 0x0C;
constexpr unsigned char kAt = 0x80;  // and an address: the second line begins at 0x40
constexpr unsigned char kSecondLine = 0x40;

// Where its character set (ROM code A00) is not ASCII.
char InItsSet(char c) {
  if (c == '\\') return '/';
  if (c == '~') return '-';
  return c >= ' ' && c < 0x7F ? c : '?';
}

}  // namespace

void Hd44780::AddHalf(unsigned char high_bits, bool data, std::vector<unsigned char>& bytes) const {
  // RS must be right before E rises, and the bits must stay until it has fallen.
  const auto quiet = static_cast<unsigned char>((high_bits & 0xF0) | kBacklight | (data ? kRs : 0));
  bytes.push_back(quiet);
  bytes.push_back(quiet | kEnable);
  bytes.push_back(quiet);
}

void Hd44780::AddByte(unsigned char byte, bool data, std::vector<unsigned char>& bytes) const {
  AddHalf(byte, data, bytes);
  AddHalf(static_cast<unsigned char>(byte << 4), data, bytes);
}

Result<> Hd44780::Half(unsigned char high_bits, microseconds pause) {
  std::vector<unsigned char> bytes;
  AddHalf(high_bits, /*data=*/false, bytes);
  TAMTAP_RETURN_IF_ERROR(bus_.Write(bytes));
  clock_.SleepFor(pause);
  return {};
}

Result<> Hd44780::Command(unsigned char command, microseconds pause) {
  std::vector<unsigned char> bytes;
  AddByte(command, /*data=*/false, bytes);
  TAMTAP_RETURN_IF_ERROR(bus_.Write(bytes));
  clock_.SleepFor(pause);
  return {};
}

Result<> Hd44780::SetUp() {
  clock_.SleepFor(kPowerUp);
  return SetUpAgain();
}

// Three times "eight bits" is eight bits, also for one that was left in the middle of a byte.
Result<> Hd44780::SetUpAgain() {
  TAMTAP_RETURN_IF_ERROR(Half(kEightBits, kFirstHalf));
  TAMTAP_RETURN_IF_ERROR(Half(kEightBits, kFirstHalf));
  TAMTAP_RETURN_IF_ERROR(Half(kEightBits, kNextHalf));
  TAMTAP_RETURN_IF_ERROR(Half(kFourBits, kNextHalf));
  for (const unsigned char command : {kTwoLines, kLeftToRight, kOn}) {
    TAMTAP_RETURN_IF_ERROR(Command(command, kCommand));
  }
  for (Line& line : shown_) line.fill('\0');  // anything
  return {};
}

Result<> Hd44780::Show(std::string_view upper, std::string_view lower) {
  TAMTAP_RETURN_IF_ERROR(ShowLine(0, upper));
  return ShowLine(1, lower);
}

// One transfer a run of cells that change: the address, and the characters.
Result<> Hd44780::ShowLine(size_t row, std::string_view text) {
  Line wanted;
  wanted.fill(' ');
  for (size_t i = 0; i < std::min(text.size(), kColumns); ++i) wanted[i] = InItsSet(text[i]);
  Line& shown = shown_[row];
  for (size_t begin = 0; begin < kColumns; ++begin) {
    if (shown[begin] == wanted[begin]) continue;
    size_t end = begin + 1;
    while (end < kColumns && shown[end] != wanted[end]) ++end;
    std::vector<unsigned char> bytes;
    AddByte(static_cast<unsigned char>(kAt | (row == 0 ? 0 : kSecondLine) | begin), false, bytes);
    for (size_t i = begin; i < end; ++i)
      AddByte(static_cast<unsigned char>(wanted[i]), true, bytes);
    TAMTAP_RETURN_IF_ERROR(bus_.Write(bytes));
    std::copy(wanted.begin() + static_cast<std::ptrdiff_t>(begin),
              wanted.begin() + static_cast<std::ptrdiff_t>(end),
              shown.begin() + static_cast<std::ptrdiff_t>(begin));
    begin = end;
  }
  return {};
}

}  // namespace tamtap

// virtual_card --uid HEX [--for-ms N] [--port P] [--within-ms N]
//
// Lays one card on the virtual reader of a running pcscd, leaves it there for N milliseconds after
// the reader first spoke with it, and takes it away. Exit 0: its UID was read; 1: it was not, or no
// reader spoke with it within --within-ms (10,000); 2: wrong usage.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <thread>

#include "virtual_card.h"

namespace {

bool ParseNumber(std::string_view text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<unsigned char> uid;
  int for_ms = 500;
  int within_ms = 10'000;
  int port = tamtap::VirtualCard::kDefaultPort;
  bool valid = argc % 2 == 1;
  for (int i = 1; valid && i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    if (flag == "--uid") {
      uid = tamtap::BytesFromHex(argv[i + 1]);
    } else if (flag == "--for-ms") {
      valid = ParseNumber(argv[i + 1], for_ms);
    } else if (flag == "--within-ms") {
      valid = ParseNumber(argv[i + 1], within_ms);
    } else {
      valid = flag == "--port" && ParseNumber(argv[i + 1], port) && port > 0 && port < 65536;
    }
  }
  if (!valid || uid.empty()) {
    std::fputs("usage: virtual_card --uid HEX [--for-ms N] [--port P] [--within-ms N]\n", stderr);
    return 2;
  }
  const tamtap::VirtualCard card(uid, static_cast<uint16_t>(port));
  if (!card.WaitUntilSeen(std::chrono::milliseconds(within_ms))) {
    std::fputs("virtual_card: no reader spoke with the card; is pcscd running with vpcd?\n",
               stderr);
    return 1;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(for_ms));
  if (!card.read()) {
    std::fputs("virtual_card: the reader saw the card, but nobody read its UID\n", stderr);
    return 1;
  }
  return 0;
}

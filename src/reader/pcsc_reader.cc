#include "reader/pcsc_reader.h"

#include <fmt/core.h>
#include <winscard.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/mutex.h"
#include "device/said_once.h"
#include "reader/card_presence.h"
#include "reader/ready_cards.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

// How long one wait lasts at most; it bounds how late a stop is noticed. SCardCancel would be
// quicker, but is lost when it comes just before the wait begins, and hangs when pcscd does.
constexpr milliseconds kWait{200};
// The pseudo reader whose "state" is the list of readers.
constexpr const char* kPlugAndPlay = "\\\\?PnP?\\Notification";

std::string_view NameOf(LONG code) {
  return pcsc_stringify_error(code);  // a text in static storage
}

// ISO/IEC 7816-4 GET DATA as PC/SC part 3 defines it for contactless cards: the UID.
constexpr std::array<unsigned char, 5> kGetUid{0xFF, 0xCA, 0x00, 0x00, 0x00};

// Asks pcscd for the names of its readers; none is no error.
LONG ListNames(SCARDCONTEXT context, std::vector<std::string>& names) {
  DWORD length = 0;
  std::string text;
  LONG code = SCARD_S_SUCCESS;
  do {  // the list may grow between asking for its length and for itself
    code = SCardListReaders(context, nullptr, nullptr, &length);
    if (code != SCARD_S_SUCCESS) break;
    text.assign(length, '\0');
    code = SCardListReaders(context, nullptr, text.data(), &length);
  } while (code == SCARD_E_INSUFFICIENT_BUFFER);
  if (code == SCARD_E_NO_READERS_AVAILABLE) return SCARD_S_SUCCESS;
  if (code != SCARD_S_SUCCESS) return code;
  for (size_t start = 0; start < text.size() && text[start] != '\0';) {  // "a\0b\0\0"
    names.emplace_back(text.c_str() + start);
    start += names.back().size() + 1;
  }
  return code;
}

Error NoService(LONG code) {
  return {ErrorCode::kRetry, fmt::format("reach the smart card service: {}", NameOf(code)), 0,
          "start pcscd: systemctl start pcscd.socket"};
}

struct Slot {
  explicit Slot(std::string name_given) : name(std::move(name_given)) {}

  std::string name;
  DWORD state = SCARD_STATE_UNAWARE;  // as pcscd gave it last, its event counter included
  std::string uid;                    // of the card there now or last; empty if it was unreadable
  bool present = false;
  std::optional<MonotonicTime> left;  // when the last card was found gone
};

class PcscReader final : public Reader {
 public:
  PcscReader(std::string wanted, Clock& clock) : wanted_(std::move(wanted)), clock_(clock) {}
  ~PcscReader() override { Disconnect(); }

  Result<PresentedCard> Next(std::stop_token stop) override {
    while (!stop.stop_requested()) {
      if (!ready_.empty()) return ready_.Take();
      std::optional<Error> trouble = connected_ ? WaitForCards() : Connect();
      if (!trouble) continue;
      // Said once; then looked for quietly until it is back or something else is wrong.
      if (trouble_.Begins(trouble->Message())) return std::move(*trouble);
      if (!connected_) clock_.SleepFor(kWait);
    }
    return Error{ErrorCode::kClosed, Describe() + " was stopped", 0, ""};
  }

  Result<std::string> Examine() override {
    TAMTAP_TRY(const std::vector<std::string> names, PcscReaderNames());
    std::string found;
    for (const std::string& name : names) {
      if (name.find(wanted_) != std::string::npos) found += (found.empty() ? "" : ", ") + name;
    }
    if (found.empty()) return NotPluggedIn();
    return found;
  }

  bool IsAway() const override { return trouble_.Lasts(); }

  std::string Describe() const override {
    const MutexLock lock(mutex_);
    if (!found_.empty()) return "pcsc:" + found_;
    return wanted_.empty() ? "pcsc" : "pcsc:" + wanted_;
  }

 private:
  std::optional<Error> Connect() {
    const LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_);
    if (code != SCARD_S_SUCCESS) return NoService(code);
    connected_ = true;
    plug_and_play_state_ = SCARD_STATE_UNAWARE;
    return ListReaders();
  }

  void Disconnect() {
    if (connected_) SCardReleaseContext(context_);
    connected_ = false;
    slots_.clear();
  }

  Error NotPluggedIn() const {
    return {ErrorCode::kRetry,
            wanted_.empty() ? std::string("no card reader is plugged in")
                            : fmt::format("no card reader named '{}' is plugged in", wanted_),
            0, "plug one in; `pcsc_scan -r` lists those that pcscd knows"};
  }

  Error Lost(std::string_view what, LONG code) {
    Disconnect();
    return Error{ErrorCode::kRetry, fmt::format("{}: {}", what, NameOf(code)), 0,
                 "is pcscd running? systemctl status pcscd"};
  }

  // Keeps what is known of the slots that are still there.
  std::optional<Error> ListReaders() {
    std::vector<std::string> names;
    if (const LONG code = ListNames(context_, names); code != SCARD_S_SUCCESS) {
      return Lost("list the card readers", code);
    }
    std::vector<Slot> slots;
    for (std::string& name : names) {
      if (name.find(wanted_) == std::string::npos) continue;
      const auto known = std::find_if(slots_.begin(), slots_.end(),
                                      [&](const Slot& slot) { return slot.name == name; });
      slots.push_back(known != slots_.end() ? std::move(*known) : Slot(std::move(name)));
    }
    slots_ = std::move(slots);
    {
      const MutexLock lock(mutex_);
      found_ = slots_.empty() ? "" : slots_.front().name;
    }
    if (slots_.empty()) {
      return NotPluggedIn();
    }
    if (trouble_.Ends()) LogInfo("card reader {} is there", Describe());
    return std::nullopt;
  }

  // Waits for something to happen and takes in all of it.
  std::optional<Error> WaitForCards() {
    std::vector<SCARD_READERSTATE> states(slots_.size() + 1);
    for (size_t i = 0; i < slots_.size(); ++i) {
      states[i].szReader = slots_[i].name.c_str();
      states[i].dwCurrentState = slots_[i].state;
    }
    states.back().szReader = kPlugAndPlay;
    states.back().dwCurrentState = plug_and_play_state_;
    const LONG code = SCardGetStatusChange(context_, static_cast<DWORD>(kWait.count()),
                                           states.data(), static_cast<DWORD>(states.size()));
    if (code == SCARD_E_UNKNOWN_READER || code == SCARD_E_READER_UNAVAILABLE) return ListReaders();
    // Without a reader the list is asked for as well: a notification may have been missed between
    // the last list and the first wait.
    if (code == SCARD_E_TIMEOUT) return slots_.empty() ? ListReaders() : std::nullopt;
    if (code != SCARD_S_SUCCESS) return Lost("wait for a card", code);

    bool list_changed = (states.back().dwEventState & SCARD_STATE_CHANGED) != 0;
    plug_and_play_state_ = states.back().dwEventState & ~DWORD{SCARD_STATE_CHANGED};
    for (size_t i = 0; i < slots_.size(); ++i) {
      const DWORD now = states[i].dwEventState;
      if ((now & SCARD_STATE_CHANGED) == 0) continue;
      TakeIn(slots_[i], now & ~DWORD{SCARD_STATE_CHANGED});
      list_changed |= (now & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE)) != 0;
    }
    return list_changed ? ListReaders() : std::nullopt;
  }

  void TakeIn(Slot& slot, DWORD state) {
    constexpr DWORD kCounter = 0xFFFF0000;  // counts insertions and removals
    const bool is_present = (state & SCARD_STATE_PRESENT) != 0;
    const bool was_present = std::exchange(slot.present, is_present);
    const bool counted = (state & kCounter) != (std::exchange(slot.state, state) & kCounter);
    if (!is_present) {
      if (was_present) slot.left = clock_.MonotonicNow();
      return;
    }
    if (was_present && !counted) return;  // another program uses the card, or it sleeps
    if (was_present) slot.left = clock_.MonotonicNow();  // exchanged between two looks

    Result<CardId> card = (state & SCARD_STATE_MUTE) != 0
                              ? Unreadable(slot, SCARD_W_UNRESPONSIVE_CARD)
                              : ReadCard(slot);
    const std::string before = std::exchange(slot.uid, card ? card->text() : "");
    const bool same = card && slot.uid == before && slot.left &&
                      clock_.MonotonicNow() - *slot.left < kSamePresentation;
    if (!same) ready_.Add(std::move(card));
  }

  Error Unreadable(const Slot& slot, LONG code) const {
    return Error{ErrorCode::kRejected,
                 fmt::format("read the card on {}: {}", slot.name, NameOf(code)), 0,
                 "hold it still against the reader for a moment"};
  }

  // A card that is still moving through the field, or that another program looks at, is tried
  // again.
  Result<CardId> ReadCard(const Slot& slot) {
    LONG code = SCARD_S_SUCCESS;
    std::array<unsigned char, 258> reply{};
    DWORD length = 0;
    for (int attempt = 0; attempt < 3; ++attempt) {
      if (attempt > 0) clock_.SleepFor(milliseconds(50));
      length = static_cast<DWORD>(reply.size());
      code = GetUid(slot, reply.data(), length);
      if (code == SCARD_S_SUCCESS) break;
    }
    if (code != SCARD_S_SUCCESS) return Unreadable(slot, code);
    if (length < 2 || reply[length - 2] != 0x90 || reply[length - 1] != 0x00) {
      return Error{ErrorCode::kRejected, fmt::format("the card on {} has no UID", slot.name), 0,
                   "contactless cards have one; a chip card that is plugged in has not"};
    }
    return CardId::FromUid(std::span(reply).first(length - 2));
  }

  LONG GetUid(const Slot& slot, unsigned char* reply, DWORD& length) {
    SCARDHANDLE handle = 0;
    DWORD protocol = 0;
    LONG code = SCardConnect(context_, slot.name.c_str(), SCARD_SHARE_SHARED,
                             SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &handle, &protocol);
    if (code != SCARD_S_SUCCESS) return code;
    const SCARD_IO_REQUEST* const request =
        protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    code = SCardTransmit(handle, request, kGetUid.data(), static_cast<DWORD>(kGetUid.size()),
                         nullptr, reply, &length);
    SCardDisconnect(handle, SCARD_LEAVE_CARD);
    return code;
  }

  const std::string wanted_;
  Clock& clock_;
  SCARDCONTEXT context_ = 0;
  bool connected_ = false;
  DWORD plug_and_play_state_ = SCARD_STATE_UNAWARE;
  std::vector<Slot> slots_;
  ReadyCards ready_;
  LastingTrouble trouble_;

  mutable Mutex mutex_;
  std::string found_ GUARDED_BY(mutex_);
};

}  // namespace

Result<std::vector<std::string>> PcscReaderNames() {
  SCARDCONTEXT context = 0;
  LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
  if (code != SCARD_S_SUCCESS) return NoService(code);
  std::vector<std::string> names;
  code = ListNames(context, names);
  SCardReleaseContext(context);
  if (code != SCARD_S_SUCCESS) return NoService(code);
  return names;
}

std::unique_ptr<Reader> MakePcscReader(std::string name, Clock& clock) {
  return std::make_unique<PcscReader>(std::move(name), clock);
}

}  // namespace tamtap

#include "cli/card_source.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <thread>

#include "base/disk_room.h"
#include "base/mutex.h"
#include "cli/command.h"
#include "cli/gate_here.h"
#include "journal/journal_reader.h"
#include "reader/reader_spec.h"
#include "tap/verdict.h"

namespace tamtap::cli {
namespace {

using journal::RefusalLine;

constexpr std::chrono::milliseconds kLookEvery{200};
// More than can be turned away between two looks.
constexpr size_t kLookedAt = 400;

// The unknown cards among the last refusals, in their order.
Result<std::vector<RefusalLine>> UnknownCards(const std::string& directory) {
  TAMTAP_TRY(std::vector<RefusalLine> refusals,
             journal::ReadLastRefusals(PosixDisk(), directory, kLookedAt));
  std::erase_if(refusals, [](const RefusalLine& each) {
    return each.refusal.reason != ToString(Refusal::kUnknownCard);
  });
  return refusals;
}

// A gate whose disk is nearly full keeps none (terminal/refusal_book.h).
Result<> CheckRoomForRefusals(const std::string& directory) {
  const auto free = PosixDisk().FreeBytes(directory);
  if (!free || *free >= kRecordReserve) return {};
  return Error{
      ErrorCode::kFull, "learn of unknown cards from the gate", 0,
      fmt::format("it notes none while less than {} MiB are free at {}; make room, or give "
                  "the card's number",
                  kRecordReserve >> 20, directory)};
}

}  // namespace

Result<CardSource> CardSource::Open(const Settings& settings) {
  CardSource source;
  // Whoever may not look into the directory does not see a gate that runs.
  const auto visible = PosixDisk().List(settings.data);
  if (!visible && visible.error().errno_value == EACCES) return visible.error();
  if (GateHere(settings)) {
    source.journal_ = settings.JournalDirectory();
    source.hint_ =
        "Hold the new card against the reader of the gate, which runs. (A card that somebody has "
        "is "
        "their tap.)";
    TAMTAP_RETURN_IF_ERROR(CheckRoomForRefusals(source.journal_));
    TAMTAP_TRY(const std::vector<std::string> before, source.NewAtGate());
    return source;
  }
  source.hint_ = "Hold the new card against the reader.";
  if (settings.readers.size() == 1) {
    TAMTAP_TRY(const ReaderSpec spec, ParseReaderSpec(settings.readers.front()));
    if (spec.kind == "stdin") {
      source.typed_ = spec.format;
      source.hint_ = "Type or scan the number of the new card.";
      return source;
    }
  }
  for (const std::string& spec : settings.readers) {
    TAMTAP_TRY(auto reader, MakeReader(spec, SystemClock()));
    source.readers_.push_back(std::move(reader));
  }
  return source;
}

Result<std::optional<std::string>> CardSource::Next() {
  if (!journal_.empty()) return NextAtGate();
  if (typed_) return NextTyped();
  return NextHere();
}

Result<std::vector<std::string>> CardSource::PassOver() {
  if (journal_.empty()) return std::vector<std::string>();
  return NewAtGate();
}

Result<std::optional<std::string>> CardSource::NextAtGate() {
  while (true) {
    TAMTAP_TRY(const std::vector<std::string> cards, NewAtGate());
    if (!cards.empty()) {
      // The first one is answered; who comes with another meanwhile is told so by the caller.
      return std::optional(cards.front());
    }
    SystemClock().SleepFor(kLookEvery);
  }
}

// The cards that the gate turned away as unknown since the last look.
Result<std::vector<std::string>> CardSource::NewAtGate() {
  const auto unknown = UnknownCards(journal_);
  std::vector<std::string> cards;
  if (!unknown && unknown.error().errno_value == ENOENT) return cards;  // a segment left meanwhile
  if (!unknown) return unknown.error();
  for (const RefusalLine& each : *unknown) {
    if (before_.insert(each.refusal.id.ToString()).second) cards.push_back(each.refusal.card);
  }
  return cards;
}

std::optional<std::string> CardSource::NextTyped() {
  for (std::string line; std::getline(std::cin, line);) {
    const PresentedCard card = PresentedCard::Text(line, *typed_);
    if (!card.readings.none()) return card.Name();
    if (!card.text.empty()) Complain(fmt::format("tamtap: '{}' is no card", card.text));
  }
  return std::nullopt;
}

// All readers are asked at once, and the first card ends the wait for the others.
std::optional<std::string> CardSource::NextHere() {
  Mutex mutex;
  std::optional<std::string> first;
  std::stop_source found;
  const auto ask = [&](Reader& reader) {
    while (!found.stop_requested()) {
      const auto card = reader.Next(found.get_token());
      const MutexLock lock(mutex);
      if (card && !card->readings.none()) {
        if (!first) first = card->Name();
        found.request_stop();
        return;
      }
      if (!card && card.error().code == ErrorCode::kClosed) return;
      Complain(card ? fmt::format("tamtap: '{}' is no card", card->text)
                    : fmt::format("tamtap: {}: {}", reader.Describe(), card.error().Message()));
    }
  };
  {
    std::vector<std::jthread> threads;
    for (const auto& reader : readers_) {
      threads.emplace_back([&ask, &each = *reader] { ask(each); });
    }
  }
  return first;
}

Result<std::string> LastUnknownCard(const Settings& settings) {
  TAMTAP_TRY(const std::vector<RefusalLine> unknown, UnknownCards(settings.JournalDirectory()));
  if (unknown.empty()) {
    TAMTAP_RETURN_IF_ERROR(CheckRoomForRefusals(settings.JournalDirectory()));
    return Error{ErrorCode::kRejected, "find the last unknown card", 0,
                 "this gate has turned away none; hold the card against its reader first"};
  }
  const RefusalRecord& last = unknown.back().refusal;
  PrintLine(fmt::format("the card {} was held up on {}", last.card, last.date));
  return last.card;
}

}  // namespace tamtap::cli

#include "cli/card_source.h"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <thread>

#include "base/mutex.h"
#include "cli/command.h"
#include "cli/gate_here.h"
#include "journal/journal_reader.h"
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

}  // namespace

Result<CardSource> CardSource::Open(const Settings& settings) {
  CardSource source;
  if (GateHere(settings)) {
    source.journal_ = settings.JournalDirectory();
    source.hint_ = "Hold the new card against the reader of the gate, which runs.";
    TAMTAP_TRY(const std::vector<RefusalLine> known, UnknownCards(source.journal_));
    for (const RefusalLine& each : known) source.before_.insert(each.refusal.id.ToString());
    return source;
  }
  source.hint_ = "Hold the new card against the reader.";
  for (const std::string& spec : settings.readers) {
    TAMTAP_TRY(auto reader, MakeReader(spec, SystemClock()));
    source.readers_.push_back(std::move(reader));
  }
  return source;
}

Result<std::optional<std::string>> CardSource::Next() {
  if (!journal_.empty()) return NextAtGate();
  return NextHere();
}

Result<std::optional<std::string>> CardSource::NextAtGate() {
  while (true) {
    TAMTAP_TRY(const std::vector<RefusalLine> unknown, UnknownCards(journal_));
    for (const RefusalLine& each : unknown) {
      if (before_.insert(each.refusal.id.ToString()).second) {
        return std::optional(each.refusal.card);
      }
    }
    SystemClock().SleepFor(kLookEvery);
  }
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
    return Error{ErrorCode::kRejected, "find the last unknown card", 0,
                 "this gate has turned away none; hold the card against its reader first"};
  }
  const RefusalRecord& last = unknown.back().refusal;
  PrintLine(fmt::format("the card {} was held up on {}", last.card, last.date));
  return last.card;
}

}  // namespace tamtap::cli

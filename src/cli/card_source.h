// CardSource: the next card that somebody holds up, for commands that register cards.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/settings.h"
#include "reader/reader.h"

namespace tamtap::cli {

class CardSource {
 public:
  // If a gate of this data directory runs, it has the readers: then a card is one that it turns
  // away as unknown, as its journal says. Otherwise the readers of the settings are asked. Errors
  // are those of the journal or of a reader's spec.
  static Result<CardSource> Open(const Settings& settings);

  // What the person in front of the reader is to do, in a sentence.
  const std::string& hint() const { return hint_; }

  // Waits for the next card, and returns it as it is spelled where it was read; nothing at the end
  // of all input. A card that could not be read is said on standard error, and the next one waited
  // for.
  Result<std::optional<std::string>> Next();

  // Passes over what was held up at the gate since Next() returned, and returns it: nobody knows
  // that it was meant for this command.
  Result<std::vector<std::string>> PassOver();

 private:
  CardSource() = default;
  Result<std::optional<std::string>> NextAtGate();
  Result<std::vector<std::string>> NewAtGate();
  std::optional<std::string> NextHere();
  std::optional<std::string> NextTyped();

  std::string hint_;
  std::string journal_;           // of the gate that runs; empty: none does
  std::set<std::string> before_;  // ids of refusals that were there at the last look
  std::vector<std::unique_ptr<Reader>> readers_;
  std::optional<CardFormat> typed_;  // cards are lines of standard input, as names are
};

// The card that the gate of this data directory turned away last because nobody knows it, running
// or not. kRejected if it has turned none away.
Result<std::string> LastUnknownCard(const Settings& settings);

}  // namespace tamtap::cli

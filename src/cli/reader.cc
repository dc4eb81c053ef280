// tamtap reader test: shows a technician each card that is read, how it may be spelled, and whose
// it is.
#include <fmt/core.h>

#include <atomic>
#include <boost/json.hpp>
#include <thread>

#include "base/mutex.h"
#include "cli/command.h"
#include "cli/gate_here.h"
#include "cli/master.h"
#include "cli/stop_signal.h"
#include "reader/reader.h"
#include "roster/roster.h"

namespace tamtap::cli {
namespace {

struct ReaderArguments {
  int cards = 0;
  double seconds = 0;
};

// Whose card it is, in words.
std::string OwnerText(const Roster& roster, const PresentedCard& card) {
  const CardOwner owner = roster.OwnerOf(card);
  std::string text;
  if (owner.person != nullptr) {
    text = fmt::format("{}, {} {}, registered as {}", owner.person->name, owner.person->grade,
                       owner.person->section, owner.person->NfcId());
  }
  switch (owner.refusal) {
    case Refusal::kNone:
      return text;
    case Refusal::kCardReplaced:
      return text + "; this card was replaced by theirs of today";
    case Refusal::kAmbiguousCard:
      text = "it may be that of several people:";
      for (const Person* const each : owner.rivals) text += fmt::format(" {};", each->name);
      return text + " say with ,format= how this reader spells";
    case Refusal::kUnreadableCard:
      return "what was read is no card";
    default:
      return "nobody in the roster has it; `tamtap roster add` registers it";
  }
}

class ReaderTrial {
 public:
  ReaderTrial(const Settings& settings, const ReaderArguments& arguments, StopSignal& stop)
      : settings_(settings), arguments_(arguments), stop_(stop) {
    const auto shown = ShowSchool(settings);
    if (shown) {
      roster_ = std::make_unique<Roster>(shown->school);
    } else {
      no_roster_ = shown.error().Message();
    }
  }

  int Run() {
    std::vector<std::unique_ptr<Reader>> readers;
    for (const std::string& spec : settings_.readers) {
      auto reader = MakeReader(spec, SystemClock());
      if (!reader) return Fail(reader.error());
      readers.push_back(*std::move(reader));
    }
    for (const auto& reader : readers) {
      const auto found = reader->Examine();
      if (!found) {
        failed_ = true;
        Fail(found.error());
      } else if (!settings_.json) {
        PrintLine(fmt::format("reader {}: {}", reader->Describe(), *found));
      }
    }
    if (!settings_.json) PrintLine("Hold a card against the reader. Ctrl-C ends the test.");
    left_ = readers.size();
    std::vector<std::jthread> threads;
    for (const auto& reader : readers) {
      threads.emplace_back(
          [this, &each = *reader](const std::stop_token& stop) { Read(each, stop); });
    }
    if (arguments_.seconds > 0) {
      stop_.WaitFor(std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::duration<double>(arguments_.seconds)));
    } else {
      stop_.Wait();
    }
    for (std::jthread& each : threads) each.request_stop();
    threads.clear();
    const bool too_few = arguments_.cards > 0 && read_ < arguments_.cards;
    if (too_few) {
      Complain(fmt::format("tamtap: {} of {} cards were read", read_.load(), arguments_.cards));
    }
    return failed_ || too_few ? kProblem : kDone;
  }

 private:
  void Read(Reader& reader, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto card = reader.Next(stop);
      if (card) {
        Say(reader, *card);
        if (++read_ == arguments_.cards) stop_.Raise();
      } else if (card.error().code == ErrorCode::kClosed) {
        break;
      } else {
        const MutexLock lock(mutex_);
        Complain(fmt::format("tamtap: {}: {}", reader.Describe(), card.error().Message()));
      }
    }
    if (--left_ == 0) stop_.Raise();
  }

  void Say(const Reader& reader, const PresentedCard& card) EXCLUDES(mutex_) {
    const std::string owner = roster_ ? OwnerText(*roster_, card) : no_roster_;
    std::vector<CardSpelling> spellings;
    if (!card.readings.uid.empty()) spellings = SpellingsOf(card.readings.uid);
    const MutexLock lock(mutex_);
    if (settings_.json) {
      boost::json::object line = {
          {"reader", reader.Describe()}, {"read", card.text}, {"card", card.readings.uid.text()}};
      boost::json::array& all = line["spellings"].emplace_array();
      for (const CardSpelling& each : spellings) all.emplace_back(each.text);
      line["roster"] = owner;
      line["known"] = roster_ && roster_->OwnerOf(card).refusal == Refusal::kNone;
      Print(boost::json::serialize(line) + "\n");
      return;
    }
    PrintLine(fmt::format("{}: '{}'", reader.Describe(), card.text));
    for (const CardSpelling& each : spellings) {
      PrintLine(fmt::format("    {:<26}  {}", each.reader, each.text));
    }
    for (const CardId& each : card.readings.possible) {
      PrintLine(fmt::format("    {:<26}  {}", "it may mean", each.text()));
    }
    for (const std::string& each : card.readings.beginnings) {
      PrintLine(fmt::format("    {:<26}  {}...", "of a 7-byte card that begins", each));
    }
    PrintLine(fmt::format("    {:<26}  {}", "roster", owner));
  }

  const Settings& settings_;
  const ReaderArguments& arguments_;
  StopSignal& stop_;
  std::unique_ptr<Roster> roster_;  // null: it can't be read
  std::string no_roster_;
  bool failed_ = false;
  std::atomic<int> read_{0};
  std::atomic<size_t> left_{0};  // readers whose input has not ended
  Mutex mutex_;                  // what one card has to say is not mixed with another's
};

int TestReaders(const Settings& settings, const ReaderArguments& arguments) {
  StopSignal stop;
  if (const auto free = CheckNoGateHere(settings); !free) return Fail(free.error());
  return ReaderTrial(settings, arguments, stop).Run();
}

}  // namespace

void AddReader(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const reader = app.add_subcommand("reader", "The card readers of a gate");
  reader->require_subcommand(1);
  CLI::App* const test = reader->add_subcommand(
      "test", "Show each card that is read, its spellings, and whether the roster knows it");
  static ReaderArguments arguments;
  AddCommonFlags(*test, settings);
  AddStoreFlags(*test, settings);
  AddTerminalFlags(*test, settings);
  test->add_option("--cards", arguments.cards, "End after so many cards")
      ->check(CLI::Range(0, 1'000'000))
      ->configurable(false);
  test->add_option("--seconds", arguments.seconds, "End after that time")
      ->check(CLI::Range(0.0, 86'400.0))
      ->configurable(false);
  test->callback([&] { action = [&] { return TestReaders(settings, arguments); }; });
}

}  // namespace tamtap::cli

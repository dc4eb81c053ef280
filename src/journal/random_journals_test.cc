// Journals written by hand, byte for byte as release 0.1.0 wrote them, in any mixture of sealed,
// unsealed, pending, quarantined and retired, with foreign segments between them and with or
// without a mirror. However often such a journal is then opened, maintained and closed, by whatever
// clock: nothing pending or quarantined changes but by an outcome.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <map>
#include <set>

#include "base/crc32.h"
#include "base/log.h"
#include "base/test_rounds.h"
#include "journal/test_journal.h"

namespace tamtap::journal {
namespace {

constexpr const char* kOurs = "0123456789abcdef";
constexpr const char* kTheirs = "fedcba9876543210";
constexpr int64_t kDayUs = 86'400LL * 1'000'000;

// Closes a line of the first format with its checksum.
std::string Closed(const std::string& open) {
  return fmt::format("{},\"crc\":\"{:08x}\"}}\n", open, Crc32(open));
}

enum class State { kPending, kConfirmed, kQuarantined };

struct HandTap {
  State state = State::kPending;
  std::string reason;
};

std::string Ranges(const std::map<uint64_t, HandTap>& taps, uint64_t last) {
  std::string text;
  for (const auto& [sequence, tap] : taps) {
    if (sequence > last || tap.state != State::kPending) continue;
    text += fmt::format("{}[{},{}]", text.empty() ? "" : ",", sequence, sequence);
  }
  return "[" + text + "]";
}

std::string Quarantined(const std::map<uint64_t, HandTap>& taps, uint64_t last) {
  std::string text;
  for (const auto& [sequence, tap] : taps) {
    if (sequence > last || tap.state != State::kQuarantined) continue;
    text += fmt::format("{}{{\"seq\":{},\"reason\":\"{}\"}}", text.empty() ? "" : ",", sequence,
                        tap.reason);
  }
  return "[" + text + "]";
}

// One segment as it is being written.
struct HandSegment {
  std::string bytes;
  std::vector<uint64_t> taps;
  std::string first_day = "";
  std::string last_day = "";
  uint64_t last_sequence_after = 0;
  uint64_t records_after = 0;
  std::map<uint64_t, HandTap> after;  // the journal at its end
  bool sealed = false;
};

class HandJournal {
 public:
  explicit HandJournal(uint64_t seed) : random_(seed) {}

  void Write() {
    const uint64_t segments = 1 + random_.Below(5);
    for (uint64_t i = 0; i < segments; ++i) WriteSegment();
    for (HandSegment& segment : segments_) {
      const bool last = &segment == &segments_.back();
      segment.sealed = random_.Below(last ? 4 : 3) != 0 && !(last && random_.Below(2) == 0);
      if (segment.sealed) Seal(segment);
    }
    ChooseRetired();
  }

  void PutInto(sim::SimulatedDisk& disk, const std::string& directory, uint64_t segment_bytes) {
    for (size_t i = 0; i < segments_.size(); ++i) {
      const uint64_t number = i + 1;
      if (number <= retired_ && !(left_behind_ && number == retired_)) continue;
      std::string bytes = segments_[i].bytes;
      if (!segments_[i].sealed && bytes.size() < segment_bytes) bytes.resize(segment_bytes, '\n');
      disk.SetContent(JoinPath(directory, SegmentName(number)), bytes);
    }
    if (retired_ > 0) disk.SetContent(JoinPath(directory, "retired"), RetiredText());
  }

  std::set<uint64_t> In(State state) const {
    std::set<uint64_t> found;
    for (const auto& [sequence, tap] : taps_) {
      if (tap.state == state) found.insert(sequence);
    }
    return found;
  }
  std::map<uint64_t, HandTap>& taps() { return taps_; }
  // The number of the n-th tap.
  uint64_t Chosen(uint64_t n) const {
    auto tap = taps_.begin();
    std::advance(tap, n);
    return tap->first;
  }
  uint64_t segments() const { return segments_.size(); }
  SeededRandom& random() { return random_; }

 private:
  std::string Day() {
    // Most taps are of a few days in a row; now and then a clock shows 1970 or 2038.
    const uint64_t which = random_.Below(12);
    if (which == 0) return "1970-01-01";
    if (which == 1) return "2038-01-19";
    return fmt::format("2026-11-{:02}", 18 + std::min<uint64_t>(segments_.size(), 5));
  }

  void WriteSegment() {
    HandSegment segment;
    const uint64_t number = segments_.size() + 1;
    segment.bytes = Closed(fmt::format(
        "{{\"v\":1,\"type\":\"segment\",\"number\":{},\"journal\":\"{}\"", number, kOurs));
    if (number == 1 || random_.Below(2) == 0) {
      const std::string before = generation_;
      generation_ = random_.Hex(8);
      segment.bytes += Closed(
          fmt::format("{{\"v\":1,\"type\":\"start\",\"terminal\":\"gate-1\",\"generation\":\"{}\","
                      "\"previous_generation\":\"{}\",\"previous_last_seq\":{},\"boot\":\"b\","
                      "\"at_us\":1",
                      generation_, before, last_));
    }
    const uint64_t lines = random_.Below(9);
    for (uint64_t line = 0; line < lines; ++line) {
      if (taps_.empty() || random_.Below(2) == 0) {
        WriteTap(segment);
      } else {
        WriteOutcome(segment);
      }
    }
    segment.last_sequence_after = last_;
    segment.records_after = taps_.size();
    segment.after = taps_;
    segments_.push_back(std::move(segment));
  }

  void WriteTap(HandSegment& segment) {
    const uint64_t sequence = ++last_;
    Record record = ExampleRecord(sequence, ExampleCard(sequence));
    record.day = Day();
    record.tap = TapId{"gate-1", generation_, sequence};
    std::string json;
    AppendJson(record, json);
    segment.bytes +=
        Closed(fmt::format("{{\"v\":1,\"type\":\"tap\",\"seq\":{},\"boot\":\"b\",\"mono_us\":5,"
                           "\"record\":{}",
                           sequence, json));
    segment.taps.push_back(sequence);
    if (segment.first_day.empty() || record.day < segment.first_day) segment.first_day = record.day;
    if (record.day > segment.last_day) segment.last_day = record.day;
    taps_[sequence] = {};
  }

  void WriteOutcome(HandSegment& segment) {
    const uint64_t sequence = Chosen(random_.Below(taps_.size()));
    HandTap& tap = taps_[sequence];
    std::string outcome;
    std::string reason;
    switch (tap.state) {
      case State::kConfirmed:
        return;
      case State::kPending:
        if (random_.Below(4) == 0) {
          outcome = "quarantined";
          reason = fmt::format(",\"reason\":\"no {}\"", sequence);
          tap = {State::kQuarantined, fmt::format("no {}", sequence)};
        } else {
          outcome = "confirmed";
          tap = {State::kConfirmed, {}};
        }
        break;
      case State::kQuarantined:
        if (random_.Below(2) == 0) return;
        outcome = "requeued";
        tap = {State::kPending, {}};
        break;
    }
    segment.bytes += Closed(
        fmt::format("{{\"v\":1,\"type\":\"outcome\",\"first\":{},\"last\":{},\"outcome\":\"{}\"{}",
                    sequence, sequence, outcome, reason));
  }

  // A seal says what had become of the taps when it was written: at its segment's end or later.
  void Seal(HandSegment& segment) {
    const auto& state = random_.Below(2) == 0 ? segment.after : taps_;
    const uint64_t last = segment.last_sequence_after;
    segment.bytes += "\n";
    segment.bytes += Closed(fmt::format(
        "{{\"v\":1,\"type\":\"seal\",\"journal\":\"{}\",\"records\":{},\"first_seq\":{},"
        "\"last_seq\":{},\"journal_last_seq\":{},\"first_day\":\"{}\",\"last_day\":\"{}\","
        "\"generation\":\"{}\",\"total_records\":{},\"pending\":{},\"quarantined\":{},"
        "\"clocks\":[],\"voided\":[]",
        kOurs, segment.taps.size(), segment.taps.empty() ? 0 : segment.taps.front(),
        segment.taps.empty() ? 0 : segment.taps.back(), last, segment.first_day, segment.last_day,
        generation_, segment.records_after, Ranges(state, last), Quarantined(state, last)));
  }

  // Sealed segments leave from the front while every tap in them is confirmed.
  void ChooseRetired() {
    if (random_.Below(3) != 0) return;
    for (const HandSegment& segment : segments_) {
      if (&segment == &segments_.back() || !segment.sealed || random_.Below(4) == 0) break;
      bool confirmed = true;
      for (const uint64_t tap : segment.taps) confirmed &= taps_[tap].state == State::kConfirmed;
      if (!confirmed) break;
      ++retired_;
    }
    left_behind_ = retired_ > 0 && random_.Below(4) == 0;
  }

  std::string RetiredText() {
    const HandSegment& last = segments_[retired_ - 1];
    return Closed(
        fmt::format("{{\"v\":1,\"type\":\"retired\",\"segments\":{},\"journal\":\"{}\","
                    "\"generation\":\"{}\",\"last_seq\":{},\"total_records\":{}",
                    retired_, kOurs, generation_, last.last_sequence_after, last.records_after));
  }

  SeededRandom random_;
  std::vector<HandSegment> segments_;
  std::map<uint64_t, HandTap> taps_;  // as the last line says
  std::string generation_;
  uint64_t last_ = 0;
  uint64_t retired_ = 0;
  bool left_behind_ = false;
};

class RandomJournalsTest : public JournalTest {
 protected:
  RandomJournalsTest() { segment_bytes_ = 16 << 10; }

  static std::set<uint64_t> Pending(Journal& journal) {
    std::set<uint64_t> found;
    for (uint64_t from = 1;;) {
      const auto taps = journal.ReadPending(from, 100);
      if (!taps || taps->empty()) return found;
      for (const PendingTap& tap : *taps) found.insert(tap.sequence);
      from = taps->back().sequence + 1;
    }
  }
  static std::set<uint64_t> Refused(Journal& journal) {
    std::set<uint64_t> found;
    const auto taps = journal.ReadQuarantined(1000);
    EXPECT_TRUE(taps);
    for (const QuarantinedTap& tap : *taps) {
      EXPECT_TRUE(tap.record) << tap.sequence;
      found.insert(tap.sequence);
    }
    return found;
  }

  // The clock of the next start, and from which day on that start thinks it needs duplicates.
  void SetClock(SeededRandom& random, JournalOptions& options) {
    switch (random.Below(4)) {
      case 0:
        clock_.Reboot("boot-1970", WallTime(std::chrono::seconds(1000)));
        clock_.SetSynchronised(false);
        options.first_indexed_day = "1969-12-31";
        return;
      case 1:
        clock_.Reboot("boot-2038", WallTime(std::chrono::microseconds(2'147'483'000'000'000)));
        clock_.SetSynchronised(random.Below(2) == 0);
        options.first_indexed_day = "2038-01-18";
        return;
      case 2:  // far enough for everything to be old
        clock_.Reboot("boot-later",
                      WallTime(std::chrono::microseconds(kExampleMorningUs + 60 * kDayUs)));
        clock_.SetSynchronised(true);
        options.first_indexed_day = "2027-01-20";
        return;
      default:
        clock_.Reboot("boot-now", WallTime(std::chrono::microseconds(kExampleMorningUs)));
        clock_.SetSynchronised(true);
        options.first_indexed_day = "2026-11-22";
    }
  }

  void Live(uint64_t seed) {
    HandJournal hand(seed);
    SeededRandom& random = hand.random();
    hand.Write();
    sim::SimulatedDisk disk;
    ASSERT_TRUE(disk.CreateDirectories(kDirectory));
    hand.PutInto(disk, kDirectory, segment_bytes_);
    const bool mirror = random.Below(4) == 0;
    if (mirror) {
      ASSERT_TRUE(disk.CreateDirectories("/mirror"));
      hand.PutInto(disk, "/mirror", segment_bytes_);
    }
    if (random.Below(5) == 0) {
      const std::string foreign =
          Closed(fmt::format("{{\"v\":1,\"type\":\"segment\",\"number\":{},\"journal\":\"{}\"",
                             hand.segments() + 1, kTheirs));
      disk.SetContent(JoinPath(kDirectory, SegmentName(hand.segments() + 1)), foreign);
    }
    for (int start = 0; start < 4; ++start) {
      JournalOptions options = Options();
      options.retention = {30, random.Below(2) == 0};
      if (mirror) options.mirror = "/mirror";
      SetClock(random, options);
      auto opened = Journal::Open(options, disk, clock_, random_);
      ASSERT_TRUE(opened) << seed << ": " << opened.error().Message();
      Journal& journal = **opened;
      ASSERT_EQ(Pending(journal), hand.In(State::kPending))
          << "seed " << seed << " start " << start;
      ASSERT_EQ(Refused(journal), hand.In(State::kQuarantined)) << "seed " << seed;
      ASSERT_EQ(journal.Status().records, hand.taps().size()) << "seed " << seed;
      if (random.Below(2) == 0) Change(journal, hand);
      if (random.Below(4) != 0) {
        ASSERT_TRUE(journal.Maintain()) << seed;
      }
      ASSERT_EQ(Pending(journal), hand.In(State::kPending))
          << "seed " << seed << " start " << start;
      ASSERT_EQ(Refused(journal), hand.In(State::kQuarantined)) << "seed " << seed;
    }
  }

  // A new tap, and an outcome of some other.
  void Change(Journal& journal, HandJournal& hand) {
    Record record = ExampleRecord(1, ExampleCard(900 + hand.taps().size()));
    ASSERT_TRUE(journal.Append(record));
    ASSERT_FALSE(hand.taps().contains(record.tap.sequence));
    hand.taps()[record.tap.sequence] = {};
    const uint64_t sequence = hand.Chosen(hand.random().Below(hand.taps().size()));
    HandTap& tap = hand.taps()[sequence];
    if (tap.state == State::kPending) {
      journal.Confirm(std::vector<uint64_t>{sequence});
      tap.state = State::kConfirmed;
    } else if (tap.state == State::kQuarantined) {
      journal.Requeue(std::vector<uint64_t>{sequence});
      tap.state = State::kPending;
    }
  }
};

TEST_F(RandomJournalsTest, NothingPendingOrQuarantinedChangesButByAnOutcome) {
  const char* const wanted = std::getenv("TAMTAP_RANDOM_JOURNALS");
  constexpr uint64_t kJournals = Rounds(100'000);
  const uint64_t journals = wanted == nullptr ? kJournals : std::strtoull(wanted, nullptr, 10);
  ASSERT_TRUE(SetLogLevel("off"));  // foreign segments are warned of, thousands of times
  for (uint64_t seed = 1; seed <= journals && !HasFatalFailure(); ++seed) Live(seed);
  ASSERT_TRUE(SetLogLevel("info"));
}

}  // namespace
}  // namespace tamtap::journal

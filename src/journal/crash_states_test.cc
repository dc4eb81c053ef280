// Every way in which the power can go during a short life of a journal.
//
// A life is up to four of: a tap, the confirmation of what is pending, upkeep (which prepares and
// seals segments), retirement (which removes old ones), a restart. The power goes at every call to
// the disk; then every subset of the unsynced names and writes survives, and one of the writes may
// be torn at any byte, or lose its first sectors; a flush that was under way counts as none. Each
// result is a crash state: the journal is started on it and everything that was promised is
// checked. Then the same with two power cuts:
// from each state that a life of three operations can leave, every second life of three, in a
// shuffled order, until enough distinct states were checked.
//
//   TAMTAP_CRASH_STATES=10000000 build/tests/crash_states_test     (default: 320,000)
//
// With TAMTAP_DISK_BLOCKS=512 the disk takes blocks past the page cache (simulated_disk.h).
// TAMTAP_PICTURES=1 shows the disk of a state that fails.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>
#include <unordered_set>

#include "base/log.h"
#include "base/test_rounds.h"
#include "journal/journal_reader.h"
#include "journal/test_journal.h"
#include "sim/fake_clock.h"

namespace tamtap::journal {
namespace {

constexpr uint64_t kDefaultStates = Rounds(320'000);
constexpr size_t kLongestLife = kUnderSanitizer ? 3 : 4;
constexpr size_t kLongestWithBlocks = 3;  // a block has many more bytes to be torn at than a line
constexpr size_t kLongestOfTwo = 3;       // of two lives, one after the other
constexpr uint64_t kSegmentBytes = 1500;  // two taps
constexpr size_t kSectorBytes = 512;
constexpr uint32_t kKeptDays = 30;

enum class Op { kTap, kConfirm, kUpkeep, kRetire, kRestart };
constexpr Op kOps[] = {Op::kTap, Op::kConfirm, Op::kUpkeep, Op::kRetire, Op::kRestart};
constexpr std::string_view kOpNames[] = {"tap", "confirm", "upkeep", "retire", "restart"};
using Life = std::vector<Op>;

std::string ToString(const Life& life) {
  std::string text;
  for (const Op op : life) text += fmt::format(" {}", kOpNames[static_cast<size_t>(op)]);
  return text;
}

// Counts through all combinations of fates: the first call of a crash is the slowest digit.
class EveryFate final : public sim::CrashFates {
 public:
  bool NameSurvives(const std::string&) override { return Choose(2) == 1; }
  bool TruncationSurvives(const std::string&) override { return Choose(2) == 1; }
  Kept WriteSurvives(const std::string&, uint64_t offset, size_t bytes) override {
    const size_t to_boundary = kSectorBytes - offset % kSectorBytes;
    const size_t later_sectors =
        bytes > to_boundary ? (bytes - to_boundary + kSectorBytes - 1) / kSectorBytes : 0;
    // Lost, whole; torn at a byte, or without its first sectors, if no other is.
    const size_t choice = Choose(torn_ ? 2 : 2 + (bytes - 1) + later_sectors);
    if (choice == 0) return {0, 0};
    if (choice == 1) return {0, bytes};
    torn_ = true;
    if (choice < 2 + (bytes - 1)) return {0, choice - 1};
    return {to_boundary + (choice - 2 - (bytes - 1)) * kSectorBytes, bytes};
  }

  // The next combination; false after the last one.
  bool Next() {
    used_ = 0;
    torn_ = false;
    while (!digits_.empty() && digits_.back().first + 1 == digits_.back().second)
      digits_.pop_back();
    if (digits_.empty()) return false;
    ++digits_.back().first;
    return true;
  }

 private:
  size_t Choose(size_t options) {
    if (used_ == digits_.size()) digits_.emplace_back(0, options);
    return digits_[used_++].first;
  }
  std::vector<std::pair<size_t, size_t>> digits_;  // chosen, of how many
  size_t used_ = 0;
  bool torn_ = false;
};

// One journal's life up to the moment the power goes, and what it has promised by then.
class World {
 public:
  World() = default;
  // Another one in the same state; its journal is not open.
  World(const World& other)
      : disk_(other.disk_->Clone()),
        start_(other.start_),
        next_card_(other.next_card_),
        attempted_(other.attempted_),
        acknowledged_(other.acknowledged_),
        confirmed_(other.confirmed_),
        given_(other.given_),
        flush_was_cut_(other.flush_was_cut_) {
    clock_.SetWall(other.now_);
    now_ = other.now_;
  }
  World& operator=(const World&) = delete;

  struct Span {
    uint64_t before_last = 0;  // calls to the disk before the last operation
    uint64_t all = 0;
  };
  // Lives until the disk has been called `calls` times.
  Span Live(const Life& life, uint64_t calls) {
    Span span;
    uint64_t count = 0;
    disk_->SetFaults([&](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
      if (count == calls) flush_was_cut_ |= call == sim::DiskCall::kSync;
      if (count++ < calls) return std::nullopt;
      return sim::DiskFault{EIO, 0, /*keeps_pages=*/true};
    });
    Start();
    for (const Op op : life) {
      span.before_last = count;
      if (journal_) Do(op);
    }
    span.all = count;
    journal_.reset();
    disk_->SetFaults(nullptr);
    return span;
  }

  void Crash(sim::CrashFates& fates) { disk_->Crash(fates); }

  // Of the disk and of what was promised.
  uint64_t Hash() const {
    std::string all;
    const auto names = disk_->List(kDirectory);
    for (const std::string& name : *names) {
      all += name + '\0' + disk_->Content(JoinPath(kDirectory, name));
    }
    for (const auto* cards : {&acknowledged_, &confirmed_, &given_}) {
      for (const std::string& card : *cards) all += card;
      all += '\0';
    }
    return std::hash<std::string>()(all);
  }

  // What is on the disk, with runs of newlines and zeros counted.
  std::string Picture() const {
    std::string text;
    const auto names = disk_->List(kDirectory);
    for (const std::string& name : *names) {
      text += name + ":\n";
      const std::string content = disk_->Content(JoinPath(kDirectory, name));
      for (size_t at = 0; at < content.size();) {
        const char c = content[at];
        const size_t end = std::min(content.find_first_not_of(c, at), content.size());
        if (c == '\n' || c == '\0') {
          text += fmt::format("[{} {}]\n", end - at, c == '\n' ? "newlines" : "zeros");
        } else {
          text.append(content, at, end - at);
        }
        at = end;
      }
    }
    return text;
  }

  // Starts on what a crash left, and checks all promises.
  void Check() {
    sim::SimulatedDisk* const disk = disk_.get();
    SeededRandom random(++start_);
    auto opened = Journal::Open(Options(), *disk, clock_, random);
    ASSERT_TRUE(opened) << opened.error().Message();
    Journal& journal = **opened;
    const JournalStatus status = journal.Status();
    CheckDamage(status.damage);
    std::map<std::string, Record> expected = attempted_;
    Record record = ExampleRecord(1, ExampleCard(99));
    ASSERT_TRUE(journal.Append(record));
    ASSERT_FALSE(given_.contains(record.tap.ToString())) << "a number came twice";
    expected.emplace(record.card.text(), record);
    std::set<std::string> promised = acknowledged_;
    promised.insert(record.card.text());
    ASSERT_TRUE(journal.Maintain());
    CheckContent(*disk, expected, promised);
  }

 private:
  static JournalOptions Options() {
    JournalOptions options;
    options.directory = kDirectory;
    options.terminal = "gate-1";
    options.first_indexed_day = "2026-12-31";
    options.segment_bytes = kSegmentBytes;
    options.retention = {kKeptDays, /*archive=*/false};
    options.maintenance_thread = false;
    return options;
  }

  void Start() {
    journal_.reset();
    SeededRandom random(++start_);  // each start draws another generation
    auto journal = Journal::Open(Options(), *disk_, clock_, random);
    if (journal) journal_ = *std::move(journal);
  }

  void Do(Op op) {
    switch (op) {
      case Op::kTap:
        return Tap();
      case Op::kConfirm:
        return Confirm();
      case Op::kUpkeep:
        return Upkeep();
      case Op::kRetire:
        // Taps are confirmed before their segment goes, and the crash may lose the confirmation.
        Confirm();
        now_ += std::chrono::days(kKeptDays + 3);
        clock_.SetWall(now_);
        return Upkeep();
      case Op::kRestart:
        return Start();
    }
  }

  void Tap() {
    const std::string card = ExampleCard(next_card_++);
    Record record = ExampleRecord(1, card);
    // Its id is known before it is on disk: a crash may leave it there all the same.
    const bool acknowledged = journal_->Append(record).has_value();
    attempted_.emplace(card, record);
    if (!acknowledged) return;
    acknowledged_.insert(card);
    given_.insert(record.tap.ToString());
  }

  void Confirm() {
    const auto taps = journal_->ReadPending(1, 100);
    if (!taps) return;
    std::vector<uint64_t> sequences;
    for (const PendingTap& tap : *taps) {
      sequences.push_back(tap.sequence);
      confirmed_.insert(tap.record.card.text());
    }
    journal_->Confirm(sequences);
    journal_->Checked(sequences);
  }

  void Upkeep() {
    // What fails is tried again later, by whoever runs the journal.
    if (const auto maintained = journal_->Maintain(); !maintained) return;
  }

  // A line that a cut flush left torn, while one after it is whole, looks like one that rotted. It
  // is reported, although nobody was told of it.
  void CheckDamage(const std::vector<Damage>& found) const {
    for (const Damage& damage : found) {
      ASSERT_TRUE(flush_was_cut_ || !IsLoss(damage.kind)) << Describe(damage);
    }
  }

  void CheckContent(sim::SimulatedDisk& disk, const std::map<std::string, Record>& expected,
                    const std::set<std::string>& promised) {
    const auto state = ReadWholeJournal(disk, clock_, kDirectory);
    ASSERT_TRUE(state);
    CheckDamage(state->damage);
    std::set<std::string> found;
    const auto visited =
        ForEachTap(disk, kDirectory, *state, [&](const TapVisit& visit) -> Result<> {
          const std::string card = visit.line.record.card.text();
          EXPECT_TRUE(found.insert(card).second) << card << " is there twice";
          const auto tap = expected.find(card);
          EXPECT_TRUE(tap != expected.end()) << card << " was invented";
          if (tap == expected.end()) return {};
          Record as_written = tap->second;
          as_written.tap = visit.line.record.tap;
          EXPECT_EQ(JsonOf(as_written), JsonOf(visit.line.record));
          EXPECT_TRUE(visit.state == TapState::kPending || confirmed_.contains(card)) << card;
          return {};
        });
    ASSERT_TRUE(visited);
    uint64_t retired = 0;
    for (const std::string& card : promised) {
      if (found.contains(card)) continue;
      EXPECT_TRUE(confirmed_.contains(card)) << card << " was acknowledged and is lost";
      ++retired;
    }
    // Only retirement takes taps away.
    EXPECT_LE(retired, state->retired.records);
  }

  static std::string JsonOf(const Record& record) {
    std::string text;
    AppendJson(record, text);
    return text;
  }

  std::unique_ptr<sim::SimulatedDisk> disk_ = std::make_unique<sim::SimulatedDisk>();
  WallTime now_{std::chrono::microseconds(kExampleMorningUs)};
  sim::FakeClock clock_{now_};
  std::unique_ptr<Journal> journal_;
  uint64_t start_ = 0;
  uint64_t next_card_ = 1;
  std::map<std::string, Record> attempted_;  // by card
  std::set<std::string> acknowledged_;
  std::set<std::string> confirmed_;
  std::set<std::string> given_;
  bool flush_was_cut_ = false;  // the power went during one
};

std::vector<Life> EveryLife(size_t longest) {
  std::vector<Life> lives = {{}};
  for (size_t from = 0, length = 0; length < longest; ++length) {
    const size_t to = lives.size();
    for (; from < to; ++from) {
      for (const Op op : kOps) {
        Life longer = lives[from];
        longer.push_back(op);
        lives.push_back(std::move(longer));
      }
    }
  }
  return lives;
}

class CrashStatesTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(SetLogLevel("off")); }
  void TearDown() override { ASSERT_TRUE(SetLogLevel("info")); }

  // Calls `visit` with the world as each power cut can leave it: during the last operation of the
  // life, since a moment before that is one of a shorter life.
  template <typename Visit>
  void ForEachCrash(const World& before, const Life& life, const Visit& visit) {
    World whole(before);
    const World::Span span = whole.Live(life, UINT64_MAX);
    for (uint64_t calls = span.before_last; calls <= span.all && !HasFailure(); ++calls) {
      World world(before);
      world.Live(life, calls);
      EveryFate fates;
      do {
        World crashed(world);
        crashed.Crash(fates);
        const std::string picture = pictures_ ? crashed.Picture() : "";
        visit(crashed);
        if (HasFailure()) {
          ADD_FAILURE() << "after the life" << ToString(life) << ", power lost at call " << calls
                        << "\n"
                        << picture;
        }
      } while (!HasFailure() && fates.Next());
    }
  }

  // Checks a state that was not seen before.
  void Check(World& crashed) {
    ++states_;
    if (distinct_.insert(crashed.Hash()).second) crashed.Check();
  }

  const bool pictures_ = std::getenv("TAMTAP_PICTURES") != nullptr;
  uint64_t states_ = 0;
  std::unordered_set<uint64_t> distinct_;
};

TEST_F(CrashStatesTest, EveryPromiseHoldsInEveryStateThatPowerCutsCanLeave) {
  const char* const wanted = std::getenv("TAMTAP_CRASH_STATES");
  const uint64_t enough = wanted == nullptr ? kDefaultStates : std::strtoull(wanted, nullptr, 10);
  const World blank;
  const bool with_blocks = std::getenv("TAMTAP_DISK_BLOCKS") != nullptr;
  for (const Life& life : EveryLife(with_blocks ? kLongestWithBlocks : kLongestLife)) {
    ForEachCrash(blank, life, [&](World& crashed) { Check(crashed); });
    if (HasFailure()) return;
  }
  fmt::print("one power cut: {} states, {} of them distinct, all checked\n", states_,
             distinct_.size());

  std::vector<World> after_first;
  std::unordered_set<uint64_t> first_hashes;
  const std::vector<Life> lives = EveryLife(kLongestOfTwo);
  for (const Life& life : lives) {
    ForEachCrash(blank, life, [&](World& crashed) {
      if (first_hashes.insert(crashed.Hash()).second) after_first.emplace_back(crashed);
    });
  }
  // Pairs of a first state and a second life, in a fixed shuffled order.
  std::vector<std::pair<size_t, size_t>> pairs;
  for (size_t state = 0; state < after_first.size(); ++state) {
    for (size_t life = 0; life < lives.size(); ++life) pairs.emplace_back(state, life);
  }
  SeededRandom random(1);
  for (size_t i = pairs.size(); i > 1; --i) std::swap(pairs[i - 1], pairs[random.Below(i)]);
  size_t pair = 0;
  for (; pair < pairs.size() && distinct_.size() < enough && !HasFailure(); ++pair) {
    ForEachCrash(after_first[pairs[pair].first], lives[pairs[pair].second],
                 [&](World& crashed) { Check(crashed); });
  }
  fmt::print("two power cuts: {} of {} pairs of lives; in all {} states, {} of them distinct\n",
             pair, pairs.size(), states_, distinct_.size());
  EXPECT_GE(distinct_.size(), std::min(enough, kDefaultStates));
}

}  // namespace
}  // namespace tamtap::journal

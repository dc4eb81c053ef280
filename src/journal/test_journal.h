// A journal on a simulated disk, for tests.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "journal/journal.h"
#include "sim/fake_clock.h"
#include "sim/simulated_disk.h"
#include "tap/example_record.h"

namespace tamtap::journal {

inline const std::string kDirectory = "/journal";

// The card of the n-th example person.
inline std::string ExampleCard(uint64_t n) { return fmt::format("{:08X}", 0xA0000000u + n); }

class JournalTest : public ::testing::Test {
 protected:
  JournalOptions Options() const {
    JournalOptions options;
    options.directory = kDirectory;
    options.terminal = "gate-1";
    options.first_indexed_day = "2026-11-22";
    options.segment_bytes = segment_bytes_;
    options.maintenance_thread = false;
    return options;
  }

  std::unique_ptr<Journal> Open() {
    auto journal = Journal::Open(Options(), disk_, clock_, random_);
    EXPECT_TRUE(journal) << journal.error().Message();
    return journal ? *std::move(journal) : nullptr;
  }

  // Taps of persons first..last; all must be accepted.
  void Append(Journal& journal, uint64_t first, uint64_t last) {
    for (uint64_t n = first; n <= last; ++n) {
      Record record = ExampleRecord(1, ExampleCard(n));
      const auto appended = journal.Append(record);
      ASSERT_TRUE(appended) << appended.error().Message();
    }
  }

  // The cards of all pending taps, in order.
  static std::vector<std::string> PendingCards(Journal& journal) {
    std::vector<std::string> cards;
    uint64_t from = 1;
    for (;;) {
      const auto taps = journal.ReadPending(from, 100);
      EXPECT_TRUE(taps);
      if (!taps || taps->empty()) return cards;
      for (const PendingTap& tap : *taps) cards.push_back(tap.record.card.text());
      from = taps->back().sequence + 1;
    }
  }

  static std::vector<std::string> Cards(uint64_t first, uint64_t last) {
    std::vector<std::string> cards;
    for (uint64_t n = first; n <= last; ++n) cards.push_back(ExampleCard(n));
    return cards;
  }

  // The next so many flushes fail, of any file or of one; then all work.
  void FailFlushes(int count, const std::string& path = {}) {
    disk_.SetFaults([count, path](sim::DiskCall call,
                                  const std::string& of) mutable -> std::optional<sim::DiskFault> {
      const bool chosen = call == sim::DiskCall::kSync && (path.empty() || of == path);
      if (!chosen || count == 0) return std::nullopt;
      --count;
      return sim::DiskFault{EIO, 0};
    });
  }

  std::string PathOf(uint64_t segment) const { return JoinPath(kDirectory, SegmentName(segment)); }

  uint64_t segment_bytes_ = 64 << 10;
  sim::SimulatedDisk disk_;
  sim::FakeClock clock_{WallTime(std::chrono::microseconds(kExampleMorningUs))};
  SeededRandom random_{1};
};

}  // namespace tamtap::journal

// A journal on a simulated disk, and what recovery makes of it, for tests.
#pragma once

#include <string>
#include <utility>

#include "journal/recovery.h"
#include "journal/test_journal.h"

namespace tamtap::journal {

class RecoveryTest : public JournalTest {
 protected:
  // A journal of `taps` taps in segment 1, closed.
  void Make(uint64_t taps) {
    const auto journal = Open();
    Append(*journal, 1, taps);
  }
  JournalState State(bool read_everything = true) {
    RecoverOptions options;
    options.directory = kDirectory;
    options.read_everything = read_everything;
    auto state = Recover(disk_, options);
    EXPECT_TRUE(state);
    return *std::move(state);
  }
  // The same in sealed segments of some six taps, and the one in use.
  void MakeSealed(uint64_t taps) {
    segment_bytes_ = 4 << 10;
    const auto journal = Open();
    for (uint64_t n = 1; n <= taps; ++n) {
      Append(*journal, n, n);
      ASSERT_TRUE(journal->Maintain());
    }
  }
  // Another journal's, with a tap in it.
  static std::string ForeignSegment(uint64_t number) {
    std::string bytes;
    AppendSegmentLine({number, "00000000000000aa"}, bytes);
    AppendTapLine(1, "boot", 1, ExampleRecord(1, "BBBBBBBB"), bytes);
    return bytes;
  }
  // Where the line of that tap starts and ends in segment 1.
  std::pair<size_t, size_t> LineOf(uint64_t n) {
    const std::string content = disk_.Content(PathOf(1));
    const size_t at = content.find(ExampleCard(n));
    const size_t start = content.rfind('\n', at) + 1;
    return {start, content.find('\n', at)};
  }
};

}  // namespace tamtap::journal

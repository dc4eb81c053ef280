// Any bytes as the segments of a journal: a start must come through, take a tap, and know it again.
//
// The input is cut into segments at 0x1e bytes and into lines at newlines. A line that begins with
// '!' gets the checksum that makes it whole, so that hostile lines get past it. 0x1f at the front
// of a segment makes it the file "retired".
#include <fmt/core.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crc32.h"
#include "base/log.h"
#include "base/random.h"
#include "journal/journal.h"
#include "journal/journal_reader.h"
#include "sim/fake_clock.h"
#include "sim/simulated_disk.h"
#include "tap/example_record.h"

namespace tamtap::journal {
namespace {

constexpr char kNextSegment = 0x1e;
constexpr char kRetiredFile = 0x1f;
const std::string kDirectory = "/journal";

std::string WithChecksums(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t newline = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, newline);
    text.remove_prefix(std::min(newline + 1, text.size()));
    if (line.starts_with('!')) {
      line.remove_prefix(1);
      result += fmt::format("{}{}{:08x}\"}}", line, kChecksumKey, Crc32(line));
    } else {
      result += line;
    }
    result += '\n';
  }
  return result;
}

void Lay(std::string_view text, sim::SimulatedDisk& disk) {
  for (uint64_t number = 1; !text.empty() && number < 10; ++number) {
    const size_t end = std::min(text.find(kNextSegment), text.size());
    std::string_view segment = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool retired = segment.starts_with(kRetiredFile);
    if (retired) segment.remove_prefix(1);
    disk.SetContent(JoinPath(kDirectory, retired ? "retired" : SegmentName(number)),
                    WithChecksums(segment));
  }
}

// All pending taps, in ascending order.
std::vector<PendingTap> Pending(Journal& journal) {
  std::vector<PendingTap> all;
  while (true) {
    const uint64_t from = all.empty() ? 1 : all.back().sequence + 1;
    const auto taps = journal.ReadPending(from, 100);
    CHECK(taps.has_value());
    if (taps->empty()) return all;
    for (const PendingTap& tap : *taps) {
      CHECK(all.empty() || all.back().sequence < tap.sequence);
      all.push_back(tap);
    }
  }
  return all;
}

void TryToStart(std::string_view text) {
  sim::SimulatedDisk disk;
  Lay(text, disk);
  sim::FakeClock clock{WallTime(std::chrono::microseconds(kExampleMorningUs))};
  SeededRandom random(1);
  JournalOptions options;
  options.directory = kDirectory;
  options.terminal = "gate-1";
  options.first_indexed_day = "2026-11-22";
  options.segment_bytes = 16 << 10;
  options.maintenance_thread = false;

  Record record = ExampleRecord(1, "A0000001");
  {
    auto journal = Journal::Open(options, disk, clock, random);
    CHECK(journal.has_value());
    CHECK((*journal)->Append(record).has_value());
    // What can't be read is settled, and never comes up again.
    CHECK(!Pending(**journal).empty());
    CHECK((*journal)->ReadUnchecked(1, 100).has_value());
    CHECK((*journal)->Maintain().has_value());
    CHECK((*journal)->Status().confirmed <= (*journal)->Status().records);
  }
  disk.CrashLosingAll();
  auto journal = Journal::Open(options, disk, clock, random);
  CHECK(journal.has_value());
  int found = 0;
  for (const PendingTap& tap : Pending(**journal)) found += tap.record.tap == record.tap;
  // A seal that lies about its own segment can make a number come twice; nothing of ours writes
  // one.
  const bool sealed = text.find("\"seal\"") != text.npos || text.find("\"retired\"") != text.npos;
  CHECK(found == 1 || (sealed && found == 0));
  const auto state = ReadWholeJournal(disk, clock, kDirectory);
  CHECK(state.has_value());
  const auto visited =
      ForEachTap(disk, kDirectory, *state, [](const TapVisit&) -> Result<> { return {}; });
  CHECK(visited.has_value());
}

}  // namespace
}  // namespace tamtap::journal

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool quiet = tamtap::SetLogLevel("off").has_value();
  CHECK(quiet);
  tamtap::journal::TryToStart({reinterpret_cast<const char*>(data), size});
  return 0;
}

#include "sim/foreign_journal.h"

#include <fmt/core.h>

#include "base/check.h"
#include "base/clock.h"
#include "journal/journal.h"
#include "sim/checker.h"
#include "sim/fake_clock.h"

namespace tamtap::sim {
namespace {

constexpr std::string_view kKey = "\"journal\":\"";
constexpr int64_t kLastMonthUs = 1'792'796'400'000'000;  // 2026-10-24 07:00:00 in Manila

Record ForeignRecord(uint64_t n) {
  Record record;
  record.card = *CardId::Parse(fmt::format("{:08X}", 0xE0000000u + n));
  record.person = record.card.text();
  record.tamtap_id = "999";
  record.name = "Nobody Here";
  record.section = "Elsewhere";
  record.date = "2026-10-24 07:00:00";
  record.time = "07:00:00";
  record.day = "2026-10-24";
  record.tapped_at = "2026-10-24T07:00:00.000+08:00";
  record.tapped_at_us = kLastMonthUs + static_cast<int64_t>(n);
  record.clock = ClockState::kSynchronised;
  return record;
}

}  // namespace

std::string JournalOf(std::string_view content) {
  const std::string_view line = content.substr(0, content.find('\n'));
  const bool names = line.find("\"type\":\"segment\"") != std::string_view::npos ||
                     line.find("\"type\":\"retired\"") != std::string_view::npos;
  const size_t key = line.find(kKey);
  // A line that rotted names nobody.
  if (!names || key == std::string_view::npos || !journal::CheckLine(line)) return {};
  const size_t start = key + kKey.size();
  return std::string(line.substr(start, line.find('"', start) - start));
}

std::map<std::string, std::string> JournalFilesOn(SimulatedDisk& disk) {
  std::map<std::string, std::string> files;
  for (const auto& [path, size] : disk.Files()) {
    std::string content = disk.Content(path);
    std::string journal = JournalOf(content);
    if (!journal.empty()) files.emplace(std::move(content), std::move(journal));
  }
  return files;
}

std::map<std::string, std::string> MakeForeignJournal(SimulatedDisk& disk,
                                                      const std::string& directory, uint64_t seed) {
  SeededRandom random(seed);
  FakeClock clock{WallTime(std::chrono::microseconds(kLastMonthUs))};
  journal::JournalOptions options;
  options.directory = directory;
  options.terminal = Checker::kForeignTerminal;
  options.first_indexed_day = "2026-10-23";
  options.segment_bytes = 3'000;
  options.retention = {1, random.Below(2) == 0};
  options.maintenance_thread = false;
  auto journal = journal::Journal::Open(std::move(options), disk, clock, random);
  CHECK(journal);
  const uint64_t taps = 1 + random.Below(40);
  for (uint64_t n = 1; n <= taps; ++n) {
    Record record = ForeignRecord(n);
    CHECK((*journal)->Append(record));
    CHECK((*journal)->Maintain());
    if (random.Below(3) != 0) {
      (*journal)->Confirm(std::vector<uint64_t>{n});
      (*journal)->Checked(std::vector<uint64_t>{n});
    }
    if (random.Below(10) == 0) (*journal)->Quarantine(n, "refused elsewhere");
  }
  clock.Advance(std::chrono::days(20));
  CHECK((*journal)->Maintain());
  const std::string id = (*journal)->Status().journal;
  journal->reset();
  disk.WriteBack();
  std::map<std::string, std::string> files;
  for (const auto& [path, size] : disk.Files()) {
    std::string content = disk.Content(path);
    if (content.find_first_not_of('\n') != std::string::npos) files.emplace(std::move(content), id);
  }
  return files;
}

}  // namespace tamtap::sim

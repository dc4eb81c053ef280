// What happens to the sticks that mirrors are kept on, and to cards that die.
#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

#include "journal/journal_import.h"
#include "journal/segment.h"
#include "sim/foreign_journal.h"
#include "sim/world.h"

namespace tamtap::sim {
namespace {

constexpr int64_t kSecond = 1'000'000;
const std::string kMirror(kMirrorDirectory);
const std::string kJournal(kJournalDirectory);

std::set<std::string> ContentsOf(SimulatedDisk& disk) {
  std::set<std::string> contents;
  for (const auto& [path, size] : disk.Files()) contents.insert(disk.Content(path));
  return contents;
}

// The ids of the taps whose lines are whole there.
void CollectTaps(SimulatedDisk& disk, std::set<std::string>& taps) {
  class Taps final : public journal::LineVisitor {
   public:
    explicit Taps(std::set<std::string>& into) : taps_(into) {}
    void OnLine(uint64_t, const journal::LineView& line) override {
      if (line.type == journal::LineType::kTap) taps_.emplace(line.tap_id);
    }
    void OnDamage(uint64_t, uint64_t, journal::DamageKind) override {}

   private:
    std::set<std::string>& taps_;
  };
  Taps collector(taps);
  for (const auto& [path, size] : disk.Files()) {
    if (path.ends_with(".new")) continue;  // a copy that was never finished is kept, but not read
    journal::ScanLines(disk.Content(path), /*at_end=*/true, collector);
  }
}

// Directories of that disk that hold a journal which nobody writes.
std::vector<std::string> JournalsSetAside(SimulatedDisk& disk, bool in_a_drawer) {
  std::set<std::string> directories;
  for (const auto& [path, size] : disk.Files()) {
    const std::string directory = ParentDirectory(path);
    const bool aside = directory.find("/set-aside/") != std::string::npos;
    if (aside || (in_a_drawer && directory == kMirror)) directories.insert(directory);
  }
  return {directories.begin(), directories.end()};
}

}  // namespace

std::shared_ptr<SimulatedDisk> World::NewStick() {
  auto stick = std::make_shared<SimulatedDisk>();
  stick->SetContent(JoinPath(kMirror, "medium"), "");  // there is a directory once it has a file
  sticks_.push_back(stick);
  return stick;
}

void World::Unplug(size_t gate) {
  Station& station = *stations_[gate];
  if (!station.mounted.stick()) return;
  station.stick->Crash(station.fates);  // whatever is open on it is of no use any more
  station.stick->SetFaults(nullptr);
  station.mounted.Plug(nullptr);
}

void World::Plug(size_t gate) {
  Station& station = *stations_[gate];
  if (!station.stick) return;
  station.mounted.Plug(station.stick);
  station.stick->SetFaults(
      [this, &station](DiskCall call, const std::string&) { return OnStickCall(station, call); });
  NoteForeignFiles(station);
}

std::optional<DiskFault> World::OnStickCall(Station& station, DiskCall call) {
  DiskFaults& faults = station.faults;
  if (faults.dead || faults.dies_at_call > 0) {
    // The same process calls both disks: it may die in a call to either.
    const std::map<DiskCall, uint64_t> failing = std::exchange(faults.failing, {});
    auto fault = OnDiskCall(station, call);
    faults.failing = failing;
    if (fault) return fault;
  }
  StickFaults& stick = station.stick_faults;
  if (stick.left == 0) return std::nullopt;
  const bool reads = call == DiskCall::kOpen || call == DiskCall::kRead;
  if (stick.kind == StickFaults::Kind::kWrites && reads) return std::nullopt;
  if (stick.kind == StickFaults::Kind::kFlushes && call != DiskCall::kSync) return std::nullopt;
  if (stick.left != kForever) --stick.left;
  const int reason = stick.kind == StickFaults::Kind::kWrites ? EROFS : EIO;
  const size_t first = stick.kind == StickFaults::Kind::kEverything ? station.fates.Below(600) : 0;
  return DiskFault{reason, first, false};
}

void World::LoseCard(size_t gate) {
  Station& station = *stations_[gate];
  const bool is_mirrored = std::exchange(station.is_mirrored, false) && station.gate &&
                           !station.faults.dead && station.gate->Status().mirror_problem.empty();
  Stop(gate, true, false);
  std::set<std::string> taps;
  for (const auto& stick : sticks_) CollectTaps(*stick, taps);
  checker_.OnCardLost(
      gate, [&](const std::string& tap) { return taps.contains(tap); }, is_mirrored);
  const std::unique_ptr<SimulatedDisk> gone = std::exchange(station.disk, station.NewCard());
  ForgetForeignFilesOf(*gone);
  station.journal.clear();
  station.cards_seen.clear();
  station.faults.full = false;
  WatchDisk(gate);
}

void World::CarryOutOnMirror(const Operation& operation) {
  const size_t gate = operation.gate;
  Station& station = *stations_[gate];
  if (!station.stick || !merges_) return;
  if (operation.act != Act::kLoseCard && operation.act != Act::kKeepStick) {
    station.is_mirrored = false;  // the gate has not looked since
    if (operation.act == Act::kSwapStick) {
      stations_[(gate + 1) % stations_.size()]->is_mirrored = false;
    }
  }
  const auto change_to = [&](std::shared_ptr<SimulatedDisk> stick) {
    Unplug(gate);
    station.stick = std::move(stick);
    checker_.OnStrangeMirror(gate);
    Plug(gate);
  };
  switch (operation.act) {
    case Act::kUnplug:
      station.mounted.ShowMountPoint(operation.a % 2 == 1);
      return Unplug(gate);
    case Act::kPlug:
      return Plug(gate);
    case Act::kNewStick:
      return change_to(NewStick());
    case Act::kSwapStick: {
      const size_t other = (gate + 1) % stations_.size();
      if (other == gate) return;
      Unplug(gate);
      Unplug(other);
      std::swap(station.stick, stations_[other]->stick);
      checker_.OnStrangeMirror(gate);
      checker_.OnStrangeMirror(other);
      Plug(gate);
      return Plug(other);
    }
    case Act::kForeignStick: {
      auto stick = NewStick();
      foreign_files_.merge(MakeForeignJournal(*stick, kMirror, operation.random));
      return change_to(std::move(stick));
    }
    case Act::kKeepStick:
      station.yesterdays_stick = std::shared_ptr<SimulatedDisk>(station.stick->Clone());
      return;
    case Act::kStaleStick:
      if (!station.yesterdays_stick) return;
      sticks_.push_back(station.yesterdays_stick);
      return change_to(std::exchange(station.yesterdays_stick, nullptr));
    case Act::kLoseCard:
      return LoseCard(gate);
    case Act::kForeignFiles:
      return PutForeignFiles(gate, operation);
    case Act::kStickFails:
      station.stick_faults.kind = static_cast<StickFaults::Kind>(operation.a % 3);
      station.stick_faults.left = operation.b < 4 ? kForever : operation.b;
      return;
    case Act::kFillStick: {
      uint64_t used = 0;
      for (const auto& [path, size] : station.stick->Files()) used += size;
      return station.stick->SetCapacity(used + operation.a % 20'000);
    }
    case Act::kMendStick:
      station.stick_faults = StickFaults{};
      return station.stick->SetCapacity(UINT64_MAX);
    default:
      return;
  }
}

void World::PutForeignFiles(size_t gate, const Operation& operation) {
  Station& station = *stations_[gate];
  const bool on_stick = operation.a % 2 == 0;
  // On an empty card they would be the gate's own journal from then on.
  if (!on_stick && station.journal.empty()) return;
  SimulatedDisk foreign;
  const auto files = MakeForeignJournal(foreign, kMirror, operation.random);
  SimulatedDisk& disk = on_stick ? *station.stick : *station.disk;
  const std::string& to = on_stick ? kMirror : kJournal;
  checker_.OnStrangeMirror(gate);
  for (const auto& [path, size] : foreign.Files()) {
    const std::string content = foreign.Content(path);
    const std::string target = to + path.substr(kMirror.size());
    const auto file = files.find(content);
    if (file == files.end() || station.fates.Below(2) == 0) continue;
    if (!disk.Content(target).empty()) continue;  // to write over ours would be the plan's fault
    disk.SetContent(target, content);
    foreign_files_.insert(*file);
    Note(fmt::format("gate-{} gets {} of another journal", gate + 1, target));
  }
}

void World::NoteForeignFiles(const Station& station) {
  if (station.journal.empty()) return;
  // It took over what it found on an empty card: from now on that is its own.
  std::erase_if(foreign_files_, [&](const auto& file) { return file.second == station.journal; });
  if (!station.mounted.stick()) return;
  for (const auto& [content, journal] : JournalFilesOn(*station.stick)) {
    if (journal == station.journal || foreign_files_.contains(content)) continue;
    // The process before may have left outcomes there that only the kernel has: they would go with
    // the power, and nobody would be to blame.
    station.stick->WriteBack();
    foreign_files_.emplace(content, journal);
  }
}

void World::ForgetForeignFilesOf(SimulatedDisk& gone) {
  std::set<std::string> left;
  for (const auto& station : stations_) left.merge(ContentsOf(*station->disk));
  for (const auto& stick : sticks_) left.merge(ContentsOf(*stick));
  for (const std::string& content : ContentsOf(gone)) {
    if (!left.contains(content)) foreign_files_.erase(content);
  }
}

void World::CheckForeignFiles() {
  std::set<std::string> left;
  for (const auto& station : stations_) left.merge(ContentsOf(*station->disk));
  for (const auto& stick : sticks_) left.merge(ContentsOf(*stick));
  for (const auto& [content, journal] : foreign_files_) {
    if (left.contains(content)) continue;
    checker_.Fail(fmt::format("I7: a file of the foreign journal {} is gone: {}", journal,
                              content.substr(0, content.find('\n'))));
  }
}

void World::BringBackWhatWasSetAside() {
  if (!plan_.mirror) return;
  // What could not be restored from a mirror while a disk failed is restored by the next start.
  for (size_t i = 0; i < stations_.size(); ++i) Stop(i, false, false);
  Pass(kSecond * 5);
  std::map<std::string, journal::ImportedTap> taps;  // by id
  std::map<std::string, journal::ClockLine> clocks;  // by boot
  const auto collect = [&](SimulatedDisk& disk, bool in_a_drawer) {
    for (const std::string& directory : JournalsSetAside(disk, in_a_drawer)) {
      const auto import = journal::ReadJournalToImport(disk, stations_[0]->clock, directory);
      if (!import) return checker_.Fail("I7: " + import.error().Message());
      for (const journal::ImportedTap& tap : import->taps) {
        const auto [known, first] = taps.try_emplace(tap.record.tap.ToString(), tap);
        if (!first) known->second.confirmed &= tap.confirmed;
      }
      for (const journal::ClockLine& clock : import->clocks) clocks.emplace(clock.boot, clock);
    }
  };
  for (const auto& station : stations_) {
    if (station->gate) station->gate->Maintain();  // a stick that just came back is looked at
  }
  for (const auto& station : stations_) collect(*station->disk, false);
  for (const auto& stick : sticks_) {
    const bool plugged = std::any_of(stations_.begin(), stations_.end(), [&](const auto& station) {
      return station->mounted.stick() == stick;
    });
    if (!plugged) stick->SetFaults(nullptr);
    collect(*stick, !plugged);
  }
  for (size_t i = 0; i < stations_.size(); ++i) {
    journal::JournalImport own;
    for (const auto& [boot, clock] : clocks) own.clocks.push_back(clock);
    for (const auto& [id, tap] : taps) {
      if (tap.record.tap.terminal != fmt::format("gate-{}", i + 1)) continue;
      own.taps.push_back(tap);
      checker_.OnImported(tap.record);
    }
    if (own.taps.empty() || !stations_[i]->gate) continue;
    Note(fmt::format("gate-{} gets {} taps back that were set aside", i + 1, own.taps.size()));
    checker_.OnStrangeMirror(i);
    stations_[i]->gate->TakeOver(own);
  }
  Drain();
}

}  // namespace tamtap::sim

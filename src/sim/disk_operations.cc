// What a gate's disk does wrong.
#include <fmt/core.h>

#include <cerrno>

#include "sim/world.h"

namespace tamtap::sim {
namespace {

constexpr DiskCall kFailingCalls[] = {
    DiskCall::kSync,  DiskCall::kSync,          DiskCall::kSync,   DiskCall::kSync,
    DiskCall::kWrite, DiskCall::kSyncDirectory, DiskCall::kCreate, DiskCall::kRead,
    DiskCall::kOpen,  DiskCall::kTruncate,
};

}  // namespace

void World::WatchDisk(size_t gate) {
  Station& station = *stations_[gate];
  station.disk->SetFaults(
      [this, &station](DiskCall call, const std::string&) { return OnDiskCall(station, call); });
}

std::optional<DiskFault> World::OnDiskCall(Station& station, DiskCall call) {
  DiskFaults& faults = station.faults;
  const auto die = [&] {
    DiskFault fault{EIO, 0, true};
    return std::optional(fault);
  };
  if (faults.dead) return die();
  if (faults.dies_at_call > 0 && --faults.dies_at_call == 0) {
    faults.dead = true;
    station.link.gate_is_dead = true;
    auto fault = die();
    fault->bytes_first = station.fates.Below(2'000);  // of a write, that much got into the cache
    return fault;
  }
  const auto failing = faults.failing.find(call);
  if (failing == faults.failing.end()) return std::nullopt;
  if (failing->second != kForever && --failing->second == 0) faults.failing.erase(failing);
  ++faults.fired;
  return DiskFault{faults.errno_value, static_cast<size_t>(station.fates.Below(600)), false};
}

void World::CarryOutOnDisk(const Operation& operation) {
  Station& station = *stations_[operation.gate];
  DiskFaults& faults = station.faults;
  switch (operation.act) {
    case Act::kFailCalls:
      faults.failing[kFailingCalls[operation.a % std::size(kFailingCalls)]] =
          operation.b == 0 ? kForever : operation.b;
      faults.errno_value = EIO;
      return;
    case Act::kMendDisk:
      return faults.failing.clear();
    case Act::kFillDisk: {
      uint64_t used = 0;
      for (const auto& [path, size] : station.disk->Files()) used += size;
      station.disk->SetCapacity(used + operation.a);
      faults.full = true;
      return;
    }
    case Act::kFreeDisk:
      station.disk->SetCapacity(UINT64_MAX);
      faults.full = false;
      return;
    case Act::kRot:
      return Rot(operation.gate, operation.a, operation.random);
    case Act::kBackUp:
      station.backup = station.disk->Clone();
      station.attempts_at_backup = checker_.attempts();
      return;
    case Act::kRestore:
      if (!station.backup) return;
      Stop(operation.gate, false, false);
      {
        const auto gone = std::exchange(station.disk, station.backup->Clone());
        ForgetForeignFilesOf(*gone);
      }
      station.cards_seen.clear();
      station.disk->SetCapacity(UINT64_MAX);
      faults.full = false;
      WatchDisk(operation.gate);
      return checker_.OnRestore(operation.gate, station.attempts_at_backup);
    default:
      return;
  }
}

void World::Rot(size_t gate, uint64_t how, uint64_t seed) {
  SeededRandom random(seed);
  Station& station = *stations_[gate];
  std::vector<std::pair<std::string, uint64_t>> files;
  for (const auto& file : station.disk->Files()) {
    if (file.second > 0) files.push_back(file);
  }
  if (files.empty()) return;
  const auto& [path, size] = files[random.Below(files.size())];
  uint64_t offset = random.Below(size);
  std::string mask(1, static_cast<char>(1 << random.Below(8)));
  if (how == 1) {
    mask.assign(1 + random.Below(8), '\0');
    for (char& byte : mask) byte = static_cast<char>(random.Below(256));
  }
  const std::string content = station.disk->Content(path);
  if (foreign_files_.contains(content)) return;  // it has to be found as it was
  if (how == 2) {                                // a sector reads as zeros
    offset = offset / 512 * 512;
    mask = content.substr(offset, 512);
  }
  Note(fmt::format("gate-{} {} rots at {}, {} bytes", gate + 1, path, offset, mask.size()));
  checker_.OnRot(gate, path, offset, mask, content);
  station.cards_seen.clear();
  station.disk->Rot(path, offset, mask);
}

}  // namespace tamtap::sim

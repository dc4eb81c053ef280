// What the checker holds against the disks and the store in the end, with everything healed and
// drained.
#include <fmt/core.h>

#include <algorithm>

#include "sim/checker.h"

namespace tamtap::sim {
namespace {

bool Overlaps(const journal::Damage& damage, uint64_t segment, uint64_t first, uint64_t end) {
  return damage.segment == segment && damage.offset <= end &&
         damage.offset + damage.length >= first;
}

}  // namespace

bool Checker::Reported(const Attempt& attempt) const {
  const GateFacts& facts = gates_[attempt.gate];
  const uint64_t sequence = attempt.record.tap.sequence;
  for (const journal::Damage& damage : facts.damage) {
    if (damage.kind == journal::DamageKind::kMissingTaps && damage.offset <= sequence &&
        sequence < damage.offset + damage.length) {
      return true;
    }
    for (const Rot& rot : facts.rots) {
      if (rot.kept_aside && rot.line.find(attempt.record.tap.ToString()) != std::string::npos) {
        return true;
      }
      if (Overlaps(damage, rot.segment, rot.offset, rot.offset + rot.line.size()) &&
          rot.line.find(attempt.record.tap.ToString()) != std::string::npos) {
        return true;
      }
    }
  }
  return false;
}

void Checker::CheckStatus(size_t gate, const GateStatus& status, bool refusals_remain) {
  OnStatus(gate, status);
  GateFacts& facts = gates_[gate];
  facts.quarantined = status.quarantined;
  const std::string name = fmt::format("gate-{}", gate + 1);
  if (status.pending != 0) {
    Fail(fmt::format("I6: {} taps are still pending at {}", status.pending, name));
  }
  if (status.refusals != 0) {
    Fail(fmt::format("I6: {} refusals are not handed over at {}", status.refusals, name));
  }
  if (!refusals_remain && status.quarantined != 0 && !facts.tampered) {
    Fail(fmt::format("I4: {} taps are quarantined at {} and nothing is refused any more",
                     status.quarantined, name));
  }
  if (facts.tampered || facts.reports_loss) return;
  uint64_t stored = 0;
  uint64_t missing = 0;
  for (const Attempt& attempt : attempts_) {
    if (attempt.gate != gate) continue;
    stored += attempt.applied > 0 ? 1 : 0;
    missing += attempt.applied == 0 && attempt.told == Attempt::Told::kAccepted ? 1 : 0;
  }
  if (missing > status.quarantined) {
    Fail(fmt::format("I1: {} acknowledged taps of {} are not in the store, {} are quarantined",
                     missing, name, status.quarantined));
  }
  if (status.records != stored + status.quarantined) {
    Fail(fmt::format("I4: {} says {} records; {} are in the store, {} quarantined", name,
                     status.records, stored, status.quarantined));
  }
}

void Checker::CheckDisk(size_t gate, SimulatedDisk& disk,
                        const std::vector<journal::Damage>& damage) {
  GateFacts& facts = gates_[gate];
  GateStatus status;
  status.damage = damage;
  OnStatus(gate, status);
  for (Rot& rot : facts.rots) {
    // Bytes that belong to no line that is known are kept whole when others take their place, and
    // `journal status` lists where.
    for (const auto& [path, size] : disk.Files()) {
      rot.kept_aside |= path.find("/set-aside/") != std::string::npos &&
                        disk.Content(path).find(rot.rotten) != std::string::npos;
    }
    const std::string content = disk.Content(rot.path);
    if (content.compare(std::min<size_t>(rot.offset, content.size()), rot.rotten.size(),
                        rot.rotten) != 0) {
      continue;  // written over since
    }
    const bool reported =
        std::any_of(damage.begin(), damage.end(), [&](const journal::Damage& each) {
          return Overlaps(each, rot.segment, rot.offset, rot.offset + rot.line.size()) ||
                 (each.kind == journal::DamageKind::kForeignSegment && each.segment == rot.segment);
        });
    if (!reported) {
      Fail(fmt::format("I4: rot in {} at {} is not reported", rot.path, rot.offset));
    }
  }
}

void Checker::CheckDoubted(const std::set<std::string>& taps) {
  for (const std::string& tap : taps) {
    // In any boot: what time it is now decides what an unsure tap of an earlier one may say.
    bool lied = false;
    for (size_t gate = 0; gate < gates_.size(); ++gate) {
      const bool its = tap.starts_with(fmt::format("gate-{}.", gate + 1));
      lied = lied || (its && !gates_[gate].boots_with_a_lie.empty());
    }
    // Nobody vouched for that clock, and it was set to a day that is yet to come.
    const auto known = by_tap_.find(tap);
    if (known != by_tap_.end()) {
      const TakenTap& taken = attempts_[known->second].taken;
      const WallTime in_truth{std::chrono::microseconds(taken.true_us)};
      lied = lied || taken.record.day > AddDays(zone_.ToLocal(in_truth).day, 1);
    }
    if (!lied) Fail("I1: the server does not believe a tap that nothing speaks against: " + tap);
  }
}

void Checker::CheckStore(std::vector<Attendance> everything,
                         const std::function<Outcome(const Record&)>& store_again,
                         const std::set<std::string>& refused) {
  // Attendance by the plain rule: the earliest tap is the arrival, ties go to the smaller id.
  std::map<std::string, std::vector<const Record*>> expected;
  for (Attempt& attempt : attempts_) {
    if (attempt.applied > 0) expected[attempt.record.AttendanceId()].push_back(&attempt.record);
    if (attempt.applied > 1) Fail("I2: stored twice: " + Name(attempt.record));
    if (attempt.told != Attempt::Told::kAccepted || attempt.applied > 0) continue;
    if (attempt.may_be_lost) {
      if (attempt.rotted && !Reported(attempt) && !refused.contains(attempt.record.person)) {
        Fail("I4: lost to rot, and not reported: " + Name(attempt.record));
      }
      continue;
    }
    attempt.refused = refused.contains(attempt.record.person);
    if (attempt.refused) continue;  // counted by CheckStatus
    Fail("I1: acknowledged, and not in the store: " + Name(attempt.record));
  }
  // Everything comes by day, then arrival: what a store keeps of the arrival shows in the order.
  const auto in_order = [](const Attendance& a, const Attendance& b) {
    if (a.arrival.day != b.arrival.day) return a.arrival.day < b.arrival.day;
    if (a.arrival.tapped_at_us != b.arrival.tapped_at_us) {
      return a.arrival.tapped_at_us < b.arrival.tapped_at_us;
    }
    return a.arrival.tap.ToString() < b.arrival.tap.ToString();
  };
  if (!std::is_sorted(everything.begin(), everything.end(), in_order)) {
    Fail("I1: attendance is not in the order of arrival");
  }
  std::map<std::string, const Attendance*> found;
  for (const Attendance& attendance : everything) {
    if (!found.emplace(attendance.arrival.AttendanceId(), &attendance).second) {
      Fail("I2: two attendances " + attendance.arrival.AttendanceId());
    }
  }
  for (auto& [id, taps] : expected) {
    std::sort(taps.begin(), taps.end(), [](const Record* a, const Record* b) {
      if (a->tapped_at_us != b->tapped_at_us) return a->tapped_at_us < b->tapped_at_us;
      return a->tap.ToString() < b->tap.ToString();
    });
    const auto attendance = found.find(id);
    if (attendance == found.end()) {
      Fail("I1: there is no attendance " + id);
      continue;
    }
    Attendance wanted{*taps.front(), {}};
    for (const Record* tap : taps) {
      wanted.taps.push_back(
          {tap->tap.ToString(), tap->tap.terminal, tap->tapped_at, tap->tapped_at_us});
    }
    const Record& last = *taps.back();
    if (departs_after_us_ > 0 &&
        last.tapped_at_us - taps.front()->tapped_at_us >= departs_after_us_) {
      wanted.departed_at = last.tapped_at;
      wanted.departure = last.time;
    }
    if (*attendance->second != wanted) Fail("I1: the attendance is not what its taps say: " + id);
    found.erase(attendance);
  }
  for (const auto& [id, attendance] : found) {
    if (attendance->arrival.tap.terminal == kForeignTerminal) continue;
    Fail("I2: nobody tapped for the attendance " + id);
  }
  for (const Attempt& attempt : attempts_) {
    if (attempt.applied == 0) continue;
    if (store_again(attempt.record).kind != OutcomeKind::kAlreadyStored) {
      Fail("I1: the store has not got the same content: " + Name(attempt.record));
    }
  }
  for (size_t gate = 0; gate < gates_.size(); ++gate) {
    for (const auto& [day, person] : gates_[gate].duplicates) {
      const bool backed = std::any_of(
          attempts_.begin(), attempts_.end(), [&, d = day, p = person](const auto& each) {
            const bool that_day = each.record.day == d || each.taken.record.day == d ||
                                  IsDayOf(d, each.taken.true_us, zone_) || Lied(each);
            return that_day && each.record.person == p &&
                   (each.applied > 0 || each.may_be_lost || refused.contains(p));
          });
      if (!backed) {
        Fail(fmt::format("I1: {} was told SUCCESS again on {} at gate-{}, and nothing is stored",
                         person, day, gate + 1));
      }
    }
  }
}

void Checker::NoteRefused(const std::set<std::string>& persons) {
  for (Attempt& attempt : attempts_) attempt.refused = persons.contains(attempt.record.person);
}

Checker::Counts Checker::Count() const {
  Counts counts;
  for (const Attempt& attempt : attempts_) {
    counts.twice += attempt.applied > 1 ? attempt.applied - 1 : 0;
    if (attempt.told != Attempt::Told::kAccepted) continue;
    ++counts.acknowledged;
    if (attempt.applied > 0 || attempt.refused) continue;
    ++(attempt.may_be_lost ? counts.excused : counts.lost);
  }
  return counts;
}

}  // namespace tamtap::sim

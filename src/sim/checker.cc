#include "sim/checker.h"

#include <fmt/core.h>

#include <algorithm>

#include "journal/line.h"
#include "journal/segment.h"

namespace tamtap::sim {
namespace {

// Classes end at 23:59, and the next ones begin at 07:00: half-way between them.
constexpr std::string_view kLeftBy = "03:30";

Record WithoutTap(Record record) {
  record.tap = TapId{};
  return record;
}

class WholeLines final : public journal::LineVisitor {
 public:
  void OnLine(uint64_t offset, const journal::LineView& line) override {
    found.emplace_back(offset, line.text);
  }
  void OnDamage(uint64_t, uint64_t, journal::DamageKind) override {}
  std::vector<std::pair<uint64_t, std::string>> found;
};

std::optional<uint64_t> SegmentOf(const std::string& path) {
  if (ParentDirectory(path) != kJournalDirectory) return std::nullopt;
  return journal::SegmentNumber(path.substr(kJournalDirectory.size() + 1));
}

}  // namespace

Checker::Checker(size_t gates, TimeZone zone, const School& school) : gates_(gates), zone_(zone) {
  const auto after = school.settings.find("departures.after_minutes");
  if (after != school.settings.end()) {
    departs_after_us_ = std::stoll(after->second) * 60 * 1'000'000;
  }
}

std::string Name(const Record& record) {
  return fmt::format("tap {} of {} at {}", record.tap.ToString(), record.person, record.tapped_at);
}

void Checker::OnStart(size_t gate, const std::string& first_indexed_day) {
  ++gates_[gate].process;
  gates_[gate].first_indexed_day = first_indexed_day;
}

void Checker::OnTap(size_t gate, const TakenTap& expected, const TapResult& result, bool dead,
                    bool storage_was_fine) {
  GateFacts& facts = gates_[gate];
  const Verdict verdict = result.ack.verdict;
  if (result.success_shown != (verdict != Verdict::kRefused)) {
    Fail("I1: the panel and the verdict differ for " + Name(expected.record));
  }
  if (verdict == Verdict::kDuplicate) {
    if (!dead) CheckDuplicate(gate, expected);
    return;
  }
  if (verdict == Verdict::kRefused && storage_was_fine && !dead) {
    Fail(fmt::format("I5: {} was refused ({}) though its disk worked", Name(expected.record),
                     ToString(result.ack.reason)));
  }
  Attempt attempt;
  attempt.gate = gate;
  attempt.process = facts.process;
  attempt.boot = facts.boot;
  attempt.taken = expected;
  attempt.record = result.record.value_or(expected.record);
  if (IsNightDeparture(attempt.record, expected.record)) {
    attempt.taken.record.day = attempt.record.day;
  }
  if (WithoutTap(attempt.record) != WithoutTap(attempt.taken.record)) {
    Fail("I1: what was accepted is not what was tapped: " + Name(expected.record));
  }
  if (!dead) {
    attempt.told =
        verdict == Verdict::kAccepted ? Attempt::Told::kAccepted : Attempt::Told::kRefused;
  }
  if (expected.record.clock == ClockState::kSynchronised && !Lied(attempt) &&
      !IsDayOf(expected.record.date.substr(0, 10), expected.true_us, zone_)) {
    Fail("T: a clock is believed that is wrong: " + Name(attempt.record));
  }
  attempts_.push_back(attempt);
  if (attempt.told == Attempt::Told::kAccepted) CheckAccepted(attempts_.size() - 1);
}

void Checker::CheckDuplicate(size_t gate, const TakenTap& expected) {
  const std::string& day = expected.record.day;
  const bool right = expected.record.clock == ClockState::kSynchronised;
  const bool backed = std::any_of(attempts_.begin(), attempts_.end(), [&](const Attempt& each) {
    if (each.record.person != expected.record.person) return false;
    const Record& taken = each.taken.record;
    if (taken.clock == ClockState::kSynchronised && taken.day == day) return true;
    if (right && IsDayOf(day, each.taken.true_us, zone_)) return true;
    const bool stored = each.ever_stored && each.record.clock != ClockState::kUnsure;
    if (stored && each.record.day == day) return true;
    // Where a lie was believed, a tap is under whatever day that lie made of its own.
    if (each.gate != gate) return false;
    return Lied(each) || (each.boot == gates_[gate].boot && !right && taken.day == day);
  });
  if (!backed) {
    Fail("I5: told that they have tapped on a day on which they have not: " +
         Name(expected.record));
  }
  gates_[gate].duplicates.emplace(day, expected.record.person);
  // This process has seen them come, and a vouched clock says how long ago: they leave.
  if (!right || departs_after_us_ == 0 || gates_[gate].tampered) return;
  const bool leaves = std::any_of(attempts_.begin(), attempts_.end(), [&](const Attempt& each) {
    const Record& taken = each.taken.record;
    return each.gate == gate && each.process == gates_[gate].process &&
           each.told == Attempt::Told::kAccepted && taken.person == expected.record.person &&
           taken.day == day && taken.clock == ClockState::kSynchronised &&
           expected.record.tapped_at_us - taken.tapped_at_us >= departs_after_us_;
  });
  if (leaves) Fail("I1: who leaves was told that they have tapped: " + Name(expected.record));
}

bool Checker::MayBeDeparture(const Record& record) const {
  if (departs_after_us_ == 0) return false;
  return std::any_of(attempts_.begin(), attempts_.end(), [&](const Attempt& each) {
    const auto is_first = [&](const Record& before) {
      return before.person == record.person && before.day == record.day &&
             record.tapped_at_us - before.tapped_at_us >= departs_after_us_;
    };
    // Its time was corrected at the gate, and it has not come to the store.
    const bool in_truth =
        each.taken.record.clock == ClockState::kUnsure && each.record.person == record.person &&
        IsDayOf(record.day, each.taken.true_us, zone_) &&
        record.tapped_at_us - each.taken.true_us >= departs_after_us_ - kToleranceUs;
    return is_first(each.taken.record) || is_first(each.record) || in_truth;
  });
}

bool Checker::IsNightDeparture(const Record& taken, const Record& expected) const {
  return expected.time < kLeftBy && taken.day == AddDays(expected.day, -1) && MayBeDeparture(taken);
}

void Checker::CheckAccepted(size_t index) {
  const Attempt& accepted = attempts_[index];
  GateFacts& facts = gates_[accepted.gate];
  const Record& record = accepted.record;
  if (!by_tap_.emplace(record.tap.ToString(), index).second) {
    Fail("I3: the id was given away before: " + Name(record));
  }
  if (record.tap.sequence <= facts.last_sequence && !facts.tampered) {
    Fail(fmt::format("I3: number {} after {}: {}", record.tap.sequence, facts.last_sequence,
                     Name(record)));
  }
  facts.last_sequence = std::max(facts.last_sequence, record.tap.sequence);
  facts.days.insert(record.day);
  for (size_t i = 0; i < index; ++i) {
    Attempt& earlier = attempts_[i];
    if (earlier.gate != accepted.gate) continue;
    // What a flush failed for is said to be void by the next one that works; it may have been said
    // before, and have rotted since.
    if (earlier.told == Attempt::Told::kRefused && earlier.process == accepted.process &&
        !facts.tampered) {
      earlier.void_is_durable = true;
    }
    const bool known =
        IsKnownDuplicate(earlier, accepted) &&
        (earlier.process == facts.process ||
         // A start under a clock that nobody vouches for goes by the last vouched day.
         (record.day >= facts.first_indexed_day && facts.boots_with_a_lie.empty()));
    if (known && !facts.tampered && !facts.reports_loss && !facts.forgets_days &&
        facts.days.size() <= journal::DuplicateIndex::kDays && !MayBeDeparture(record)) {
      Fail("I2: the same person was accepted twice that day: " + Name(record));
    }
  }
}

bool Checker::IsKnownDuplicate(const Attempt& earlier, const Attempt& accepted) const {
  const Record& before = earlier.taken.record;
  const Record& now = accepted.taken.record;
  if (earlier.told != Attempt::Told::kAccepted || earlier.may_be_lost) return false;
  if (before.day != now.day || before.person != now.person) return false;
  // A tap under an unsure clock turns nobody away who taps under a right one; and across boots an
  // unsure clock may show one day twice.
  if (now.clock == ClockState::kUnsure) return earlier.boot == accepted.boot;
  return before.clock != ClockState::kUnsure;
}

Attempt* Checker::FindAttempt(size_t gate, const Record& record) {
  const auto known = by_tap_.find(record.tap.ToString());
  if (known != by_tap_.end()) return &attempts_[known->second];
  // Nobody was told of it: one of those that a failing disk or a power cut left open.
  for (const bool exactly : {true, false}) {
    for (Attempt& attempt : attempts_) {
      if (attempt.gate != gate || attempt.told == Attempt::Told::kAccepted || attempt.applied > 0 ||
          attempt.void_is_durable) {
        continue;
      }
      TakenTap taken = attempt.taken;
      if (IsNightDeparture(record, taken.record)) taken.record.day = record.day;
      const bool same = exactly ? WithoutTap(taken.record) == WithoutTap(record)
                                : WhyWrong(taken, record, Lied(attempt), zone_).empty();
      if (!same) continue;
      attempt.taken = taken;
      return &attempt;
    }
  }
  return nullptr;
}

// One id with two contents raises an alarm, and what is stored stays.
bool Checker::IsAlarmAfterDamage(const Record& record, const Outcome& outcome) const {
  if (outcome.kind != OutcomeKind::kRejected || outcome.reason != "tap id with two contents") {
    return false;
  }
  const auto known = by_tap_.find(record.tap.ToString());
  if (known == by_tap_.end()) return false;
  const Attempt& attempt = attempts_[known->second];
  return gates_[attempt.gate].tampered && attempt.applied > 0 &&
         attempt.taken.record.clock == ClockState::kUnsure;
}

void Checker::OnApplied(const Record& record, const Outcome& outcome) {
  if (record.tap.terminal == kForeignTerminal) return;
  if (IsAlarmAfterDamage(record, outcome)) return;
  if (outcome.kind == OutcomeKind::kRejected || outcome.kind == OutcomeKind::kRetry) {
    Fail(fmt::format("I2: the store refused {}: {}", Name(record), outcome.reason));
    return;
  }
  const std::string& terminal = record.tap.terminal;
  const size_t gate = static_cast<size_t>(terminal.back() - '1');
  Attempt* const found = FindAttempt(gate, record);
  if (found == nullptr) {
    Fail("I2: nobody tapped, or it is void: " + Name(record));
    return;
  }
  Attempt& attempt = *found;
  if (const std::string why = WhyWrong(attempt.taken, record, Lied(attempt), zone_); !why.empty()) {
    Fail(fmt::format(
        "T: {}: {}, taken at {}, in truth at {}", why, Name(record), attempt.taken.record.tapped_at,
        zone_.ToLocal(WallTime(std::chrono::microseconds(attempt.taken.true_us))).iso));
  }
  if (outcome.kind != OutcomeKind::kAlreadyStored) ++attempt.applied;
  if (attempt.told == Attempt::Told::kAccepted && attempt.record.tap != record.tap) {
    Fail("I2: another id than was given away: " + Name(record));
  }
  if (attempt.void_is_durable) Fail("I2: never acknowledged, and void: " + Name(record));
  by_tap_.emplace(record.tap.ToString(), static_cast<size_t>(found - attempts_.data()));
  attempt.record = record;
  attempt.ever_stored = true;
}

void Checker::OnStatus(size_t gate, const GateStatus& status) {
  std::vector<journal::Damage>& known = gates_[gate].damage;
  for (const journal::Damage& damage : status.damage) {
    if (std::find(known.begin(), known.end(), damage) != known.end()) continue;
    known.push_back(damage);
    if (!journal::IsLoss(damage.kind)) continue;
    gates_[gate].reports_loss = true;
    if (gates_[gate].tampered || gates_[gate].tore) continue;
    // A number whose tap went with the power is a gap too, and nobody was told of that tap.
    if (damage.kind == journal::DamageKind::kMissingTaps && !Acknowledged(gate, damage)) continue;
    Fail(fmt::format("I4: gate-{} reports {} in segment {} at {}, {} long, and nothing was damaged",
                     gate + 1, journal::ToString(damage.kind), damage.segment, damage.offset,
                     damage.length));
  }
}

bool Checker::Acknowledged(size_t gate, const journal::Damage& missing) const {
  return std::any_of(attempts_.begin(), attempts_.end(), [&](const Attempt& attempt) {
    const uint64_t sequence = attempt.record.tap.sequence;
    return attempt.gate == gate && attempt.told == Attempt::Told::kAccepted &&
           sequence >= missing.offset && sequence < missing.offset + missing.length;
  });
}

void Checker::OnRot(size_t gate, const std::string& path, uint64_t offset, std::string_view mask,
                    const std::string& content) {
  GateFacts& facts = gates_[gate];
  facts.tampered = true;
  for (Attempt& attempt : attempts_) {
    if (attempt.gate == gate) attempt.void_is_durable = false;  // that word may be what rots
  }
  const auto segment = SegmentOf(path);
  if (!segment) return;
  // Every line that was whole until now, also one with garbage of earlier rot behind it.
  WholeLines lines;
  journal::ScanLines(content, /*at_end=*/true, lines);
  for (const auto& [start, line] : lines.found) {
    std::string rotten = line;
    bool changed = false;
    for (size_t i = 0; i < mask.size(); ++i) {
      const size_t at = offset + i;
      if (at < start || at >= start + line.size() || mask[i] == 0) continue;
      rotten[at - start] = static_cast<char>(rotten[at - start] ^ mask[i]);
      changed = true;
    }
    if (!changed) continue;
    facts.rots.push_back({path, *segment, start, line, rotten});
    const auto view = journal::CheckLine(line);
    if (!view || view->type != journal::LineType::kTap) continue;
    const auto parsed = journal::ParseTapLine(view->text);
    for (Attempt& attempt : attempts_) {
      if (parsed && attempt.gate == gate &&
          WithoutTap(attempt.taken.record) == WithoutTap(parsed->record)) {
        attempt.may_be_lost = attempt.rotted = true;
        attempt.record.tap = parsed->record.tap;
      }
    }
  }
}

void Checker::OnRestore(size_t gate, size_t attempts_at_backup) {
  gates_[gate].tampered = true;
  for (size_t i = 0; i < attempts_.size(); ++i) {
    if (attempts_[i].gate != gate) continue;
    attempts_[i].void_is_durable = false;
    if (i < attempts_at_backup) continue;
    attempts_[i].may_be_lost = true;
    attempts_[i].rotted = false;  // nobody is left to report it
  }
}

void Checker::OnStoreCopied() {
  for (Attempt& attempt : attempts_) attempt.applied_in_copy = attempt.applied;
}

void Checker::OnStoreRestored() {
  for (Attempt& attempt : attempts_) attempt.applied = attempt.applied_in_copy;
}

void Checker::OnStoreReplaced() {
  for (Attempt& attempt : attempts_) attempt.applied = 0;
}

void Checker::OnCardLost(size_t gate,
                         const std::function<bool(const std::string& tap)>& is_somewhere,
                         bool is_mirrored) {
  for (Attempt& attempt : attempts_) {
    if (attempt.gate != gate) continue;
    attempt.void_is_durable = false;
    if (is_somewhere(attempt.record.tap.ToString())) continue;
    if (is_mirrored && !gates_[gate].tampered && attempt.told == Attempt::Told::kAccepted &&
        attempt.applied == 0) {
      Fail("I1: said to be on the mirror, and not there: " + Name(attempt.record));
    }
    attempt.may_be_lost = true;
    attempt.rotted = false;
  }
  gates_[gate].tampered = true;
}

void Checker::OnImported(const Record& record) {
  for (Attempt& attempt : attempts_) {
    if (WithoutTap(attempt.taken.record) == WithoutTap(record)) attempt.void_is_durable = false;
  }
}

}  // namespace tamtap::sim

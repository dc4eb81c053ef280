#include "school/copy.h"

#include <fmt/core.h>

#include <optional>
#include <set>

#include "base/log.h"

namespace tamtap {
namespace {

// Older than all that a release with stamps says, and than what it found in a central store.
constexpr int64_t kBeforeStamps = 1;
constexpr const char* kCopyAuthor = "the copy of a gate";
constexpr const char* kFirstTap = "a card's first tap";

// The ids follow from the content here, so a file that is loaded twice says nothing twice.
class NoRandom final : public Random {
 public:
  void Fill(std::span<unsigned char> bytes) override { std::fill(bytes.begin(), bytes.end(), 0); }
};

// Makes words that were said here of all that the copy has from elsewhere, before what was said
// here in truth.
void OfferAll(CopyOfSchool& copy) {
  NoRandom random;
  auto words = ChangesBetween({}, copy.school, {kBeforeStamps, kCopyAuthor}, random);
  for (SchoolChange& change : words) change.id = ContentId(change);
  copy.outbox.insert(copy.outbox.begin(), std::make_move_iterator(words.begin()),
                     std::make_move_iterator(words.end()));
  copy.school = {};
  copy.version.clear();
}

void TakeFormer(CopyOfSchool& copy, SchoolCopy::Former former) {
  if (!copy.is_former) return;
  copy.is_former = false;
  if (former == SchoolCopy::Former::kOffer) OfferAll(copy);
}

}  // namespace

SchoolCopy::SchoolCopy(Disk& disk, Clock& clock, std::string path, Former former)
    : disk_(disk), clock_(clock), path_(std::move(path)), former_(former), roster_(School()) {
  MutexLock lock(mutex_);
  auto copy = LoadCopy(disk_, path_);
  if (!copy) {
    LogWarning("roster: {}; starting without it", copy.error().Message());
    if (copy.error().code == ErrorCode::kCorrupt) {
      if (const auto mended = MendCopy(disk_, clock_, path_, {}); !mended) {
        LogWarning("roster: {}", mended.error().Message());
      }
    }
    return;
  }
  TakeFormer(*copy, former_);
  Hold(*std::move(copy));
}

void SchoolCopy::Hold(CopyOfSchool copy) {
  copy_ = std::move(copy);
  School now = copy_.Now();
  if (now != roster_.Current()->school()) roster_.Replace(std::move(now));
}

Result<bool> SchoolCopy::Look() {
  MutexLock lock(mutex_);
  auto copy = LoadCopy(disk_, path_);
  if (!copy) {
    if (copy.error().code == ErrorCode::kCorrupt) {
      TAMTAP_RETURN_IF_ERROR(MendCopy(disk_, clock_, path_, copy_));
    }
    return copy.error();
  }
  TakeFormer(*copy, former_);
  const bool same = copy->school == copy_.school && copy->version == copy_.version &&
                    copy->outbox == copy_.outbox;
  if (same) return false;
  Hold(*std::move(copy));
  return true;
}

std::string SchoolCopy::Version() const {
  MutexLock lock(mutex_);
  return copy_.version;
}

std::vector<SchoolChange> SchoolCopy::Outbox() const {
  MutexLock lock(mutex_);
  return copy_.outbox;
}

Result<> SchoolCopy::Change(const std::function<Result<>(CopyOfSchool&)>& change) {
  CopyOfSchool changed;
  const auto updated = UpdateCopy(disk_, clock_, path_, [&](CopyOfSchool& copy) -> Result<> {
    TakeFormer(copy, former_);
    TAMTAP_RETURN_IF_ERROR(change(copy));
    // In the same file at once: else a crash between what the master told and this would forget a
    // card that is known.
    AddBoundCards(copy);
    changed = copy;
    return {};
  });
  if (!updated) return updated;
  Hold(std::move(changed));
  return {};
}

Result<> SchoolCopy::Take(SchoolUpdate update, const std::string& known, WallTime now) {
  MutexLock lock(mutex_);
  std::optional<CopyOfSchool> newer;
  auto taken = Change([&](CopyOfSchool& copy) -> Result<> {
    if (copy.version != known) {
      newer = copy;
      return Error{ErrorCode::kRetry, "save the school of the master", 0,
                   "the copy was changed meanwhile; the master is asked again"};
    }
    if (update.whole && !update.told && copy.school != School()) {
      LogWarning(
          "roster: the central store was told nothing of the school yet; it is told of {} "
          "people from the copy here",
          copy.school.people.size());
      OfferAll(copy);
      return {};
    }
    copy.version = update.version;
    SetAsOf(now, copy);
    Apply(std::move(update), copy.school);
    return {};
  });
  // What another process has saved meanwhile is what the master has to be asked about.
  if (newer) Hold(*std::move(newer));
  return taken;
}

Result<> SchoolCopy::HandedOver(std::span<const SchoolChange> changes,
                                std::span<const std::string> outcomes) {
  MutexLock lock(mutex_);
  std::set<std::string_view> handed;
  std::vector<SchoolChange> taken;
  for (size_t i = 0; i < changes.size(); ++i) {
    handed.insert(changes[i].id);
    if (outcomes[i].empty()) {
      taken.push_back(changes[i]);
      continue;
    }
    LogWarning("roster: what {} said here of the {} '{}' is refused by the central store: {}",
               changes[i].said.by, ToString(changes[i].fact.kind), changes[i].fact.key,
               outcomes[i]);
  }
  return Change([&](CopyOfSchool& copy) -> Result<> {
    std::erase_if(copy.outbox, [&](const SchoolChange& each) { return handed.contains(each.id); });
    // They go on holding here until the master has told all that it holds: a word that was lost to
    // a later one is in no difference.
    if (!taken.empty()) copy.version.clear();
    Overlay(taken, copy.school);
    return {};
  });
}

int64_t SchoolCopy::MonotonicUs() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             clock_.MonotonicNow().time_since_epoch())
      .count();
}

void SchoolCopy::SetAsOf(WallTime now, CopyOfSchool& copy) const {
  copy.as_of_us = now.time_since_epoch().count();
  copy.as_of_boot = clock_.BootId();
  copy.as_of_mono_us = MonotonicUs();
}

void SchoolCopy::StillNewest(WallTime now) {
  MutexLock lock(mutex_);
  SetAsOf(now, copy_);
}

Said SchoolCopy::SaidNow(const std::string& by) const {
  MutexLock lock(mutex_);
  int64_t at_us = copy_.as_of_us;
  if (copy_.as_of_us > 0 && copy_.as_of_boot == clock_.BootId()) {
    at_us += std::max<int64_t>(MonotonicUs() - copy_.as_of_mono_us, 0);
  } else if (clock_.Synchronised()) {
    at_us = clock_.Now().time_since_epoch().count();
  }
  for (const SchoolChange& change : copy_.outbox) {
    if (change.said.by == by) at_us = std::max(at_us, change.said.at_us + 1);
  }
  return {std::max<int64_t>(at_us, 1), by};
}

Result<bool> SchoolCopy::SayBoundCards() {
  MutexLock lock(mutex_);
  CopyOfSchool probe = copy_;
  if (!AddBoundCards(probe)) return false;
  TAMTAP_RETURN_IF_ERROR(Change([](CopyOfSchool&) -> Result<> { return {}; }));
  return true;
}

bool SchoolCopy::AddBoundCards(CopyOfSchool& copy) {
  if (!roster_.AnyBound()) return false;
  const School before = copy.Now();
  const School after = roster_.WithCards(before);
  if (after == before) return false;
  NoRandom random;
  const Said said{std::max(copy.as_of_us, kBeforeStamps + 1), kFirstTap};
  for (SchoolChange& change : ChangesBetween(before, after, said, random)) {
    change.id = ContentId(change);
    copy.outbox.push_back(std::move(change));
  }
  return true;
}

Result<> SchoolCopy::Say(std::vector<SchoolChange> changes) {
  MutexLock lock(mutex_);
  return Change([&](CopyOfSchool& copy) -> Result<> {
    copy.outbox.insert(copy.outbox.end(), std::make_move_iterator(changes.begin()),
                       std::make_move_iterator(changes.end()));
    return {};
  });
}

}  // namespace tamtap

#include "school/copy.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "base/log.h"

namespace tamtap {
namespace {

// Older than all that a release with stamps says, and than what it found in a central store.
constexpr int64_t kBeforeStamps = 1;
constexpr const char* kCopyAuthor = "the copy of a gate";
constexpr std::chrono::seconds kSettles{5};  // a server looks each second
constexpr size_t kMostWhoLeft = 10'000;
constexpr size_t kMostSettled = 200;
constexpr const char* kFirstTap = "a card's first tap";

// Makes words that were said here of all that the copy has from elsewhere, before what was said
// here in truth.
void OfferAll(CopyOfSchool& copy) {
  auto words = ChangesByContent({}, copy.school, {kBeforeStamps, kCopyAuthor});
  for (auto* const said : {&copy.handed, &copy.outbox}) {
    words.insert(words.end(), std::make_move_iterator(said->begin()),
                 std::make_move_iterator(said->end()));
    said->clear();
  }
  copy.outbox = std::move(words);
  copy.school = {};
  copy.version.clear();
}

template <typename Each>
void KeepNewest(size_t most, std::vector<Each>& all) {
  if (all.size() > most) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(most));
}

// What was said first comes first, also when it is said again.
void SayAgain(std::vector<SchoolChange> words, CopyOfSchool& copy) {
  copy.outbox.insert(copy.outbox.begin(), std::make_move_iterator(words.begin()),
                     std::make_move_iterator(words.end()));
}

// Of a whole school nobody knows whether those who are not in it left, or were forgotten.
void NoteWhoLeft(const SchoolUpdate& update, CopyOfSchool& copy) {
  if (copy.left.empty() && update.gone.empty()) return;
  std::set<std::string_view> there;
  for (const Person& each : update.school.people) there.insert(each.person);
  std::set<std::string_view> gone;
  for (const FactKey& each : update.gone) {
    if (each.kind == FactKind::kPerson) gone.insert(each.key);
  }
  std::erase_if(copy.left, [&](const std::string& each) {
    return there.contains(each) || gone.contains(each);
  });
  for (const std::string_view key : gone) copy.left.emplace_back(key);
  KeepNewest(kMostWhoLeft, copy.left);
}

// After a change of the master's school: what it took of this gate's words, and shows, is kept for
// a while. A word is as old as it was, so that it undoes nothing if the master has it after all.
void SettleWords(bool may_have_forgotten, CopyOfSchool& copy) {
  const size_t shown = copy.settled.size();
  std::vector<SchoolChange> words = std::exchange(copy.settled, {});
  std::move(copy.handed.begin(), copy.handed.end(), std::back_inserter(words));
  copy.handed.clear();
  if (words.empty()) return;
  std::set<std::string_view> there;
  for (const SchoolChange& each : words) {
    if (each.fact.kind == FactKind::kPerson) there.insert(each.fact.key);
  }
  std::set<std::string_view> shows;
  for (const Person& each : copy.school.people) {
    if (const auto found = there.find(each.person); found != there.end()) shows.insert(*found);
  }
  std::vector<SchoolChange> forgotten;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].fact.kind != FactKind::kPerson) continue;
    if (shows.contains(words[i].fact.key)) {
      copy.settled.push_back(words[i]);
    } else if (may_have_forgotten && i < shown) {
      forgotten.push_back(words[i]);
    }
  }
  SayAgain(std::move(forgotten), copy);
  KeepNewest(kMostSettled, copy.settled);
}

void TakeFormer(CopyOfSchool& copy, SchoolCopy::Former former) {
  if (!copy.is_former) return;
  copy.is_former = false;
  if (former == SchoolCopy::Former::kOffer) OfferAll(copy);
}

}  // namespace

SchoolCopy::SchoolCopy(Disk& disk, Clock& clock, std::string path, Former former)
    : disk_(disk),
      clock_(clock),
      path_(std::move(path)),
      former_(former),
      handed_at_(clock.MonotonicNow()),
      roster_(School()) {
  MutexLock lock(mutex_);
  SeenCopy seen;
  if (const auto looked = LookAtCopy(disk_, path_, seen); !looked) {
    LogWarning("roster: {}; starting without it", looked.error().Message());
    if (looked.error().code == ErrorCode::kCorrupt) {
      if (const auto mended = MendCopy(disk_, clock_, path_, {}); !mended) {
        LogWarning("roster: {}", mended.error().Message());
      }
    }
    return;
  }
  TakeFormer(seen.copy, former_);
  Hold(std::move(seen));
}

void SchoolCopy::Hold(SeenCopy seen) {
  seen_ = std::move(seen);
  School now = seen_.copy.Now();
  if (now != roster_.Current()->school()) roster_.Replace(std::move(now));
}

Result<bool> SchoolCopy::Look() {
  MutexLock lock(mutex_);
  SeenCopy seen = seen_;
  const auto another = LookAtCopy(disk_, path_, seen);
  if (!another) {
    if (another.error().code == ErrorCode::kCorrupt) {
      TAMTAP_RETURN_IF_ERROR(MendCopy(disk_, clock_, path_, seen_.copy));
    }
    return another.error();
  }
  if (!*another) return false;
  TakeFormer(seen.copy, former_);
  const CopyOfSchool& before = seen_.copy;
  const bool same = seen.copy.school == before.school && seen.copy.version == before.version &&
                    seen.copy.outbox == before.outbox && seen.copy.handed == before.handed;
  Hold(std::move(seen));
  return !same;
}

std::string SchoolCopy::Version() const {
  MutexLock lock(mutex_);
  return seen_.copy.version;
}

std::vector<SchoolChange> SchoolCopy::Outbox() const {
  MutexLock lock(mutex_);
  return seen_.copy.outbox;
}

Result<> SchoolCopy::Change(const std::function<Result<>(CopyOfSchool&)>& change) {
  const auto with_cards = [&](CopyOfSchool& copy) -> Result<> {
    TakeFormer(copy, former_);
    TAMTAP_RETURN_IF_ERROR(change(copy));
    // In the same file at once: else a crash between what the master told and this would forget a
    // card that is known.
    AddBoundCards(copy);
    return {};
  };
  SeenCopy seen = seen_;
  TAMTAP_RETURN_IF_ERROR(UpdateCopy(disk_, clock_, path_, with_cards, &seen));
  Hold(std::move(seen));
  return {};
}

Result<> SchoolCopy::Take(SchoolUpdate update, const std::string& known, WallTime now,
                          const std::string& store) {
  MutexLock lock(mutex_);
  std::optional<CopyOfSchool> newer;
  auto taken = Change([&](CopyOfSchool& copy) -> Result<> {
    if (copy.version != known) {
      newer = copy;
      return Error{ErrorCode::kRetry, "save the school of the master", 0,
                   "the copy was changed meanwhile; the master is asked again"};
    }
    const bool knows = copy.school != School() || !copy.handed.empty();
    if (update.whole && !update.told && knows) {
      LogWarning(
          "roster: the central store was told nothing of the school yet; it is told of {} "
          "people from the copy here",
          copy.school.people.size());
      OfferAll(copy);
      return {};
    }
    const bool may_have_forgotten = update.whole && !store.empty() && copy.store == store;
    copy.version = update.version;
    copy.store = store;
    SetAsOf(now, copy);
    NoteWhoLeft(update, copy);
    Apply(std::move(update), copy.school);
    SettleWords(may_have_forgotten, copy);
    return {};
  });
  // What another process has saved meanwhile is what the master has to be asked about.
  if (newer) {
    SeenCopy seen;  // what was changed in it is not in the file
    seen.copy = *std::move(newer);
    Hold(std::move(seen));
  }
  return taken;
}

Result<> SchoolCopy::HandedOver(std::span<const SchoolChange> changes,
                                std::span<const std::string> outcomes) {
  MutexLock lock(mutex_);
  handed_at_ = clock_.MonotonicNow();
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
    // They go on holding here, but are not the master's word: one that was lost to a later one is
    // in no difference to the school that is known here.
    std::move(taken.begin(), taken.end(), std::back_inserter(copy.handed));
    return {};
  });
}

int64_t SchoolCopy::MonotonicUs() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             clock_.MonotonicNow().time_since_epoch())
      .count();
}

// An answer that took long to come, or that of a server whose clock is a little behind another's,
// must not make what is said next older than what was said or heard before.
void SchoolCopy::SetAsOf(WallTime now, CopyOfSchool& copy) const {
  constexpr int64_t kLittleUs = 300'000'000;
  const int64_t mono_us = MonotonicUs();
  int64_t now_us = now.time_since_epoch().count();
  if (copy.as_of_us > 0 && copy.as_of_boot == clock_.BootId()) {
    const int64_t expected_us = copy.as_of_us + std::max<int64_t>(mono_us - copy.as_of_mono_us, 0);
    if (expected_us - now_us <= kLittleUs) now_us = std::max(now_us, expected_us);
  }
  copy.as_of_us = now_us;
  copy.as_of_boot = clock_.BootId();
  copy.as_of_mono_us = mono_us;
}

Result<> SchoolCopy::StillNewest(WallTime now) {
  MutexLock lock(mutex_);
  SetAsOf(now, seen_.copy);
  if (seen_.copy.handed.empty() || clock_.MonotonicNow() - handed_at_ < kSettles) return {};
  return Change([&](CopyOfSchool& copy) -> Result<> {
    copy.handed.clear();  // nothing came of it
    return {};
  });
}

Result<> SchoolCopy::NoteWentBack(const std::string& store) {
  MutexLock lock(mutex_);
  if (seen_.copy.went_back == store && seen_.copy.handed.empty()) return {};
  return Change([&store](CopyOfSchool& copy) -> Result<> {
    copy.went_back = store;
    SayAgain(std::exchange(copy.handed, {}), copy);
    return {};
  });
}

std::string SchoolCopy::WentBack() const {
  MutexLock lock(mutex_);
  return seen_.copy.went_back;
}

bool SchoolCopy::HasLeft(const std::string& person) const {
  MutexLock lock(mutex_);
  const auto& left = seen_.copy.left;
  return std::find(left.begin(), left.end(), person) != left.end();
}

Said SchoolCopy::SaidNow(const std::string& by) const {
  MutexLock lock(mutex_);
  int64_t at_us = seen_.copy.as_of_us;
  if (seen_.copy.as_of_us > 0 && seen_.copy.as_of_boot == clock_.BootId()) {
    at_us += std::max<int64_t>(MonotonicUs() - seen_.copy.as_of_mono_us, 0);
  } else if (clock_.Synchronised()) {
    at_us = clock_.Now().time_since_epoch().count();
  }
  for (const SchoolChange& change : seen_.copy.outbox) {
    if (change.said.by == by) at_us = std::max(at_us, change.said.at_us + 1);
  }
  return {std::max<int64_t>(at_us, 1), by};
}

Result<bool> SchoolCopy::SayBoundCards() {
  MutexLock lock(mutex_);
  CopyOfSchool probe = seen_.copy;
  if (!AddBoundCards(probe)) return false;
  TAMTAP_RETURN_IF_ERROR(Change([](CopyOfSchool&) -> Result<> { return {}; }));
  return true;
}

bool SchoolCopy::AddBoundCards(CopyOfSchool& copy) {
  if (!roster_.AnyBound()) return false;
  const School before = copy.Now();
  const School after = roster_.WithCards(before);
  if (after == before) return false;
  const Said said{std::max(copy.as_of_us, kBeforeStamps + 1), kFirstTap};
  for (SchoolChange& change : ChangesByContent(before, after, said)) {
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

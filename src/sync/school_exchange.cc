#include "sync/school_exchange.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "tap/person_cards.h"

namespace tamtap {
namespace {

// Older than all that anybody says.
constexpr int64_t kBeforeEverything = 1;

// Whether a record says no other card of somebody than is known of them. One without a card says
// none.
bool HasCardOf(const Person& person, const Record& record) {
  return record.card.empty() || CouldBeTheirs(person, record.card);
}

// Who tapped, as their record tells: somebody new, or somebody known, who had another card by then,
// or of whom an earlier record told all that is known of them.
std::vector<SchoolChange> WordsOf(const Record& record, const Person* known, bool was_forgotten,
                                  const Said& said) {
  School before;
  School after;
  Person person;
  if (known != nullptr) {
    person = *known;
    before.people.push_back(person);
    if (!HasCardOf(person, record)) ReplaceCard(record.NfcId(), person);
  } else {
    person.person = record.person;
    person.tamtap_id = record.tamtap_id;
  }
  if (known == nullptr || was_forgotten) {
    person.name = record.name;
    person.first_name = record.first_name;
    person.last_name = record.last_name;
    person.email = record.email;
    person.role = record.role;
    person.grade = record.grade;
    person.section = record.section;
  }
  if (known == nullptr || !HasCardOf(*known, record)) {
    SpellCard(record.NfcId(), record.card, person);
  }
  after.people.push_back(std::move(person));
  return ChangesByContent(before, after, said);
}

// What two records of one person have in common if they tell the same of them.
std::string ToldBy(const Record& record) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", record.name, record.first_name, record.last_name,
                     record.email, record.grade, record.section);
}

}  // namespace

std::chrono::milliseconds SchoolExchange::Wait() const {
  const auto left = changed_ ? MonotonicTime::duration::zero() : next_ - clock_.MonotonicNow();
  return std::chrono::ceil<std::chrono::milliseconds>(
      std::max(left, MonotonicTime::duration::zero()));
}

std::set<std::string> SchoolExchange::PeopleToTellOf() const {
  std::set<std::string> people;
  if (said_refused_) return people;
  for (const SchoolChange& change : copy_.Outbox()) {
    if (change.fact.kind == FactKind::kPerson) people.insert(change.fact.key);
  }
  return people;
}

void SchoolExchange::Met(const std::string& store, bool went_back) {
  store_id_ = store;
  if (!went_back || store.empty()) return;
  must_pull_ = true;
  forgotten_.clear();
  told_.clear();
  WentBack(store);
}

void SchoolExchange::WentBack(const std::string& store) {
  if (const auto noted = copy_.NoteWentBack(store); !noted) {
    LogWarning("sync: {}", noted.error().Message());  // after a restart, nobody is said any more
  }
}

void SchoolExchange::SayWhoTapped(std::span<const journal::PendingTap> taps) {
  if (store_id_.empty() || copy_.WentBack() != store_id_) return;
  const std::shared_ptr<const Roster> roster = copy_.roster().Current();
  std::vector<SchoolChange> words;
  std::map<std::string, Told> told_now;
  for (const journal::PendingTap& tap : taps) {
    const Record& record = tap.record;
    const Person* const known = roster->cards().FindPerson(record.person);
    const bool was_forgotten = forgotten_.contains(record.person);
    if (known != nullptr && HasCardOf(*known, record) && !was_forgotten) continue;
    if (known == nullptr && copy_.HasLeft(record.person)) continue;
    const Said said = copy_.SaidNow(record.tap.terminal);
    const int64_t at_us = record.clock == ClockState::kUnsure
                              ? kBeforeEverything
                              : std::clamp<int64_t>(record.tapped_at_us, 1, said.at_us);
    const std::string whose = record.person + "/" + record.NfcId();
    const auto before = told_.find(whose);
    Told& told =
        told_now.emplace(whose, before == told_.end() ? Told() : before->second).first->second;
    if (at_us <= told.at_us) continue;
    told.at_us = at_us;
    if (std::string content = ToldBy(record); content != told.content) {
      told.content = std::move(content);
      for (SchoolChange& word : WordsOf(record, known, was_forgotten, {at_us, said.by})) {
        words.push_back(std::move(word));
      }
      LogWarning("sync: the central store has forgotten {}, who tapped; it is told again",
                 record.name);
    }
  }
  if (!words.empty()) {
    for (const SchoolChange& word : words) forgotten_.insert(word.fact.key);
    if (const auto said = copy_.Say(std::move(words)); !said) {
      return LogWarning("sync: {}", said.error().Message());  // and said with their next tap
    }
    changed_ = true;
  }
  for (auto& [whose, told] : told_now) told_.insert_or_assign(whose, std::move(told));
}

Result<> SchoolExchange::Exchange() {
  changed_ = false;
  auto exchanged = PullAndHandOver();
  next_ = clock_.MonotonicNow() + (exchanged ? options_.school_interval : options_.again);
  return exchanged;
}

Result<> SchoolExchange::PullAndHandOver() {
  // First the master's own word: one that knows nothing of the school yet is told all that this
  // gate knows, and not only what was said here. It would look emptied to all its gates else.
  TAMTAP_TRY(const bool pulled, Pull());
  if (!pulled) return {};
  must_pull_ = false;
  TAMTAP_TRY(const bool handed, HandOver());
  if (handed) TAMTAP_RETURN_IF_ERROR(Pull());
  return {};
}

// One call at a time: taps go before the rest.
Result<bool> SchoolExchange::HandOver() {
  const std::vector<SchoolChange> outbox = copy_.Outbox();
  if (outbox.empty()) return false;
  const std::span<const SchoolChange> slice =
      std::span(outbox).first(std::min(kMostChanges, outbox.size()));
  const auto outcomes = store_.ChangeSchool(slice);
  if (!outcomes && outcomes.error().code == ErrorCode::kRejected) {
    // A server of an earlier release. What was said here goes on holding here.
    if (!said_refused_) LogWarning("sync: {}; it is kept here", outcomes.error().Message());
    said_refused_ = true;
    return false;
  }
  if (!outcomes) return outcomes.error();
  if (const auto saved = copy_.HandedOver(slice, *outcomes); !saved) {
    LogWarning("sync: {}", saved.error().Message());  // and handed over again, which does no harm
    return false;
  }
  for (const std::string& outcome : *outcomes) {
    if (!outcome.empty()) refusals_.push_back(outcome);
  }
  if (slice.size() < outbox.size()) changed_ = true;
  return true;
}

Result<bool> SchoolExchange::Pull() {
  const std::string known = copy_.Version();
  if (known != std::exchange(known_, known)) slices_.Clear();
  TAMTAP_TRY(auto slice, store_.PullSlice(known, slices_.place()));
  const std::optional<ToldTime> told = store_.TimeTold();
  const WallTime now = told ? told->wall + (clock_.MonotonicNow() - told->at) : clock_.Now();
  if (!slice) {
    slices_.Clear();
    if (const auto saved = copy_.StillNewest(now); !saved) {
      LogWarning("sync: {}", saved.error().Message());
    }
    return true;
  }
  const std::shared_ptr<const Roster> before = copy_.roster().Current();
  auto update = slices_.Add(*std::move(slice), before->school().people);
  if (!update) {
    LogWarning("sync: {}", update.error().Message());  // no fault of the store's: taps go on
    return true;
  }
  if (!*update) {
    if (!slices_.empty()) changed_ = true;  // else the answer made no sense
    return false;
  }
  if (const auto saved = copy_.Take(**std::move(update), known, now, store_id_); !saved) {
    LogWarning("sync: {}", saved.error().Message());  // and pulled again at the next round
    // At once if another process was first; a disk that fails would fail again.
    if (copy_.Version() != known) changed_ = true;
    return true;
  }
  const std::shared_ptr<const Roster> now_known = copy_.roster().Current();
  if (now_known != before) {
    LogInfo("sync: the school changed: {} people, {} schedules", now_known->school().people.size(),
            now_known->school().schedules.size());
  }
  return true;
}

}  // namespace tamtap

#include "server/school_office.h"

#include <fmt/core.h>

#include "base/log.h"
#include "base/text.h"
#include "tap/record.h"

namespace tamtap {
namespace {

// Of one list that was imported, so many words are noted one by one; of a longer one, how many.
constexpr size_t kMostNoted = 50;

}  // namespace

std::string DescribeChange(const SchoolChange& change) {
  std::string text = fmt::format("{} {}:", ToString(change.fact.kind), change.fact.key);
  for (const auto& [field, value] : change.fields) text += fmt::format(" {}={}", field, value);
  return Shortened(text, kMostFieldBytes);
}

Result<SchoolOffice::Changed> SchoolOffice::Change(const std::string& by,
                                                   const std::function<Result<>(School&)>& change) {
  MutexLock lock(mutex_);
  cache_.LookAgain();
  TAMTAP_TRY(const SchoolCache::Snapshot now, cache_.Current());
  if (!now.newest) {
    return Error{ErrorCode::kRetry, "change the school", 0, "its store does not answer now"};
  }
  const School& before = now.roster->school();
  School after = before;
  TAMTAP_RETURN_IF_ERROR(change(after));
  Changed changed;
  const auto changes = ChangesBetween(before, after, {0, by}, random_);
  if (changes.empty()) return changed;
  TAMTAP_TRY(const auto outcomes, store_.ChangeSchool(changes));
  for (const std::string& outcome : outcomes) {
    if (!outcome.empty()) changed.refused.push_back(outcome);
  }
  changed.things = changes.size() - changed.refused.size();
  Note(by, changes, outcomes);
  cache_.LookAgain();
  if (const auto known = cache_.Current(); !known) {
    LogWarning("server: {}", known.error().Message());
  }
  return changed;
}

void SchoolOffice::Note(const std::string& by, const std::vector<SchoolChange>& changes,
                        const std::vector<std::string>& outcomes) {
  const auto add = [&](const std::string& what, const std::string& whom, std::string detail) {
    const auto kept = trust_.AddAudit({clock_.Now(), by, what, whom, std::move(detail)});
    if (!kept) LogWarning("server: {}", kept.error().Message());
  };
  if (changes.size() > kMostNoted) {
    return add("change the school", "",
               fmt::format("{} things at once, the first: {}", changes.size(),
                           DescribeChange(changes.front())));
  }
  for (size_t i = 0; i < changes.size(); ++i) {
    add(outcomes[i].empty() ? "change the school" : "change the school: " + outcomes[i],
        changes[i].fact.key, DescribeChange(changes[i]));
  }
}

}  // namespace tamtap

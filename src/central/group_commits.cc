#include "central/group_commits.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace tamtap::central {
namespace {

constexpr size_t kMostRecords = 4'000;  // of one commit: nobody waits long for others' backlogs

}  // namespace

Result<std::vector<Outcome>> GroupCommits::Store(std::span<const Record> records,
                                                 const Commit& commit) {
  Caller caller{records, std::vector<Outcome>(), false};
  std::vector<Caller*> group;
  {
    MutexLock lock(mutex_);
    waiting_.push_back(&caller);
    while (!caller.done && committing_) changed_.Wait(mutex_);
    if (caller.done) return std::move(caller.outcomes);
    std::erase(waiting_, &caller);
    group.push_back(&caller);
    size_t count = records.size();
    size_t others = 0;
    while (others < waiting_.size() && count + waiting_[others]->records.size() <= kMostRecords) {
      count += waiting_[others]->records.size();
      ++others;
    }
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(others);
    group.insert(group.end(), waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    committing_ = true;
  }
  CommitFor(group, commit);
  MutexLock lock(mutex_);
  for (Caller* each : group) each->done = true;
  committing_ = false;
  changed_.NotifyAll();
  return std::move(caller.outcomes);
}

void GroupCommits::CommitFor(const std::vector<Caller*>& callers, const Commit& commit) {
  const auto fail = [&](const Error& error) {
    for (Caller* each : callers) each->outcomes = error;
  };
  try {
    std::vector<std::span<const Record>> group;
    group.reserve(callers.size());
    for (const Caller* each : callers) group.push_back(each->records);
    auto outcomes = commit(group);
    if (!outcomes) return fail(outcomes.error());
    for (size_t i = 0; i < callers.size(); ++i) callers[i]->outcomes = std::move((*outcomes)[i]);
  } catch (const std::exception& error) {  // there is no memory: the others must not wait for ever
    fail({ErrorCode::kRetry, "store records", 0, error.what()});
  }
}

}  // namespace tamtap::central

// SchoolCopy: the school as this gate knows it, in memory and in DATA/roster.json (copy_file.h). It
// follows the master by SchoolUpdates, and holds what was said here until the master has it.
//
// Thread-safe. Other processes may change the file at any moment: Look() finds that out.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/mutex.h"
#include "base/result.h"
#include "roster/roster_holder.h"
#include "school/copy_file.h"
#include "school/update.h"

namespace tamtap {

class SchoolCopy {
 public:
  // What an earlier release left here is offered to the master if it may know less: that is so when
  // gates of that release were where people were registered. The master's own words hold.
  enum class Former { kOffer, kKeep };

  // Loads the file. One that can't be read keeps no gate from starting: it is set aside, said, and
  // the gate begins with an empty school until its master has answered.
  SchoolCopy(Disk& disk, Clock& clock, std::string path, Former former);

  // What holds here now. The tap path asks nothing else.
  RosterHolder& roster() { return roster_; }

  // Reads the file again, if it is not as it was. Returns whether what holds here, or what is to be
  // handed over, is another now. Errors leave what is in memory.
  Result<bool> Look() EXCLUDES(mutex_);

  std::string Version() const EXCLUDES(mutex_);
  std::vector<SchoolChange> Outbox() const EXCLUDES(mutex_);

  // Takes what the master has told, in answer to the question for what came after `known`. If
  // nobody has told that master anything yet, what the copy knows goes into the outbox, to be told
  // to it. Of whom something was said here, and who was in the school of that `store` and is not
  // in all of it now, it has forgotten: that goes into the outbox again. kRetry, and nothing is
  // taken: the copy is at another version by now. `now` is the master's time; `store` is the id of
  // its store, or empty.
  Result<> Take(SchoolUpdate update, const std::string& known, WallTime now,
                const std::string& store = {}) EXCLUDES(mutex_);

  // The master has taken or refused these changes: they leave the outbox. What it took goes on
  // holding here until it has told what it made of it. A refusal is logged.
  Result<> HandedOver(std::span<const SchoolChange> changes, std::span<const std::string> outcomes)
      EXCLUDES(mutex_);

  // The master has said that the copy is the newest there is, at that time of its clock. Right
  // after a hand-over that may be the word of a server that has not looked since: what was handed
  // over goes on holding here for a while.
  Result<> StillNewest(WallTime now) EXCLUDES(mutex_);

  // The store of that id was restored from an older copy: its master may have forgotten people who
  // have tapped, and what was handed over to it goes into the outbox again. Durable on return.
  Result<> NoteWentBack(const std::string& store) EXCLUDES(mutex_);
  // The store that went back last; empty: none did.
  std::string WentBack() const EXCLUDES(mutex_);

  // Whether the master has told that this person left, and not that they are there again.
  bool HasLeft(const std::string& person) const EXCLUDES(mutex_);

  // Whose word it would be now, by the master's clock: told by the last contact of this boot and
  // the time since; else by this machine's clock, if somebody vouches for it; else it is as old as
  // the last contact, and any word since is later. Each word of one author is later than the one
  // before.
  Said SaidNow(const std::string& by) const EXCLUDES(mutex_);

  // Cards that came here for the first time (roster/roster_holder.h) are said for good. Returns
  // whether there were any. A word of the master's that this copy does not know yet is the later
  // one.
  Result<bool> SayBoundCards() EXCLUDES(mutex_);

  // Says something here: it holds at once, and is durable on return.
  Result<> Say(std::vector<SchoolChange> changes) EXCLUDES(mutex_);

 private:
  Result<> Change(const std::function<Result<>(CopyOfSchool&)>& change) REQUIRES(mutex_);
  // Says the cards that came here of people whose card `copy` does not know. Returns whether there
  // were any.
  bool AddBoundCards(CopyOfSchool& copy);
  void Hold(SeenCopy seen) REQUIRES(mutex_);
  void SetAsOf(WallTime now, CopyOfSchool& copy) const;
  int64_t MonotonicUs() const;

  Disk& disk_;
  Clock& clock_;
  const std::string path_;
  const Former former_;
  mutable Mutex mutex_;
  SeenCopy seen_ GUARDED_BY(mutex_);
  MonotonicTime handed_at_ GUARDED_BY(mutex_);
  RosterHolder roster_;
};

}  // namespace tamtap

// The school of an installation, for the commands that look at it and change it. Its master is the
// central store to which the data directory belongs (central_choice.h), whether a server or a gate
// runs on it now or not. A gate of a server holds a copy: what is said there waits in the outbox of
// the copy, holds at that gate at once, and is handed to the server as soon as it answers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/settings.h"
#include "school/copy.h"
#include "server/school_store.h"

namespace tamtap::cli {

// The school's time zone, as SchoolsZone(settings, school) has it of what the master shows.
Result<TimeZone> SchoolsZone(const Settings& settings);

class Master {
 public:
  // Opens a store of this machine or network, or the copy of a gate. kMisconfigured: no store can
  // be what the directory remembers, or what --central says.
  static Result<Master> Open(const Settings& settings);

  // Which store it is, without a password that its URI may contain.
  const std::string& name() const { return name_; }

  // The store itself; null at a gate of a server.
  SchoolStore* store() const { return store_.get(); }

  struct Seen {
    School school;
    std::string note;  // why it may not be the newest; empty: it is
  };
  Result<Seen> See();

  struct Changed {
    size_t things = 0;                 // that were said to be another way
    std::vector<std::string> refused;  // sentences of the master
    std::string note;                  // why the master does not know of it yet; empty: it does
  };
  // Changes what See() shows, and brings the difference to the master. An error of `change` changes
  // nothing. When this has returned, what was said is durable.
  Result<Changed> Change(const std::function<Result<>(School&)>& change);

 private:
  Master(Settings settings, std::string name)
      : settings_(std::move(settings)), name_(std::move(name)) {}
  Result<Seen> SeeAtGate();
  Result<Changed> ChangeAtGate(const std::function<Result<>(School&)>& change);
  // Hands the outbox over, and takes what the server tells. The note says why it did not work.
  Result<std::string> TalkToServer(std::vector<std::string>* refused);
  // The copy of a gate or `run` of this directory learns it at once, not at its next look.
  void RefreshCopy();

  Settings settings_;
  std::string name_;
  std::unique_ptr<SchoolStore> store_;  // null: the copy of a gate
  std::unique_ptr<SchoolCopy> copy_;    // null: no gate of this directory has one
};

// For commands that look: what the school of that installation is, and of which master. Says on
// standard error why it may not be the newest.
struct ShownSchool {
  School school;
  std::string master;
};
Result<ShownSchool> ShowSchool(const Settings& settings);

// For commands that change: says on standard error what the master has refused, and why it does not
// know of the rest yet. Returns whether nothing was refused.
bool SayWhatWasRefused(const Master::Changed& changed);

}  // namespace tamtap::cli

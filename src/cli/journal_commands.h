// The words of `tamtap journal`: those that look into a journal (journal_looking.cc) need no
// terminal and disturb none; those that change one (journal_changing.cc) are done by who holds it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/settings.h"
#include "terminal/inbox.h"

namespace tamtap::cli {

struct JournalArguments {
  std::string file;
  std::string format = "json";
  std::string day;
  std::string card;
  std::string state;
  std::vector<std::string> taps;
  std::string since;
  bool all = false;
  bool dry_run = false;
  bool bring_back = false;
  std::string photos;
};

// Does the request here, if nobody holds the journal; else leaves it to who does.
Result<InboxAnswer> AskJournal(const Settings& settings, InboxRequest request);

// Each prints what it did and returns the exit code.
int JournalStatus(const Settings& settings);
int JournalVerify(const Settings& settings);
int JournalList(const Settings& settings, const JournalArguments& arguments);
int JournalExport(const Settings& settings, const JournalArguments& arguments);

int JournalImport(const Settings& settings, const JournalArguments& arguments);
int JournalRequeue(const Settings& settings, const JournalArguments& arguments);
int JournalResend(const Settings& settings, const JournalArguments& arguments);

}  // namespace tamtap::cli

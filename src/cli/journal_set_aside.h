// Journals that were set aside, in a journal's directory or on its mirror: what `tamtap journal
// status` and `doctor` say of them.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace tamtap::cli {

struct JournalSetAside {
  std::string directory;
  uint64_t records = 0;
  uint64_t pending = 0;
  uint64_t quarantined = 0;
  std::string problem;  // why it can't be read; empty: it can
};

// Of that journal's directory, and of the mirror that it had last. What can't be looked at (the
// mirror may be unplugged) is left out.
std::vector<JournalSetAside> FindSetAside(const std::string& journal_directory);
std::string Describe(const JournalSetAside& aside);
boost::json::array SetAsideJson(const std::string& journal_directory);

}  // namespace tamtap::cli

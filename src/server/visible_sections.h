// The sections that a query must ask the store for: of those that were asked for, the ones that the
// caller may see. Nothing else is read.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/router.h"

namespace tamtap {

// Returns nothing if the query needs no limit. If `asked` is empty, it means all sections that the
// caller may see.
inline std::optional<std::vector<std::string>> VisibleSections(const Caller& caller,
                                                               std::vector<std::string> asked) {
  if (caller.IsAdmin()) {
    if (asked.empty()) return std::nullopt;
    return asked;
  }
  std::vector<std::string> visible;
  if (!caller.account) return visible;
  for (const std::string& section : caller.account->sections) {
    const bool wanted =
        asked.empty() || std::find(asked.begin(), asked.end(), section) != asked.end();
    if (wanted) visible.push_back(section);
  }
  return visible;
}

}  // namespace tamtap

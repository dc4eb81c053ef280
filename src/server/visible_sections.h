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

// The parts between the commas; empty ones are none.
inline std::vector<std::string> SplitCommas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

// Of ?sections=A,B and ?section=A; "all", as no section, asks for every one.
inline std::vector<std::string> AskedSections(const http::Request& request) {
  std::vector<std::string> sections = SplitCommas(request.Query("sections"));
  if (const std::string one = request.Query("section"); !one.empty() && one != "all") {
    sections.push_back(one);
  }
  return sections;
}

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

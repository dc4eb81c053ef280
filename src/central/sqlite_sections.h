// The sections that a query asks for, as the queries of this room take them: for json_each().
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace tamtap::central {

// A JSON list; empty text if the query has no limit.
inline std::string SectionsForQuery(const std::optional<std::vector<std::string>>& sections) {
  if (!sections) return {};
  boost::json::array list;
  for (const std::string& section : *sections) list.emplace_back(section);
  return boost::json::serialize(list);
}

}  // namespace tamtap::central

#include "server/audit_names.h"

#include <algorithm>
#include <boost/json.hpp>
#include <string>
#include <vector>

namespace tamtap {
namespace {

// As SchoolOffice notes what became of a change; behind the colon stands why it was refused.
constexpr std::string_view kChange = "change the school";

bool Holds(std::string_view text, const std::string& part) {
  return text.find(part) != std::string_view::npos;
}

// Whether the text, as a JSON string, is a value in there and not the name of one.
bool HoldsValue(std::string_view fields, std::string_view text) {
  const std::string quoted = boost::json::serialize(boost::json::value(text));
  for (size_t at = fields.find(quoted); at != std::string_view::npos;
       at = fields.find(quoted, at + 1)) {
    const size_t behind = at + quoted.size();
    if (behind == fields.size() || fields[behind] != ':') return true;
  }
  return false;
}

// "person 176B3325: card=... name=...", also as the first of many.
bool DescribesThem(std::string_view detail, const std::string& key) {
  const std::string described = "person " + key + ":";
  return detail.starts_with(described) || Holds(detail, "the first: " + described);
}

// "the card 04A2B3C4 of Ben Cruz belongs to Ana Reyes"
bool SaysName(std::string_view what, const std::string& name) {
  return !name.empty() &&
         (Holds(what, " of " + name + " belongs to ") || what.ends_with(" belongs to " + name) ||
          Holds(what, " of " + name + " is somebody else's"));
}

}  // namespace

bool IsAbout(const AuditEntry& entry, const PersonNames& names, std::string_view name) {
  std::vector<std::string> all = names.cards;
  all.push_back(names.person);
  const bool is_change = entry.what.starts_with(kChange);
  if (is_change && SaysName(entry.what, std::string(name))) return true;
  return std::any_of(all.begin(), all.end(), [&](const std::string& each) {
    if (each.empty()) return false;
    if (entry.whom == each) return true;
    if (entry.what == "export") return entry.whom.starts_with("TAMTAP_Student_" + each + "_");
    return is_change && (DescribesThem(entry.detail, each) || HoldsValue(entry.detail, each) ||
                         Holds(entry.what, " card " + each + " of "));
  });
}

}  // namespace tamtap

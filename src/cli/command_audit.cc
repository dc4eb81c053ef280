#include "cli/command_audit.h"

#include <fmt/core.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/compose.h"
#include "server/school_office.h"

namespace tamtap::cli {
namespace {

constexpr size_t kMostNoted = 50;  // changes that the trail has one by one

Result<> WriteAudit(const Settings& settings, const std::vector<AuditEntry>& entries) {
  TAMTAP_TRY(const bool there, HasIdentityStore(settings));
  if (!there) return {};
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  for (const AuditEntry& each : entries) {
    TAMTAP_RETURN_IF_ERROR(identity->Trust().AddAudit(each));
  }
  return {};
}

void NoteAll(const Settings& settings, const std::vector<AuditEntry>& entries) {
  if (const auto noted = WriteAudit(settings, entries); !noted) {
    LogWarning("the audit trail: {}", noted.error().Message());
  }
}

}  // namespace

void NoteCommand(const Settings& settings, const std::string& what, const std::string& whom,
                 const std::string& detail) {
  NoteAll(settings, {{SystemClock().Now(), kAuthor, what, whom, detail}});
}

void NoteChanges(const Settings& settings, const std::vector<SchoolChange>& changes) {
  if (changes.empty()) return;
  constexpr const char* kWhat = "change the school";
  if (changes.size() > kMostNoted) {
    return NoteCommand(settings, kWhat, "",
                       fmt::format("{} things at once, the first: {}", changes.size(),
                                   DescribeChange(changes.front())));
  }
  std::vector<AuditEntry> entries;
  for (const SchoolChange& each : changes) {
    entries.push_back({SystemClock().Now(), kAuthor, kWhat, each.fact.key, DescribeChange(each)});
  }
  NoteAll(settings, entries);
}

}  // namespace tamtap::cli

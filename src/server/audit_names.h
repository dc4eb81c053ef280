// Which entries of the audit trail are about a person. Whoever is erased is taken out of exactly
// these: an administrator chooses what people are called, so a text that merely stands somewhere in
// an entry says nothing. Somebody called "sessions" must not take "its sessions are ended" along.
#pragma once

#include <string_view>

#include "server/personal_data.h"
#include "server/trust_store.h"

namespace tamtap {

bool IsAbout(const AuditEntry& entry, const PersonNames& names, std::string_view name);

}  // namespace tamtap

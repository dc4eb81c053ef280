// An existing TamTap installation as a source of what moves in.
#pragma once

#include <string>

#include "base/result.h"
#include "journal/legacy_import.h"

namespace tamtap::cli {

// Whether that names a database, and not a file.
bool IsDatabase(const std::string& source);

// Reads all of an installation, from its file or its database (the archive of its attendance
// included). Nothing is written there.
Result<journal::LegacyImport> ReadExisting(const std::string& source, const TimeZone& zone);
// How messages call it: without a password that it may contain.
std::string NameOfExisting(const std::string& source);

// The accounts of its pages alone.
Result<journal::LegacyImport> ReadExistingAccounts(const std::string& uri,
                                                   const std::string& database);

}  // namespace tamtap::cli

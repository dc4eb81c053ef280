// The accounts of a former installation in the server's own file.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "central/sqlite_wipe.h"
#include "server/former_accounts.h"

namespace tamtap::central {

// With a connection of its own to a file that has the schema of identities already. `wipe` is of
// the same file, and outlives what is returned.
Result<std::unique_ptr<FormerAccounts>> OpenSqliteFormerAccounts(const std::string& path,
                                                                 SqliteWipe& wipe);

}  // namespace tamtap::central

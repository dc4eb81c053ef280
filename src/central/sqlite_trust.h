// The trust store in the server's own SQLite file.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "server/trust_store.h"

namespace tamtap::central {

Result<std::unique_ptr<TrustStore>> OpenSqliteTrust(const std::string& path);

}  // namespace tamtap::central

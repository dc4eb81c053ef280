// Opens the stores that this room adapts; the libraries behind them stay here.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "http/client.h"
#include "server/identity_store.h"
#include "server/school_store.h"
#include "sync/central_store.h"

namespace tamtap::central {

// `path`: created if missing, mode 0600, its directory must exist. WAL, synchronous=FULL: a call
// returns after the commit is flushed. kMisconfigured if it is no database of ours.
Result<std::unique_ptr<SchoolStore>> OpenSqlite(const std::string& path);

struct MongoOptions {
  std::string uri;       // any libmongoc URI; the database is the path's, else `database`
  std::string database;  // used when the URI names none; "tamtap" if both are empty
};
// Does not connect: an unreachable server shows as kRetry from the first call. A URI that libmongoc
// refuses is kMisconfigured. Of the room `mongo`, which tests link.
Result<std::unique_ptr<SchoolStore>> OpenMongo(const MongoOptions& options);
// Whether libmongoc can read the URI, which it tells without asking any server.
Result<> CheckMongoUri(const MongoOptions& options);
// CheckMongoUri through the module. Without the module nothing can be said against the URI.
Result<> CheckMongoModule(const MongoOptions& options);
// OpenMongo through the module, which is loaded first: what the program calls. kMisconfigured also
// if the module is missing. The name servers may be asked: this may take seconds.
Result<std::unique_ptr<SchoolStore>> OpenMongoModule(const MongoOptions& options);

// Our server; `secret` is the terminal's, from enrolment; empty: every call is kDenied with the
// hint to enrol.
std::unique_ptr<CentralStore> OpenHttp(std::unique_ptr<http::Client> client, std::string secret,
                                       Clock& clock = SystemClock());

// The server's own data (DATA/server.db).
Result<std::unique_ptr<IdentityStore>> OpenSqliteIdentity(const std::string& path);

}  // namespace tamtap::central

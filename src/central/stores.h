// Opens the stores that this room implements. The libraries behind them are visible only here.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "server/identity_store.h"
#include "server/school_store.h"
#include "sync/central_store.h"

// A module that links no HTTP reads this header, too.
namespace tamtap::http {
class Client;
}

namespace tamtap::central {

// Opens the SQLite file at `path`. It is created with mode 0600 if it is missing; its directory
// must exist. A call of the store returns after its commit is flushed (WAL, synchronous=FULL; law
// 12). kMisconfigured if the file is not a database of ours.
Result<std::unique_ptr<SchoolStore>> OpenSqlite(const std::string& path);

struct MongoOptions {
  std::string uri;       // any libmongoc URI; the database is the path's, else `database`
  std::string database;  // used when the URI names none; "tamtap" if both are empty
};
// Opens a store in MongoDB. It does not connect: if the server can't be reached, the first call
// says so with kRetry. kMisconfigured if libmongoc refuses the URI. It is defined in the room
// `mongo`, which tests link and the program does not.
Result<std::unique_ptr<SchoolStore>> OpenMongo(const MongoOptions& options);
// Whether libmongoc can read the URI, which it tells without asking any server.
Result<> CheckMongoUri(const MongoOptions& options);
// CheckMongoUri through the module. Without the module nothing can be said against the URI.
Result<> CheckMongoModule(const MongoOptions& options);
// OpenMongo through the module, which is loaded first: what the program calls. kMisconfigured also
// if the module is missing. The name servers may be asked: this may take seconds.
Result<std::unique_ptr<SchoolStore>> OpenMongoModule(const MongoOptions& options);

// The documents of an existing TamTap database, for those who move in; nothing is written to it.
// Made by OpenExistingDatabase, in the room `mongo`, and by the other through the module. Errors as
// with OpenMongo.
class ExistingDatabase {
 public:
  virtual ~ExistingDatabase() = default;
  // Each document of that collection, in no order. Ids and dates are text.
  virtual Result<> ForEach(const std::string& collection,
                           const std::function<void(const boost::json::object&)>& visit) = 0;
};
Result<std::unique_ptr<ExistingDatabase>> OpenExistingDatabase(const MongoOptions& options);
Result<std::unique_ptr<ExistingDatabase>> OpenExistingDatabaseModule(const MongoOptions& options);

// Copies a database of SQLite as it is at one moment, while others read and write it; `to` must not
// exist. Errors: kRetry (it was busy), kFull, kMisconfigured.
Result<> CopySqlite(const std::string& from, const std::string& to);
// kCorrupt: the database there is damaged.
Result<> CheckSqlite(const std::string& path);

// Opens the store behind our server. `secret` is the terminal's, from its enrolment. If it is
// empty, every call returns kDenied with the hint to enrol. `most_in_slice`: of the school, people
// in an answer.
inline constexpr size_t kMostInSlice = 1'000;
std::unique_ptr<CentralStore> OpenHttp(std::unique_ptr<http::Client> client, std::string secret,
                                       Clock& clock = SystemClock(),
                                       size_t most_in_slice = kMostInSlice);

// The server's own data (DATA/server.db), where it has a store of its own.
Result<std::unique_ptr<IdentityStore>> OpenSqliteIdentity(const std::string& path);
// That of all servers that use this database. As OpenMongo, it does not connect; the other loads
// the module.
Result<std::unique_ptr<IdentityStore>> OpenMongoIdentity(const MongoOptions& options);
Result<std::unique_ptr<IdentityStore>> OpenMongoIdentityModule(const MongoOptions& options);

// Gives `take` all that the file of a server holds, and its name, once for each `store`
// (StoreIdentity::id) that takes it; false: that store has taken it before. The file stays as it
// is, but for that it was taken.
struct IdentityContent;
Result<bool> TakeOverIdentity(
    const std::string& path, const std::string& store,
    const std::function<Result<>(const IdentityContent& content, const std::string& file)>& take);
// Puts it into the database: what is there by the same name stays. It may be repeated.
Result<> TakeIntoMongo(const MongoOptions& options, const IdentityContent& content,
                       const std::string& file);
Result<> TakeIntoMongoModule(const MongoOptions& options, const IdentityContent& content,
                             const std::string& file);

}  // namespace tamtap::central

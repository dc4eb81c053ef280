// Serving: a running server with everything that it needs: the stores, the API, and the sockets.
// The commands `server` and `run` start it.
#pragma once

#include <memory>
#include <string>

#include "base/disk.h"
#include "base/result.h"
#include "base/step_thread.h"
#include "cli/former_staff.h"
#include "cli/settings.h"
#include "http/server.h"
#include "server/api_server.h"
#include "server/front_door.h"
#include "server/https_redirect.h"
#include "server/identity_store.h"
#include "server/school_store.h"

namespace tamtap::cli {

class Serving {
 public:
  // Takes the lock of this data directory's server. It must be held before Start() is called, and
  // as long as the server runs: two servers would break each other's unfinished photos.
  // kMisconfigured if another process holds it (the error names that process).
  static Result<std::unique_ptr<DiskLock>> Lock(const Settings& settings);
  // Opens the stores and starts to listen. Errors are those of the stores (kRetry if one may answer
  // later), and kMisconfigured for settings that can't work or an address that is in use.
  // `beside_gate`: a gate runs in this process too. A flag that names another time zone than the
  // school's master is passed over then, since the gate says so and must go on; otherwise it is
  // kMisconfigured. A demo's server is reached from this machine alone, and takes another port if
  // the default one is in use.
  static Result<std::unique_ptr<Serving>> Start(const Settings& settings, bool beside_gate);
  // Checks the settings without starting or changing anything. kMisconfigured for settings with
  // which no server can ever start.
  static Result<> Check(const Settings& settings);
  ~Serving();

  SchoolStore& store() { return *store_; }
  IdentityStore& identity() { return *identity_; }
  ApiServer& api() { return *api_; }
  // The address by which a browser on this machine reaches the server.
  const std::string& url() const { return url_; }
  // The address for people: the first public one, or the one above.
  const std::string& public_url() const { return public_url_.empty() ? url_ : public_url_; }
  // Whether its threads still do what they are asked for. It may take ten seconds.
  bool Answers();
  // Turns new requests away, answers those under way for at most two and a half seconds, and
  // returns when no request is being answered any more. The destructor calls it too.
  void Stop();

 private:
  // Takes over what DATA/server.db holds (TakeOverServerFile), now or when the database answers.
  void TakeOverFile(const Settings& settings);
  Result<> Listen(const Settings& settings, DoorOptions door, bool is_demo);
  // `secure_url` is the public address with TLS, or empty.
  Result<> StartRedirect(const Settings& settings, const std::string& secure_url);

  std::unique_ptr<SchoolStore> store_;
  std::unique_ptr<IdentityStore> identity_;
  std::unique_ptr<StepThread> taking_over_;  // what server.db holds, when MongoDB answers
  std::unique_ptr<StepThread> wiping_;       // IdentityStore::WipeHashes
  std::unique_ptr<StaffOfDatabase> staff_;   // of a database that an existing installation has made
  std::unique_ptr<ApiServer> api_;
  std::unique_ptr<FrontDoor> door_;
  std::unique_ptr<http::Server> http_;
  std::unique_ptr<HttpsRedirect> redirect_;
  std::unique_ptr<http::Server> redirecting_;
  std::string url_;
  std::string public_url_;
};

}  // namespace tamtap::cli

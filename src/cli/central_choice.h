// The choice of the central store that a data directory belongs to. The file DATA/central.json
// remembers it, for the gate and for the server of that directory (mode 0600, because a URI may
// contain a password):
//   {"gate": {"central": URL, "mongodb_name": NAME}, "server": {...}}
// A path inside the data directory is written as DATA/..., so that the directory can be moved.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/settings.h"

namespace tamtap::cli {

enum class Role {
  kGate,    // `terminal`, and the commands that look into its journal
  kServer,  // `server`
  kBoth,    // `run`
};

struct CentralChoice {
  std::string central;       // sqlite:PATH, mongodb://... or http(s)://...; never empty
  std::string mongodb_name;  // the database, if `central` is MongoDB's and names none; may be empty
  // The store that the directory belonged to until now, if it is another one. Empty if it is the
  // same, or if none was remembered.
  std::string before;
};

// Returns the first of these that there is: --central or MONGODB_URI, the store that the directory
// remembers, the server at which its gate was enrolled, sqlite:DATA/central.db. It changes nothing.
// kMisconfigured: the directory belongs to a gate of another server, and `run` was not told where
// to keep its records.
Result<CentralChoice> ChooseCentral(const Settings& settings, Role role);

// The store that is the master of the school here, for the commands that act on it.
struct MasterChoice {
  std::string central;
  std::string mongodb_name;
  bool is_server = false;  // another TamTap server: this directory is of a gate of it
  bool has_gate = false;   // a gate of this directory, or `run`, has a copy of the school, or will
};
Result<MasterChoice> ChooseMaster(const Settings& settings);

// Makes the choice and writes it into `settings`. It changes nothing on the disk. kMisconfigured
// also if the chosen store can never work.
Result<CentralChoice> TakeCentral(Settings& settings, Role role);

// Remembers the choice in DATA/central.json, and logs which store it is and whether the
// installation moves to it. The caller must hold the lock of that role, because the file may belong
// to another process that runs. If the file can't be written there is only a warning: taps are
// taken all the same, and the journal knows which store confirmed them.
void RememberCentral(const Settings& settings, const CentralChoice& choice, Role role);

// Remembers that the directory's gate belongs to that server from now on. Returns the store that it
// belonged to before, without a password in it; empty if there was none, or if it is the same.
Result<std::string> RememberServer(const Settings& settings, const std::string& url);

// The URI of a store without the password that it may contain.
std::string ForPeople(const std::string& central);

}  // namespace tamtap::cli

// Which central store this installation belongs to. DATA/central.json (mode 0600: a URI may hold a
// password) remembers it, for the gate and for the server of that directory:
//   {"gate": {"central": URL, "mongodb_name": NAME}, "server": {...}}
// A path inside the data directory is written as DATA/..., so that the directory can be moved.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/settings.h"

namespace tamtap::cli {

enum class Role {
  kGate,    // `terminal`, and what looks into its journal
  kServer,  // `server`
  kBoth,    // `run`
};

struct CentralChoice {
  std::string central;       // sqlite:PATH, mongodb://... or http(s)://...; never empty
  std::string mongodb_name;  // the database, if `central` is MongoDB's and names none; may be empty
  // What the directory belonged to until now, if that is something else; empty: the same, or
  // nothing was remembered.
  std::string before;
};

// --central or MONGODB_URI, else what the directory remembers, else the server that its gate was
// enrolled at, else sqlite:DATA/central.db. Changes nothing. kMisconfigured: the directory is a
// gate's, and `run` or `server` was not told where to keep its records.
Result<CentralChoice> ChooseCentral(const Settings& settings, Role role);

// Makes the choice, writes it into `settings`, and changes nothing else. kMisconfigured also where
// the chosen store can never work: that is remembered by nobody.
Result<CentralChoice> TakeCentral(Settings& settings, Role role);

// Remembers the choice, and says in a sentence which store it is, and if the installation moves.
// Only with the lock of that role: another process may be what the memory is of. A memory that
// can't be written is only warned of: taps are taken all the same, and the journal knows which
// store confirmed them.
void RememberCentral(const Settings& settings, const CentralChoice& choice, Role role);

// From now on the directory's gate belongs to that server. Returns what it belonged to before, as
// people may read it; empty: nothing, or the same.
Result<std::string> RememberServer(const Settings& settings, const std::string& url);

// Without the password that a URI may hold.
std::string ForPeople(const std::string& central);

}  // namespace tamtap::cli

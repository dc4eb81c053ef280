// From settings to parts: which store, reader, camera and panel the words on the command line mean.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/settings.h"
#include "server/identity_store.h"
#include "server/school_store.h"
#include "terminal/terminal.h"

namespace tamtap::cli {

// This machine's clock, believed as --clock says. The first call decides for the process.
Clock& MachineClock(const Settings& settings);

// The host's name, made fit to be a terminal's.
std::string DefaultTerminalId();

// sqlite: and mongodb: stores, for servers; kMisconfigured for http.
Result<std::unique_ptr<SchoolStore>> OpenSchoolStore(const Settings& settings);
// Any store, for terminals. http needs the secret of DATA/credentials.json; without one the store
// answers every call with what is missing, and taps are taken all the same.
Result<std::unique_ptr<CentralStore>> OpenCentralStore(const Settings& settings);
// The same, opened when it is first used, and tried again until it can be: for gates.
Result<std::unique_ptr<CentralStore>> OpenCentralStoreLater(const Settings& settings);
// kMisconfigured where --central can never work: for OpenSchoolStore, and for OpenCentralStore.
Result<> CheckSchoolStore(const Settings& settings);
Result<> CheckCentralStore(const Settings& settings);
// DATA/server.db.
Result<std::unique_ptr<IdentityStore>> OpenIdentityStore(const Settings& settings);

// Everything but the store and the notify client, which `run` takes from its own server.
Result<TerminalParts> MakeTerminalParts(const Settings& settings);
TerminalOptions MakeTerminalOptions(const Settings& settings);

// From here on nothing of this process waits for whoever reads its output (base/output.h). After
// the StopSignal was made.
void NeverWaitForReaders(const Settings& settings);
// What was said until now gets out, if somebody reads it within a moment.
void LetReadersCatchUp();

// Stops it, within a moment. Where a thread is inside a call to a peer that does not answer, the
// process ends here instead: all is durable.
void StopOrExit(Terminal& terminal);

// To our server, with the patience that what is not urgent has.
Result<std::unique_ptr<http::Client>> MakeServerClient(const std::string& url);

// Where pages are: --web, beside the binary, or where the package puts them.
std::string WebDirectory(const Settings& settings);

}  // namespace tamtap::cli

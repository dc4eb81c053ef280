// From settings to parts: makes the store, reader, camera and panel that the command line names.
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

// This machine's clock, which is believed as --clock says. The first call decides that for the
// whole process.
Clock& MachineClock(const Settings& settings);

// The host's name, made fit to be a terminal's.
std::string DefaultTerminalId();

// Opens the store of a server: sqlite: or mongodb:. kMisconfigured for an http: address.
Result<std::unique_ptr<SchoolStore>> OpenSchoolStore(const Settings& settings);
// Opens the store of a terminal, of any kind. One behind http: needs the secret in
// DATA/credentials.json. Without it every call of the store returns an error that says what is
// missing, and taps are taken all the same.
Result<std::unique_ptr<CentralStore>> OpenCentralStore(const Settings& settings);
// The same for gates, which wait for nothing: the store is opened when it is first used, and tried
// again until that succeeds (DeferredStore).
Result<std::unique_ptr<CentralStore>> OpenCentralStoreLater(const Settings& settings);
// kMisconfigured if --central can never work for OpenSchoolStore, or for OpenCentralStore.
Result<> CheckSchoolStore(const Settings& settings);
Result<> CheckCentralStore(const Settings& settings);
// Opens the store of accounts, sessions and terminals to which the data directory belongs:
// DATA/server.db, or the MongoDB that keeps its records too, and that then has taken over what is
// in that file. For commands, which say so if the database does not answer.
Result<std::unique_ptr<IdentityStore>> OpenIdentityStore(const Settings& settings);
// Whether there is one: a gate alone has none.
Result<bool> HasIdentityStore(const Settings& settings);
// The same for a server, whose central store `settings` names; it need not answer yet. Until
// TakeOverServerFile has succeeded, what DATA/server.db holds may be missing.
Result<std::unique_ptr<IdentityStore>> OpenServersIdentity(const Settings& settings);
// Puts what DATA/server.db holds into the MongoDB behind `store`, once; nothing to do if that is
// not MongoDB, or if there is no such file.
Result<> TakeOverServerFile(const Settings& settings, SchoolStore& store);

// Makes everything but the store and the client for notifications: `run` gets these from its own
// server, and `terminal` from its settings.
Result<TerminalParts> MakeTerminalParts(const Settings& settings);
TerminalOptions MakeTerminalOptions(const Settings& settings);

// From here on, no thread of this process waits for a reader of its output (base/output.h). Call it
// after the StopSignal was made, because it starts threads.
void NeverWaitForReaders(const Settings& settings);
// Waits a moment for readers to take what was printed until now.
void LetReadersCatchUp();

// Stops the terminal within a moment. If one of its threads is inside a call to a peer that does
// not answer, the process ends here instead; everything is durable by then.
void StopOrExit(Terminal& terminal);

// Makes a client of our server for calls that are not urgent: it waits ten seconds for an answer.
Result<std::unique_ptr<http::Client>> MakeServerClient(const std::string& url);

// The directory of the web pages: --web, or beside the binary, or where the package puts it.
std::string WebDirectory(const Settings& settings);

}  // namespace tamtap::cli

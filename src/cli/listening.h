// Where a server listens, and by which addresses it is reached.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/settings.h"
#include "http/server.h"
#include "server/front_door.h"

namespace tamtap::cli {

// Reads where to listen into `options`. --listen (HOST:PORT, HOST, :PORT or [IPV6]:PORT) wins over
// the environment, and that wins over the defaults, which `options` holds before the call.
// kMisconfigured for what is no port.
Result<> ReadListen(const Settings& settings, http::ServerOptions& options);
// The same of --redirect-listen, whose default is port 80 of all addresses.
Result<> ReadRedirectListen(const Settings& settings, http::ServerOptions& options);

// Which proxies are believed, and the addresses that the server has behind them. kMisconfigured for
// what is no network or address.
Result<DoorOptions> ReadDoor(const Settings& settings);
// Whether the operator says that there is a proxy in front.
bool HasProxy(const Settings& settings);

// The address by which a browser on this machine reaches a server that listens there.
std::string LocalUrl(const http::ServerOptions& options, uint16_t port);

}  // namespace tamtap::cli

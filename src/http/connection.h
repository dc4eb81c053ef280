// One HTTP connection: requests in, one at a time, answers out in the same order. Internal to this
// room. Beast stays in connection.cc.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "http/server_core.h"

namespace tamtap::http {

// Reads from `socket`, whose executor is a strand of its own, until either side closes. `tls` may
// be null; it and `core` outlive the connection.
void StartConnection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls,
                     ServerCore& core);

}  // namespace tamtap::http

// One accepted WebSocket. Internal to this room. Beast stays in websocket_session.cc and
// connection.cc.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>

#include "http/any_stream.h"
#include "http/server_core.h"

namespace tamtap::http {

// Answers the upgrade `request` and serves the socket. `handler` gets OnClose whatever happens,
// even when the upgrade's answer never arrives. Runs on the stream's strand; `core` outlives the
// session.
void StartWebSocket(std::unique_ptr<AnyStream> stream,
                    boost::beast::http::request<boost::beast::http::string_body> request,
                    std::shared_ptr<WebSocketHandler> handler, ServerCore& core);

}  // namespace tamtap::http

// One accepted WebSocket. Internal to this room. Beast stays in websocket_session.cc.
#pragma once

#include <memory>
#include <string>

#include "http/any_stream.h"
#include "http/server_core.h"

namespace tamtap::http {

// Answers the upgrade `request` and serves the socket, in the connection's seat. `handler` gets
// OnClose whatever happens, even when the upgrade's answer never arrives. Runs on the stream's
// strand; `core` outlives the session. `address` is the peer's, by which workers take turns.
void StartWebSocket(std::unique_ptr<AnyStream> stream, std::shared_ptr<Peers::Seat> seat,
                    std::string address, const Request& request,
                    std::shared_ptr<WebSocketHandler> handler, ServerCore& core);

}  // namespace tamtap::http

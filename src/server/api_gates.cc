// Gates as the office has them: letting one in, and shutting one out.
#include "base/log.h"
#include "server/api_server.h"
#include "server/credentials.h"
#include "server/json_response.h"

namespace tamtap {

// The server's address as a gate is to be told it: the public one, or that by which whoever asks
// has reached it.
std::string ApiServer::AddressFor(const http::Request& request) const {
  if (!options_.public_url.empty()) return options_.public_url;
  return (request.secure ? "https://" : "http://") + std::string(request.Header("Host")) +
         request.prefix;
}

http::Response ApiServer::AddGate(const Call& call) {
  const std::string name = TextAt(JsonBody(call.request), "name");
  if (name.empty()) return JsonError(400, "name the gate, as {\"name\": \"main-gate\"}");
  const auto token = NewTerminalToken(identity_, random_, clock_, name);
  if (!token) return JsonError(token.error());
  NoteMarks(call, "let a gate in", name, "a token for an hour");
  feed_.TerminalsChanged();
  const std::string address = AddressFor(call.request);
  http::Response response =
      JsonOk({{"message", "give the token to the gate: tamtap enroll " + address + " TOKEN"},
              {"server", address},
              {"name", name},
              {"token", token->token},
              {"expires", zone_.ToLocal(token->expires).iso}});
  response.status = 201;
  return response;
}

http::Response ApiServer::RevokeGate(const Call& call) {
  const std::string& name = call.parameters[0];
  const auto revoked = identity_.RevokeTerminal(name);
  if (!revoked && revoked.error().code == ErrorCode::kRejected) {
    return JsonError(404, "there is no such gate");
  }
  if (!revoked) return JsonError(revoked.error());
  NoteMarks(call, "shut a gate out", name, "its secret is good for nothing any more");
  LogWarning("audit: {} shuts the gate {} out", call.caller.account->username, name);
  feed_.TerminalsChanged();
  return JsonOk({{"message", name + " is shut out; what it recorded stays"}});
}

void ApiServer::AddGateRoutes() {
  router_.Add("POST", "/api/terminals", Access::kAdmin,
              [this](const Call& call) { return AddGate(call); });
  router_.Add("DELETE", "/api/terminals/:name", Access::kAdmin,
              [this](const Call& call) { return RevokeGate(call); });
}

}  // namespace tamtap

// Gates as the office has them: letting one in, and shutting one out.
#include <fmt/core.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "base/visible.h"
#include "server/api_server.h"
#include "server/credentials.h"
#include "server/json_response.h"

namespace tamtap {
namespace {

constexpr size_t kLongestLabel = 120;  // bytes

}  // namespace

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
  NoteAct(call, "let a gate in", name, "a token for an hour");
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
  NoteAct(call, "shut a gate out", name, "its secret is good for nothing any more");
  LogWarning("audit: {} shuts the gate {} out", call.caller.account->username, name);
  feed_.TerminalsChanged();
  return JsonOk({{"message", name + " is shut out; what it recorded stays"}});
}

// What staff call a gate. Its name is part of the ids of its taps, here and in its journal, so it
// stays, and no tap that is under way notices.
http::Response ApiServer::RenameGate(const Call& call) {
  const std::string& name = call.parameters[0];
  const std::string label = Nfc(TrimSpace(TextAt(JsonBody(call.request), "label")));
  if (label.size() > kLongestLabel || VisibleLine(label) != label) {
    return JsonError(400, fmt::format("label: one line of at most {} bytes", kLongestLabel));
  }
  const auto gates = identity_.Terminals();
  if (!gates) return JsonError(gates.error());
  const auto taken = [&](const TerminalRow& each) {
    return each.name != name && !each.revoked && !label.empty() &&
           (each.name == label || each.label == label);
  };
  if (std::any_of(gates->begin(), gates->end(), taken)) {
    return JsonError(409, "another gate has that name; choose another one");
  }
  const auto renamed = identity_.LabelTerminal(name, label == name ? "" : label);
  if (!renamed && renamed.error().code == ErrorCode::kRejected) {
    return JsonError(404, "there is no such gate");
  }
  if (!renamed) return JsonError(renamed.error());
  NoteAct(call, "rename a gate", name, label.empty() ? name : label);
  feed_.TerminalsChanged();
  return JsonOk({{"name", name}, {"label", label.empty() ? name : label}});
}

void ApiServer::AddGateRoutes() {
  router_.Add("POST", "/api/terminals", Access::kAdmin,
              [this](const Call& call) { return AddGate(call); });
  router_.Add("PUT", "/api/terminals/:name", Access::kAdmin,
              [this](const Call& call) { return RenameGate(call); });
  router_.Add("DELETE", "/api/terminals/:name", Access::kAdmin,
              [this](const Call& call) { return RevokeGate(call); });
}

}  // namespace tamtap

// How strangers become known: staff sign in and out, and terminals enroll by a one-time token.
#include <fmt/core.h>

#include "base/log.h"
#include "base/text.h"
#include "http/peer_address.h"
#include "server/account_json.h"
#include "server/api_server.h"
#include "server/credentials.h"
#include "server/json_response.h"

namespace tamtap {
namespace {

namespace json = boost::json;

// The front door (front_door.h) marks cookies as Secure, and says below which path they hold.
std::string SessionCookie(std::string_view value, int max_age_seconds) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}", kSessionCookie, value,
                     max_age_seconds);
}

// {"username":...} as JSON, or username=...&password=... as a form sends it.
std::string LoginField(const http::Request& request, std::string_view name) {
  if (!request.Header("Content-Type").starts_with("application/x-www-form-urlencoded")) {
    return TextAt(JsonBody(request), name);
  }
  http::Request form;
  form.target = "/?" + request.body;
  return form.Query(name);
}

constexpr int kCookieSeconds = 7 * 24 * 3600;
constexpr int kDeviceSeconds = 400 * 24 * 3600;  // as long as browsers keep one

std::string DeviceCookie(std::string_view value) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}", kDeviceCookie, value,
                     kDeviceSeconds);
}

// The answer to a stranger when the fault is ours: they are told no more, and the log has the rest.
http::Response NotNow(const Error& error) {
  LogWarning("server: {}", error.Message());
  http::Response response = JsonError(503, "the server can't do that now; try again soon");
  response.headers.emplace_back("Retry-After", "2");
  return response;
}

}  // namespace

http::Response ApiServer::SignIn(const Call& call) {
  std::string name = LoginField(call.request, "username");
  if (name.empty()) name = LoginField(call.request, "email");
  const std::string password = LoginField(call.request, "password");
  if (!IsUtf8(call.request.body) || !IsUtf8(name) || !IsUtf8(password)) {
    return JsonError(400, "the name and the password must be UTF-8");
  }
  const std::string client = http::ClientOf(call.request).key;
  const auto attempt =
      authenticator_.SignIn(name, password, client, call.request.Cookie(kDeviceCookie));
  if (!attempt) return NotNow(attempt.error());
  if (attempt->wait > attempt->wait.zero()) {
    http::Response wait = JsonError(429,
                                    "too many attempts from here; wait, or use a device "
                                    "that has signed in to this account before");
    wait.headers.emplace_back("Retry-After", std::to_string(attempt->wait.count()));
    return wait;
  }
  if (!attempt->signed_in) {
    // Without the name: people type their password there.
    LogInfo("sign-in refused from {}", client);
    return JsonError(401, "the name or the password is wrong");
  }
  // The session that the browser had until now ends: no session id outlives a sign-in.
  if (!call.caller.session_hash.empty()) authenticator_.SignOut(call.caller.session_hash);
  NoteAct(attempt->signed_in->account.username, "sign in", "", "from " + client);
  http::Response response = JsonOk({{"user", UserJson(attempt->signed_in->account)}});
  AddSessionCookie(attempt->signed_in->session_id, response);
  response.headers.emplace_back("Set-Cookie", DeviceCookie(attempt->signed_in->device));
  return response;
}

void ApiServer::AddSessionCookie(std::string_view session_id, http::Response& response) {
  response.headers.emplace_back("Set-Cookie", SessionCookie(session_id, kCookieSeconds));
}

http::Response ApiServer::EnrollTerminal(const Call& call) {
  const json::object body = JsonBody(call.request);
  const std::string token = TextAt(body, "token");
  if (token.empty()) return JsonError(400, "give the one-time token");
  const auto enrolled =
      Enroll(identity_, random_, clock_, token, TextAt(body, "former_secret_sha256"));
  if (!enrolled && enrolled.error().code == ErrorCode::kDenied) {
    return JsonError(401, enrolled.error().Message());
  }
  if (!enrolled) return NotNow(enrolled.error());
  LogInfo("terminal {} enrolled from {}", enrolled->terminal, http::ClientOf(call.request).key);
  NoteAct(enrolled->terminal, "enroll a gate", enrolled->terminal,
          "from " + http::ClientOf(call.request).key);
  feed_.TerminalsChanged();
  return JsonOk({{"terminal", enrolled->terminal}, {"secret", enrolled->secret}});
}

void ApiServer::AddSignInRoutes() {
  router_.Add("POST", "/api/auth/login", Access::kPublic,
              [this](const Call& call) { return SignIn(call); });

  router_.Add("POST", "/api/auth/logout", Access::kAccount, [this](const Call& call) {
    authenticator_.SignOut(call.caller.session_hash);
    NoteAct(call, "sign out", "", "");
    http::Response response = JsonOk({});
    response.headers.emplace_back("Set-Cookie", SessionCookie("", 0));
    return response;
  });

  router_.Add("GET", "/api/auth/me", Access::kAccount, [](const Call& call) {
    return JsonOk({{"user", UserJson(*call.caller.account)}});
  });

  router_.Add("POST", "/api/terminal/enroll", Access::kPublic,
              [this](const Call& call) { return EnrollTerminal(call); });
}

}  // namespace tamtap

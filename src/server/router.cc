#include "server/router.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "http/wire.h"
#include "tap/record.h"

namespace tamtap {
namespace {

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const size_t slash = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return segments;
}

// The path as on the wire, where an encoded slash is a part of a name. A proxy's absolute form has
// no such names.
std::string EncodedPath(const http::Request& request) {
  const std::string_view target = request.target;
  if (!target.starts_with('/')) return request.Path();
  return std::string(target.substr(0, target.find_first_of("?#")));
}

// Sections have names like "7/Narra", and accounts may. Nothing else that a path names may hold a
// slash: files have names from paths, too.
bool MayHoldSlash(std::string_view parameter) {
  return parameter == ":section" || parameter == ":username";
}

// `path` is percent-encoded; the parameters are decoded.
std::optional<std::vector<std::string>> Match(std::string_view pattern, std::string_view path) {
  const auto expected = Segments(pattern);
  const auto given = Segments(path);
  if (expected.size() != given.size()) return std::nullopt;
  std::vector<std::string> parameters;
  for (size_t i = 0; i < expected.size(); ++i) {
    std::string name = http::PercentDecode(given[i], /*plus_is_space=*/false);
    if (!expected[i].starts_with(':')) {
      if (expected[i] != name) return std::nullopt;
      continue;
    }
    const bool slash = name.find('/') != std::string::npos;
    if (name.empty() || (slash && !MayHoldSlash(expected[i]))) return std::nullopt;
    parameters.push_back(std::move(name));
  }
  return parameters;
}

// Whether path and query, decoded, are text: UTF-8 without control characters. Answers repeat parts
// of them, and must stay JSON.
bool IsText(std::string_view target) {
  const std::string decoded = http::PercentDecode(target, /*plus_is_space=*/true);
  for (const char c : decoded) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return IsUtf8(decoded);
}

}  // namespace

bool Sees(const Account& account, std::string_view section) {
  return account.role == AccountRole::kAdmin ||
         std::find(account.sections.begin(), account.sections.end(), section) !=
             account.sections.end();
}

bool MayCall(Access access, const Caller& caller) {
  switch (access) {
    case Access::kPublic:
      return true;
    case Access::kAccount:
      return caller.account.has_value();
    case Access::kAdmin:
      return caller.IsAdmin();
    case Access::kTerminal:
      return caller.terminal.has_value();
    case Access::kAccountOrLoopback:
      return caller.account.has_value() || caller.loopback || caller.watches;
  }
  return false;
}

http::Response JsonError(int status, std::string_view error) {
  http::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}};
  response.body = "{\"success\":false,\"error\":";
  AppendJsonString(error, response.body);
  response.body += ",\"type\":\"about:blank\",\"title\":";
  AppendJsonString(http::ReasonPhrase(status), response.body);
  response.body += ",\"status\":" + std::to_string(status) + ",\"detail\":";
  AppendJsonString(error, response.body);
  response.body += '}';
  return response;
}

void Router::Add(std::string method, std::string pattern, Access access, RouteHandler handler) {
  routes_.push_back({std::move(method), std::move(pattern), access, std::move(handler)});
}

http::Response Router::Answer(const http::Request& request, Caller caller) const {
  Choice choice = Choose(request, caller);
  if (choice.route == nullptr) return std::move(choice.refusal);
  return choice.route->handler({request, std::move(caller), std::move(choice.parameters)});
}

std::optional<http::Response> Router::Refuse(const http::Request& head,
                                             const Caller& caller) const {
  Choice choice = Choose(head, caller);
  if (choice.route != nullptr) return std::nullopt;
  return std::move(choice.refusal);
}

Router::Choice Router::Choose(const http::Request& request, const Caller& caller) const {
  const auto refuse = [](int status, std::string_view why) {
    return Choice{.refusal = JsonError(status, why)};
  };
  const std::string path = EncodedPath(request);
  Choice choice;
  const Route* chosen = nullptr;
  std::string allowed;
  // Literal patterns are added before those with parameters, so the first match is the best.
  for (const Route& route : routes_) {
    auto match = Match(route.pattern, path);
    if (!match) continue;
    const bool head = request.method == "HEAD" && route.method == "GET";
    if (route.method == request.method || head) {
      chosen = &route;
      choice.parameters = *std::move(match);
      break;
    }
    allowed += (allowed.empty() ? "" : ", ") + route.method;
  }
  if (chosen != nullptr && MayCall(chosen->access, caller)) {
    if (!IsText(request.target)) return refuse(400, "the address is not readable as UTF-8 text");
    choice.route = chosen;
    return choice;
  }
  // A stranger must not be able to tell whether a route exists.
  if (!caller.account && !caller.terminal) {
    const bool terminal = !request.Header("Authorization").empty();
    return refuse(401, terminal ? "this terminal is revoked or was never enrolled; enroll it again"
                                : "sign in first");
  }
  if (chosen != nullptr) return refuse(403, "this is not yours to do");
  if (!allowed.empty()) {
    choice = refuse(405, "this can't be done with " + request.method);
    choice.refusal.headers.emplace_back("Allow", allowed);
    return choice;
  }
  return refuse(404, "there is nothing of that name");
}

std::optional<uint64_t> NumberIn(std::string_view text) {
  uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace tamtap

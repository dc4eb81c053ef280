// Router: which request means what, and who may make it. Default deny: a route has an access, and
// what is no route is refused before anything else is said about it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "server/identity_store.h"

namespace tamtap {

// Whether an account may be shown records of that section: an admin all, others those they handle.
bool Sees(const Account& account, std::string_view section);

// Who makes a request.
struct Caller {
  std::optional<Account> account;
  std::string session_hash;             // of the account's session
  std::optional<std::string> terminal;  // an enrolled terminal's name
  bool loopback = false;

  bool IsAdmin() const { return account && account->role == AccountRole::kAdmin; }
  bool Sees(std::string_view section) const { return account && tamtap::Sees(*account, section); }
};

enum class Access {
  kPublic,
  kAccount,  // anyone signed in
  kAdmin,
  kTerminal,           // an enrolled terminal
  kAccountOrLoopback,  // also unauthenticated from this machine
};

struct Call {
  const http::Request& request;
  Caller caller;
  std::vector<std::string> parameters;  // what stood in place of each ":name"
};

using RouteHandler = std::function<http::Response(const Call&)>;

struct Route {
  std::string method;
  std::string pattern;  // "/api/attendance/:date"
  Access access = Access::kAdmin;
  RouteHandler handler;
};

class Router {
 public:
  void Add(std::string method, std::string pattern, Access access, RouteHandler handler);
  // Answers any request under /api/, /photos/ and for /metrics.
  http::Response Answer(const http::Request& request, Caller caller) const;
  // The answer that needs nothing but the head of the request: that it may not be made.
  std::optional<http::Response> Refuse(const http::Request& head, const Caller& caller) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Choice {
    const Route* route = nullptr;  // null: refused
    std::vector<std::string> parameters{};
    http::Response refusal{};
  };
  Choice Choose(const http::Request& head, const Caller& caller) const;

  std::vector<Route> routes_;
};

bool MayCall(Access access, const Caller& caller);

// {"success":false,"error":...}
http::Response JsonError(int status, std::string_view error);

}  // namespace tamtap

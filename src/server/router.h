// Router: finds the route of a request, and refuses callers who may not use it. Everything is
// denied by default (law 16): each route names its access, and a request that has no route is
// refused before anything else is said about it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "server/identity_store.h"

namespace tamtap {

// Whether an account may be shown records of that section. Admins may see all sections, and other
// accounts those that they handle.
bool Sees(const Account& account, std::string_view section);

// Who makes a request.
struct Caller {
  std::optional<Account> account;
  std::string session_hash;             // of the account's session id
  std::optional<std::string> terminal;  // the name of an enrolled terminal
  bool loopback = false;                // the request comes from this machine
  bool unsure = false;                  // who it is could not be found out: the store is away
  bool watches = false;                 // it has the token of whoever reads the metrics

  bool IsAdmin() const { return account && account->role == AccountRole::kAdmin; }
  bool Sees(std::string_view section) const { return account && tamtap::Sees(*account, section); }
};

enum class Access {
  kPublic,
  kAccount,  // anyone signed in
  kAdmin,
  kTerminal,           // an enrolled terminal
  kAccountOrLoopback,  // anyone signed in, everybody on this machine, and whoever watches
};

// A request that its route has admitted.
struct Call {
  const http::Request& request;
  Caller caller;
  std::vector<std::string> parameters;  // the parts of the path at each ":name" of the pattern
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
  // Answers any request for /api/, /photos/ or /metrics.
  http::Response Answer(const http::Request& request, Caller caller) const;
  // Returns the refusal if the head of the request shows that it may not be made.
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

// A refusal as problem details (RFC 9457), {type, title, status, detail}, and as existing pages
// know it, {success: false, error}.
http::Response JsonError(int status, std::string_view error);

// The whole number that `text` is, as a query may hold it; nothing if it is none.
std::optional<uint64_t> NumberIn(std::string_view text);

}  // namespace tamtap

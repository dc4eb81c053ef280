#include "server/front_door.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/log.h"
#include "http/forwarded.h"
#include "server/authenticator.h"
#include "server/router.h"
#include "server/static_files.h"

namespace tamtap {
namespace {

constexpr size_t kIdBytes = 8;
constexpr size_t kLongestId = 64;
constexpr size_t kLongestTarget = 300;  // in the log
constexpr std::string_view kIdHeader = "X-Request-Id";
constexpr std::array kOurCookies = {kSessionCookie, kDeviceCookie};

// What the names of our cookies begin with at a client that came so.
std::string_view CookiePrefix(bool secure, bool has_path) {
  if (!secure) return {};
  return has_path ? "__Secure-" : "__Host-";
}

bool IsOurs(std::string_view name) {
  return std::find(kOurCookies.begin(), kOurCookies.end(), name) != kOurCookies.end();
}

// The list of a Cookie header with our cookies by their plain names; those that came by another
// name than they were given are not among them.
std::string PlainCookies(std::string_view list, std::string_view prefix) {
  std::string plain;
  while (!list.empty()) {
    std::string_view pair = list.substr(0, list.find(';'));
    list.remove_prefix(std::min(list.size(), pair.size() + 1));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    const std::string_view name = pair.substr(0, pair.find('='));
    if (IsOurs(name)) continue;
    if (name.starts_with(prefix) && IsOurs(name.substr(prefix.size()))) {
      pair.remove_prefix(prefix.size());
    }
    plain += (plain.empty() ? "" : "; ") + std::string(pair);
  }
  return plain;
}

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

size_t BytesOf(const http::Response& response) {
  if (response.source != nullptr) return response.source->size();
  return response.shared_body != nullptr ? response.shared_body->size() : response.body.size();
}

// "tamtap_session=...; Path=/; HttpOnly": Secure where it came over TLS, and below the prefix.
void Place(std::string& cookie, bool secure, const std::string& prefix) {
  constexpr std::string_view kPath = "; Path=/";
  if (!IsOurs(std::string_view(cookie).substr(0, cookie.find('=')))) return;
  if (const size_t path = cookie.find(kPath); path != std::string::npos && !prefix.empty()) {
    cookie.replace(path, kPath.size(), "; Path=" + prefix + "/");
  }
  if (secure && cookie.find("; Secure") == std::string::npos) cookie += "; Secure";
  cookie.insert(0, CookiePrefix(secure, !prefix.empty()));
}

}  // namespace

struct FrontDoor::Remembered {
  explicit Remembered(const http::Request& request)
      : method(request.method),
        target(request.prefix + request.target),
        client(request.remote_address),
        prefix(request.prefix),
        id(request.id),
        secure(request.secure),
        arrived(request.arrived) {}

  std::string method;
  std::string target;
  std::string client;
  std::string prefix;
  std::string id;
  bool secure;
  std::chrono::steady_clock::time_point arrived;
};

// Answers through the door.
class FrontDoor::Answering final : public http::Responder {
 public:
  Answering(const FrontDoor& door, Remembered remembered, std::shared_ptr<http::Responder> outside)
      : door_(door), remembered_(std::move(remembered)), outside_(std::move(outside)) {}
  void Send(http::Response response) override {
    door_.PutBack(remembered_, response);
    outside_->Send(std::move(response));
  }
  void OnGone(std::function<void()> gone) override { outside_->OnGone(std::move(gone)); }

 private:
  const FrontDoor& door_;
  const Remembered remembered_;
  const std::shared_ptr<http::Responder> outside_;
};

void FrontDoor::OnArrival(http::Request& head) {
  head.arrived = std::chrono::steady_clock::now();
  const bool by_proxy = http::Believe(head, options_.trusted_proxies);
  GiveId(head, by_proxy);
  TakePrefixOff(head, by_proxy);
  if (!head.secure) return;
  const std::string_view prefix = CookiePrefix(head.secure, !head.prefix.empty());
  for (auto& [name, value] : head.headers) {
    if (http::SameName(name, "Cookie")) value = PlainCookies(value, prefix);
  }
}

// A proxy's name for the request is kept, so that its log and ours can be laid side by side.
void FrontDoor::GiveId(http::Request& head, bool by_proxy) const {
  const std::string_view given = head.Header(kIdHeader);
  if (by_proxy && IsId(given)) {
    head.id = given;
  } else if (options_.access_log) {
    head.id = random_.Hex(kIdBytes);
  }
}

void FrontDoor::TakePrefixOff(http::Request& head, bool by_proxy) const {
  if (options_.public_urls.empty()) return;
  const std::string_view prefix = options_.public_urls.PrefixIn(head.target);
  const bool whole = prefix.size() == head.target.size() || head.target[prefix.size()] == '?';
  if (!prefix.empty() && !whole) {
    head.prefix = prefix;
    head.target.erase(0, prefix.size());
  }
  if (!by_proxy) return;
  // Proxies that say nothing of it may have taken TLS and the prefix off.
  const http::Url* const named = options_.public_urls.Named(head.Header("Host"));
  if (named == nullptr) return;
  const bool said = !head.Header("X-Forwarded-Proto").empty() || !head.Header("Forwarded").empty();
  if (!said) head.secure |= named->tls;
  if (prefix.empty()) head.prefix = named->path;
}

http::Admission FrontDoor::OnHead(const http::Request& head) {
  http::Admission admission;
  const std::string_view bare = options_.public_urls.PrefixIn(head.target);
  if (head.prefix.empty() && !bare.empty()) {  // "/tamtap", whose links would lead elsewhere
    const std::string query(head.target.substr(bare.size()));
    admission.refusal = JsonError(308, "this site begins with a slash more");
    admission.refusal->headers.emplace_back("Location", std::string(bare) + "/" + query);
    AddSecurityHeaders(head, *admission.refusal);
  } else {
    admission = inside_.OnHead(head);
  }
  if (admission.refusal) PutBack(Remembered(head), *admission.refusal);
  return admission;
}

void FrontDoor::OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) {
  const bool as_it_is = request.prefix.empty() && !request.secure && request.id.empty();
  if (!as_it_is) {
    responder = std::make_shared<Answering>(*this, Remembered(request), std::move(responder));
  }
  inside_.OnRequest(std::move(request), std::move(responder));
}

std::shared_ptr<http::WebSocketHandler> FrontDoor::OnUpgrade(const http::Request& request,
                                                             http::Response& refusal) {
  auto socket = inside_.OnUpgrade(request, refusal);
  if (socket == nullptr) {
    PutBack(Remembered(request), refusal);
  } else {
    constexpr int kSwitchingProtocols = 101;
    Log(Remembered(request), kSwitchingProtocols, 0);
  }
  return socket;
}

void FrontDoor::PutBack(const Remembered& remembered, http::Response& response) const {
  for (auto& [name, value] : response.headers) {
    if (http::SameName(name, "Set-Cookie")) Place(value, remembered.secure, remembered.prefix);
    if (http::SameName(name, "Location") && value.starts_with('/'))
      value = remembered.prefix + value;
  }
  if (!remembered.id.empty()) response.headers.emplace_back(kIdHeader, remembered.id);
  Log(remembered, response.status, BytesOf(response));
}

void FrontDoor::Log(const Remembered& remembered, int status, size_t bytes) const {
  if (!options_.access_log) return;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - remembered.arrived);
  LogInfo("access: {} {} {} {} {} bytes, {} ms, {}, {}", remembered.client, remembered.method,
          TargetInLog(remembered.target), status, bytes, took.count(),
          remembered.secure ? "https" : "http", remembered.id);
}

std::string TargetInLog(std::string_view target) {
  std::string shown(target.substr(0, target.find('?')));
  std::string_view query = target.substr(shown.size());
  char before = '?';
  while (!query.empty()) {
    query.remove_prefix(1);  // '?' or '&'
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::string_view name = pair.substr(0, pair.find('='));
    shown += std::exchange(before, '&') + std::string(name);
    query.remove_prefix(pair.size());
  }
  if (shown.size() > kLongestTarget) shown = shown.substr(0, kLongestTarget) + "...";
  return shown;
}

}  // namespace tamtap

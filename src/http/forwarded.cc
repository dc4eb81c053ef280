#include "http/forwarded.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tamtap::http {
namespace {

constexpr size_t kLongestHost = 255;

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const size_t end = text.find(separator);
    pieces.push_back(Trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

// All that stands in headers of that name, in order: a proxy may add a line of its own.
std::vector<std::string_view> ListIn(const Request& request, std::string_view name) {
  std::vector<std::string_view> list;
  for (const auto& [key, value] : request.headers) {
    if (!SameName(key, name)) continue;
    for (const std::string_view piece : Split(value, ',')) list.push_back(piece);
  }
  return list;
}

// Without quotes, and an address without its port: "192.0.2.7:4711", "[2001:db8::7]:4711". What
// stands behind a % is a proxy's own business, and could be any text in our log.
std::string_view AddressIn(std::string_view node) {
  node = node.substr(0, node.find('%'));
  if (node.starts_with('[')) return node.substr(1, node.find(']') - 1);
  const size_t colon = node.find(':');
  if (colon != std::string_view::npos && node.find(':', colon + 1) == std::string_view::npos) {
    return node.substr(0, colon);
  }
  return node;
}

// The value of a parameter of one element of Forwarded: `for=192.0.2.7;proto=https`.
std::string_view ParameterOf(std::string_view element, std::string_view name) {
  for (const std::string_view pair : Split(element, ';')) {
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || !SameName(Trimmed(pair.substr(0, equals)), name))
      continue;
    std::string_view value = Trimmed(pair.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return {};
}

// Where in a list of nodes the one stands that asked: the last that is no trusted proxy. Stops at
// the first that is no address: what is left of that can't be judged.
std::optional<size_t> WhoAsked(const std::vector<std::string_view>& nodes,
                               const Networks& proxies) {
  static const Networks any = *Networks::Parse({"::/0"});
  std::optional<size_t> asked;
  for (size_t i = nodes.size(); i-- > 0;) {
    const std::string_view address = AddressIn(nodes[i]);
    if (!any.Contain(address)) return asked;
    asked = i;
    if (!proxies.Contain(address)) return asked;
  }
  return asked;
}

bool IsHost(std::string_view text) {
  return !text.empty() && text.size() <= kLongestHost &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
         });
}

void SetHost(Request& request, std::string_view host) {
  if (!IsHost(host)) return;
  const std::string name(host);  // it may be a part of a header
  std::erase_if(request.headers, [](const auto& each) { return SameName(each.first, "Host"); });
  request.headers.emplace_back("Host", name);
}

void SetScheme(Request& request, std::string_view scheme) {
  if (SameName(scheme, "https") || SameName(scheme, "wss")) request.secure = true;
  if (SameName(scheme, "http") || SameName(scheme, "ws")) request.secure = false;
}

void BelieveUsual(Request& request, const Networks& proxies) {
  const auto nodes = ListIn(request, "X-Forwarded-For");
  if (const auto asked = WhoAsked(nodes, proxies)) {
    request.remote_address = AddressIn(nodes[*asked]);
  }
  if (const auto schemes = ListIn(request, "X-Forwarded-Proto"); !schemes.empty()) {
    SetScheme(request, schemes.back());
  }
  if (const auto hosts = ListIn(request, "X-Forwarded-Host"); !hosts.empty()) {
    SetHost(request, hosts.back());
  }
}

void BelieveStandard(Request& request, const Networks& proxies) {
  const auto elements = ListIn(request, "Forwarded");
  std::vector<std::string_view> nodes;
  for (const std::string_view element : elements) nodes.push_back(ParameterOf(element, "for"));
  const auto asked = WhoAsked(nodes, proxies);
  if (!asked) return;
  const std::string element(elements[*asked]);
  request.remote_address = AddressIn(ParameterOf(element, "for"));
  SetScheme(request, ParameterOf(element, "proto"));
  SetHost(request, ParameterOf(element, "host"));
}

}  // namespace

bool Believe(Request& request, const Networks& proxies) {
  constexpr std::array kSigns = {"Forwarded",        "X-Forwarded-For", "X-Forwarded-Proto",
                                 "X-Forwarded-Host", "X-Real-IP",       "Via"};
  request.forwarded = std::any_of(kSigns.begin(), kSigns.end(),
                                  [&](const char* name) { return !request.Header(name).empty(); });
  if (!proxies.Contain(request.remote_address)) return false;
  if (!request.forwarded) return true;
  const bool usual = !request.Header("X-Forwarded-For").empty();
  if (usual || request.Header("Forwarded").empty()) {
    BelieveUsual(request, proxies);
  } else {
    BelieveStandard(request, proxies);
  }
  return true;
}

}  // namespace tamtap::http

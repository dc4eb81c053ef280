// HTTP messages as plain values; no library shows through.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tamtap::http {

// In order; names compare without regard to case.
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "GET";
  std::string target = "/";  // as on the wire: path and query, percent-encoded
  Headers headers;
  std::string body;
  // What follows is of the server's side. The first three are as proxies that are trusted say
  // (forwarded.h).
  std::string remote_address;  // the IP address of whoever asks
  bool secure = false;         // it came over TLS
  bool forwarded = false;      // it says that it was passed on by a proxy
  std::string prefix;          // the path before `target` by which the site is reached: "/tamtap"
  std::string id;              // names it in the access log; empty: it has none
  std::chrono::steady_clock::time_point arrived{};  // when its head was there

  std::string_view Header(std::string_view name) const;  // empty when absent
  std::string Path()
      const;  // decoded; "." and ".." segments are not resolved, but left as they are
  std::string Query(std::string_view name) const;  // decoded value; empty when absent
  std::string Cookie(std::string_view name) const;
};

// Content that is not in memory, but read piece by piece while it is sent. One thread at a time.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual uint64_t size() const = 0;
  // Fills `into` with what stands at `offset`; false: it can't be read, and the connection ends.
  virtual bool Read(uint64_t offset, std::span<char> into) = 0;
};

struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};
  // Instead of `body`: content that is in memory once, however many are being answered with it.
  std::shared_ptr<const std::string> shared_body{};
  // Instead of both.
  std::shared_ptr<BodySource> source{};

  std::string_view Header(std::string_view name) const;
};

// Without regard to the case of ASCII's letters, as names of headers, schemes and hosts compare.
bool SameName(std::string_view a, std::string_view b);
std::string_view FindHeader(const Headers& headers, std::string_view name);
// %XX and, with `plus_is_space`, '+'. Malformed escapes stay as they are.
std::string PercentDecode(std::string_view text, bool plus_is_space);

}  // namespace tamtap::http

// FrontDoor: what stands between the sockets and the ApiServer, so that nothing behind it needs to
// know how a request has come. It believes proxies as far as they are trusted, takes the path
// prefix off a request's target, and puts it onto what goes back; gives cookies the names, the path
// and the `Secure` that hold where they are used; and writes the access log.
//
// Cookies that came over TLS are called `__Host-...` by browsers, and `__Secure-...` below a path
// prefix, where the former can't be had (RFC 6265bis): no plain HTTP page, and with the former no
// sibling host, can plant one of them. Behind the door they have their plain names.
//
// Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "http/networks.h"
#include "http/server.h"
#include "server/public_urls.h"

namespace tamtap {

struct DoorOptions {
  http::Networks trusted_proxies = http::Networks::Loopback();
  PublicUrls public_urls{};
  bool access_log = false;
};

class FrontDoor final : public http::Handler {
 public:
  // `inside` and `random` outlive the door.
  FrontDoor(DoorOptions options, http::Handler& inside, Random& random)
      : options_(std::move(options)), inside_(inside), random_(random) {}

  void OnArrival(http::Request& head) override;
  http::Admission OnHead(const http::Request& head) override;
  void OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) override;
  std::shared_ptr<http::WebSocketHandler> OnUpgrade(const http::Request& request,
                                                    http::Response& refusal) override;

 private:
  class Answering;
  struct Remembered;  // what is kept of a request until it is answered

  // Takes the path prefix off the head, and fills in what a proxy did not say of TLS and the
  // prefix.
  void TakePrefixOff(http::Request& head, bool by_proxy) const;
  // Gives the request the proxy's id of it or, for the access log, an id of our own.
  void GiveId(http::Request& head, bool by_proxy) const;
  // Puts onto an answer what was taken off its request, and logs it.
  void PutBack(const Remembered& remembered, http::Response& response) const;
  void Log(const Remembered& remembered, int status, size_t bytes) const;

  const DoorOptions options_;
  http::Handler& inside_;
  Random& random_;
};

// Returns a target as the access log has it: the path, and of the query the names alone, because
// values may be secrets or tell of people.
std::string TargetInLog(std::string_view target);

}  // namespace tamtap

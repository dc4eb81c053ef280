// HttpsRedirect: answers whoever comes without TLS with where to come with it. Nothing else is
// served there: what was said in clear, passwords above all, is not passed on. Immutable, so
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "http/server.h"

namespace tamtap {

class HttpsRedirect final : public http::Handler {
 public:
  // `to` is "https://school.example/tamtap"; empty: the name that was asked for, at `port`.
  HttpsRedirect(std::string to, uint16_t port) : to_(std::move(to)), port_(port) {}

  http::Admission OnHead(const http::Request& head) override;
  void OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) override;
  std::shared_ptr<http::WebSocketHandler> OnUpgrade(const http::Request& request,
                                                    http::Response& refusal) override;

 private:
  std::string PlaceOf(const http::Request& head) const;  // empty: it can't be said

  const std::string to_;
  const uint16_t port_;
};

}  // namespace tamtap

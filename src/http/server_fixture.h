// For tests: a server whose handler is EchoHandler, and one who asks it with bytes of their own.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "http/echo_handler.h"
#include "http/raw_connection.h"

namespace tamtap::http {

class ServerFixture : public testing::Test {
 protected:
  void Start(ServerOptions options = {}) {
    server_ = MustStart(options, handler_);
    ASSERT_NE(server_, nullptr);
  }
  // All that the server says to these bytes on a connection of their own.
  std::string Ask(std::string_view bytes) {
    RawConnection connection(server_->port());
    connection.Write(bytes);
    return connection.ReadAll();
  }

  EchoHandler handler_;
  std::unique_ptr<Server> server_;
};

}  // namespace tamtap::http

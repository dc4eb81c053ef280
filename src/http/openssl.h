// OpenSSL is loaded when somebody wants TLS, not when the program starts: it is the heaviest
// library that a gate could do without (1.7 MB of its resident memory, 3 ms of its start), and a
// gate whose store is a file or in the school's own network does. Internal to this room.
//
// openssl.cc defines those functions of OpenSSL that Asio and this room call, under their own
// names, and hands each call on. So Asio is used as it is, and a function that is missing there is
// an error of the linker.
#pragma once

#include "base/result.h"

namespace tamtap::http {

// To be called before anything of OpenSSL's is. The first call loads it, the others do nothing;
// thread-safe. kMisconfigured: it is not installed. The next call tries again.
Result<> LoadOpenSsl();

}  // namespace tamtap::http

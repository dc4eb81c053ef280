// What a reverse proxy says of the requests that it passes on: who asked, by which name, and
// whether over TLS. Anybody can write these headers, so only the proxies that the operator trusts
// are believed.
//
// Source: RFC 7239 (Forwarded); X-Forwarded-For, -Proto and -Host as nginx, Caddy, HAProxy and
// Apache write them.
#pragma once

#include "http/message.h"
#include "http/networks.h"

namespace tamtap::http {

// Makes of a request what it was before proxies passed it on: its remote_address becomes that of
// whoever asked, `secure` says whether they used TLS, and Host is the name that they used. A list
// is read from its right end: what stands to the left of the first address that is no trusted
// proxy's was written by whoever asked. X-Forwarded-For wins over Forwarded. What can't be read is
// not believed.
//
// `forwarded` is set in any case if the request says that it was passed on, also by somebody who is
// not believed. Returns whether it came from a trusted proxy's address.
bool Believe(Request& request, const Networks& proxies);

}  // namespace tamtap::http

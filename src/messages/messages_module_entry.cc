// libtamtap_messages.so: the room `messages_curl`, with libcurl, for the program to load.
#include "base/module.h"
#include "base/unreadable.h"
#include "messages/curl_sender.h"

namespace {

constexpr tamtap::MessagesModule kFunctions{tamtap::SendMailByCurl, tamtap::SendHttpByCurl};

}  // namespace

extern "C" {
[[gnu::visibility("default")]] extern const tamtap::ModuleEntry tamtap_module;
const tamtap::ModuleEntry tamtap_module{tamtap::kModuleBuild,
                                        [](const tamtap::ModuleHost& host) {
                                          tamtap::SendLogTo(host.log);
                                          tamtap::SendUnreadableTo(host.unreadable);
                                        },
                                        &kFunctions};
}

// By what words leave this server, and to which staff: the server's own settings (docs/words.md).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messages/message_store.h"
#include "messages/sender.h"

namespace tamtap {

// How values are written into the body of a request.
enum class BodyFormat { kJson, kForm, kText };

// An SMS gateway: a request a message. {to}, {text} and {id} stand for the number, the text and the
// message's id, in the body as its format wants it, and percent-encoded in the address.
struct Gateway {
  std::string url;  // empty: there is none
  std::string method = "POST";
  std::vector<std::string> headers;  // "Name: value"
  BodyFormat format = BodyFormat::kJson;
  std::string body = R"({"to":"{to}","text":"{text}"})";
  std::vector<int> good;  // statuses that mean it was taken; empty: 200 to 299
  // It looks at Idempotency-Key, so a request without an answer may be made again.
  bool repeatable = false;
};

// When staff are told of gates.
struct StaffWordOptions {
  std::vector<std::string> to;  // mail addresses
  std::string webhook;          // an address that takes {"text": ...}; empty: none
  int at = 8 * 60;              // minutes of the day
  bool always = false;          // also if all is well
  bool at_once = false;         // also when it happens, once a day a gate
};

struct WordsOptions {
  MailServer mail;
  std::string mail_from;
  Gateway gateway;
  StaffWordOptions staff;
  std::string ca_file;  // of gateway and webhook; empty: the system's
  std::chrono::seconds timeout{30};
  std::chrono::seconds retry{30};  // the first pause; each further one is twice as long

  bool TellsGuardians() const { return !mail.url.empty() || !gateway.url.empty(); }
  bool TellsStaff() const {
    return (!mail.url.empty() && !staff.to.empty()) || !staff.webhook.empty();
  }
  bool Tells() const { return TellsGuardians() || TellsStaff(); }
  // Those that this server can serve.
  std::vector<Channel> Channels() const;
};

// kMisconfigured, with a sentence: these settings can't work.
Result<> Check(const WordsOptions& options);

// The request for one text.
HttpCall GatewayCall(const Gateway& gateway, std::string_view to, std::string_view text,
                     std::string_view id);
// The request that tells staff.
HttpCall WebhookCall(const std::string& url, std::string_view text, std::string_view day,
                     std::string_view id);

}  // namespace tamtap

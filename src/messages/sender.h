// How a message leaves this machine: by a mail server or by an HTTP request. The work is libcurl's,
// in a module that is loaded when the settings ask for it (docs/decisions/0047).
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tamtap {

enum class MailTls {
  kRequired,  // STARTTLS, or TLS from the start with smtps://; else nothing is sent
  kIfOffered,
  kNever,  // for a mail server on this machine
};

struct MailServer {
  std::string url;  // "smtp://host:587" or "smtps://host"; empty: there is none
  std::string user;
  std::string password;
  MailTls tls = MailTls::kRequired;
  std::string ca_file;  // empty: the system's
};

struct Mail {
  std::string from;  // addresses alone
  std::string to;
  std::string bytes;  // as RFC 5322 has it (mail_bytes.h)
};

struct HttpCall {
  std::string url;
  std::string method = "POST";
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
  std::string ca_file;  // empty: the system's
};

// How it ended.
struct Sending {
  enum class End {
    kTaken,    // the other side has it
    kLater,    // it has not, and may be asked again
    kRefused,  // it has not, and never will
    kUnsure,   // it may have it: nobody can know
  };
  End end = End::kTaken;
  std::string detail;            // what the other side said, or what went wrong; one line
  std::chrono::seconds wait{0};  // that the other side asked for
  int status = 0;                // of HTTP or SMTP; 0: there was none
};

struct SendLimits {
  std::chrono::seconds timeout{30};
  const std::atomic<bool>* stop = nullptr;  // null: nobody asks for it
};

class Sender {
 public:
  virtual ~Sender() = default;
  virtual Sending SendMail(const MailServer& server, const Mail& mail,
                           const SendLimits& limits) = 0;
  // A redirect is an answer like any other, and is not followed.
  virtual Sending SendHttp(const HttpCall& call, const std::vector<int>& good,
                           const SendLimits& limits) = 0;
};

// The functions of the module libtamtap_messages.so (base/module.h).
struct MessagesModule {
  Sending (*send_mail)(const MailServer& server, const Mail& mail, const SendLimits& limits);
  Sending (*send_http)(const HttpCall& call, const std::vector<int>& good,
                       const SendLimits& limits);
};

// Loads the module. kMisconfigured: it can't be.
Result<Sender*> LoadSender();

}  // namespace tamtap

#include "messages/curl_sender.h"

#include <curl/curl.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "base/visible.h"

namespace tamtap {
namespace {

using End = Sending::End;

constexpr size_t kMostAnswer = 64 * 1024;  // bytes; more is not read
constexpr size_t kShownAnswer = 160;
constexpr long kConnectSeconds = 10;
constexpr std::chrono::seconds kMostWait{3'600};
// Between a stop and the end of an exchange whose message is on the other side already.
constexpr std::chrono::milliseconds kLastPatience{2'000};

struct Exchange {
  std::string_view upload;
  bool all_sent = false;  // the other side may have the whole message
  std::string answer;
  const std::atomic<bool>* stop = nullptr;
  std::optional<std::chrono::steady_clock::time_point> stopped_at{};
};

size_t Upload(char* into, size_t size, size_t count, void* given) {
  Exchange& exchange = *static_cast<Exchange*>(given);
  const size_t bytes = std::min(size * count, exchange.upload.size());
  std::memcpy(into, exchange.upload.data(), bytes);
  exchange.upload.remove_prefix(bytes);
  if (exchange.upload.empty()) exchange.all_sent = true;
  return bytes;
}

size_t TakeAnswer(char* from, size_t size, size_t count, void* given) {
  Exchange& exchange = *static_cast<Exchange*>(given);
  const size_t bytes = size * count;
  if (exchange.answer.size() + bytes > kMostAnswer) return 0;  // ends the exchange
  exchange.answer.append(from, bytes);
  return bytes;
}

int LookForStop(void* given, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  Exchange& exchange = *static_cast<Exchange*>(given);
  if (exchange.stop == nullptr || !exchange.stop->load()) return 0;
  if (!exchange.all_sent) return 1;
  const auto now = std::chrono::steady_clock::now();
  if (!exchange.stopped_at) exchange.stopped_at = now;
  return now - *exchange.stopped_at > kLastPatience ? 1 : 0;
}

struct CurlEnd {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlEnd>;
using CurlList = std::unique_ptr<curl_slist, CurlEnd>;

void Append(CurlList& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  static_cast<void>(list.release());
  list.reset(longer);
}

CurlHandle NewHandle(const std::string& url, const std::string& ca_file, const SendLimits& limits,
                     Exchange& exchange) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CurlHandle handle(ready == CURLE_OK ? curl_easy_init() : nullptr);
  CURL* const curl = handle.get();
  if (curl == nullptr) return handle;
  exchange.stop = limits.stop;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(limits.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
                   std::min(kConnectSeconds, static_cast<long>(limits.timeout.count())));
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, TakeAnswer);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, LookForStop);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
  if (!ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
  return handle;
}

Sending NoHandle() { return {End::kLater, "libcurl could not be started", {}, 0}; }

// A line of what the other side said.
std::string Shown(std::string_view text) {
  const size_t end = text.find_first_of("\r\n");
  return VisibleLine(Shortened(TrimSpace(text.substr(0, end)), kShownAnswer));
}

std::string Fault(CURLcode code, const char* more) {
  return *more != '\0' ? Shown(more) : std::string(curl_easy_strerror(code));
}

// What can only be mended by a person. It is tried again all the same, until the message is too
// old: somebody may mend it.
bool IsOfSettings(CURLcode code) {
  return code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED ||
         code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
}

}  // namespace

Sending SendMailByCurl(const MailServer& server, const Mail& mail, const SendLimits& limits) {
  Exchange exchange;
  exchange.upload = mail.bytes;
  const CurlHandle handle = NewHandle(server.url, server.ca_file, limits, exchange);
  CURL* const curl = handle.get();
  if (curl == nullptr) return NoHandle();
  char fault[CURL_ERROR_SIZE] = "";
  CurlList to;
  Append(to, "<" + mail.to + ">");
  const std::string from = "<" + mail.from + ">";
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fault);
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(server.tls == MailTls::kRequired    ? CURLUSESSL_ALL
                                     : server.tls == MailTls::kIfOffered ? CURLUSESSL_TRY
                                                                         : CURLUSESSL_NONE));
  if (!server.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, Upload);
  curl_easy_setopt(curl, CURLOPT_READDATA, &exchange);
  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  Sending sending{End::kTaken, "the mail server has taken it", {}, static_cast<int>(status)};
  if (code == CURLE_OK) return sending;
  // What a server says once it has the whole text, after its 354, decides.
  const bool answered = exchange.all_sent && status >= 400;
  if (exchange.all_sent && !answered) {
    // Also if it said 250 and the connection broke in its good-bye.
    if (status == 250) return sending;
    sending.end = End::kUnsure;
    sending.detail =
        fmt::format("the mail server did not answer for the text: {}", Fault(code, fault));
    return sending;
  }
  const bool of_settings = IsOfSettings(code) || status == 530 || status == 534 || status == 535;
  sending.end = status >= 500 && !of_settings ? End::kRefused : End::kLater;
  sending.detail = status >= 400
                       ? fmt::format("the mail server said {}: {}", status, Fault(code, fault))
                       : Fault(code, fault);
  return sending;
}

Sending SendHttpByCurl(const HttpCall& call, const std::vector<int>& good,
                       const SendLimits& limits) {
  Exchange exchange;
  exchange.upload = call.body;
  exchange.all_sent = true;  // it is small: whoever has its head has all of it
  const CurlHandle handle = NewHandle(call.url, call.ca_file, limits, exchange);
  CURL* const curl = handle.get();
  if (curl == nullptr) return NoHandle();
  char fault[CURL_ERROR_SIZE] = "";
  CurlList headers;
  for (const std::string& header : call.headers) Append(headers, header);
  Append(headers, "Expect:");
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fault);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  if (call.method != "GET") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(call.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.data());
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  long request_bytes = 0;
  curl_off_t wait = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &request_bytes);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
  Sending sending;
  sending.status = static_cast<int>(status);
  sending.wait = std::min(std::chrono::seconds(wait), kMostWait);
  // The status stands at the front: it holds, whatever became of the rest of the answer.
  if (status == 0) {
    sending.end = request_bytes > 0 ? End::kUnsure : End::kLater;
    sending.detail = request_bytes > 0
                         ? fmt::format("the gateway did not answer: {}", Fault(code, fault))
                         : Fault(code, fault);
    return sending;
  }
  const std::string said = Shown(exchange.answer);
  sending.detail = fmt::format("the gateway said {}{}{}", status, said.empty() ? "" : ": ", said);
  const bool taken = good.empty()
                         ? status >= 200 && status < 300
                         : std::find(good.begin(), good.end(), sending.status) != good.end();
  if (taken) return sending;
  if (status == 502 || status == 504 || status < 300) {
    // A proxy lost the answer of whoever is behind it; or a success that the settings don't know.
    sending.end = End::kUnsure;
  } else {
    const bool for_now = status == 401 || status == 403 || status == 408 || status == 425 ||
                         status == 429 || status >= 500;
    sending.end = for_now ? End::kLater : End::kRefused;
  }
  return sending;
}

}  // namespace tamtap

#include "messages/words_options.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "base/visible.h"
#include "tap/words_rule.h"

namespace tamtap {
namespace {

namespace json = boost::json;

Error NotSo(std::string_view what, std::string hint) {
  return {ErrorCode::kMisconfigured, std::string(what), 0, std::move(hint)};
}

std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

// Without the quotes around it: they stand in the template.
std::string JsonEscaped(std::string_view text) {
  const std::string quoted = json::serialize(json::string(text));
  return quoted.substr(1, quoted.size() - 2);
}

std::string Written(std::string_view value, BodyFormat format) {
  switch (format) {
    case BodyFormat::kJson:
      return JsonEscaped(value);
    case BodyFormat::kForm:
      return PercentEncoded(value);
    case BodyFormat::kText:
      break;
  }
  return std::string(value);
}

std::string_view TypeOf(BodyFormat format) {
  switch (format) {
    case BodyFormat::kJson:
      return "application/json";
    case BodyFormat::kForm:
      return "application/x-www-form-urlencoded";
    case BodyFormat::kText:
      break;
  }
  return "text/plain; charset=utf-8";
}

bool IsHttp(const std::string& url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

// The host must be the settings' alone.
bool HostHasBraces(const std::string& url) {
  const size_t host = url.find("://") + 3;
  const size_t brace = url.find('{');
  return brace != url.npos && brace < url.find('/', host);
}

bool HasHeader(const std::vector<std::string>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [name](const std::string& line) {
    return line.size() > name.size() && line[name.size()] == ':' &&
           std::equal(name.begin(), name.end(), line.begin(),
                      [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  });
}

}  // namespace

std::vector<Channel> WordsOptions::Channels() const {
  std::vector<Channel> channels;
  if (!mail.url.empty()) channels.push_back(Channel::kMail);
  if (!gateway.url.empty()) channels.push_back(Channel::kGateway);
  if (!staff.webhook.empty()) channels.push_back(Channel::kWebhook);
  return channels;
}

Result<> Check(const WordsOptions& options) {
  const MailServer& mail = options.mail;
  if (!mail.url.empty()) {
    if (!mail.url.starts_with("smtp://") && !mail.url.starts_with("smtps://")) {
      return NotSo("--words-smtp " + WithoutSecrets(mail.url),
                   "write smtp://HOST:587 or smtps://HOST");
    }
    if (mail.url.find('@') != mail.url.npos) {
      return NotSo("--words-smtp",
                   "give name and password by --words-smtp-user and "
                   "--words-smtp-password");
    }
    if (!IsMailAddress(options.mail_from)) {
      return NotSo("--words-from " + options.mail_from,
                   "say which address mail comes from, as in attendance@school.example");
    }
    if (mail.user.empty() != mail.password.empty()) {
      return NotSo("--words-smtp-user", "a mail server wants both a name and a password, or none");
    }
    if (!mail.user.empty() && mail.tls == MailTls::kNever && !mail.url.starts_with("smtps://")) {
      return NotSo("--words-smtp-tls never", "a password is not sent in the clear");
    }
  }
  const Gateway& gateway = options.gateway;
  if (!gateway.url.empty()) {
    if (!IsHttp(gateway.url) || HostHasBraces(gateway.url)) {
      return NotSo(
          "--words-gateway-url " + WithoutSecrets(gateway.url),
          "write https://HOST/PATH; {to}, {text} and {id} may stand in the path and query");
    }
    for (const std::string& header : gateway.headers) {
      if (header.find(':') == header.npos || header.find_first_of("\r\n") != header.npos) {
        return NotSo("--words-gateway-header", "write 'Name: value', on one line");
      }
    }
    if (gateway.format == BodyFormat::kJson && gateway.method != "GET") {
      boost::system::error_code failed;
      const auto sample = json::parse(GatewayCall(gateway, "0", "\"", "0").body, failed);
      if (failed) {
        return NotSo("--words-gateway-body", "it is no JSON; write {to} and {text} within quotes");
      }
    }
  }
  const StaffWordOptions& staff = options.staff;
  if (!staff.webhook.empty() && !IsHttp(staff.webhook)) {
    return NotSo("--words-staff-webhook " + WithoutSecrets(staff.webhook),
                 "write https://HOST/PATH");
  }
  for (const std::string& to : staff.to) {
    if (!IsMailAddress(to)) return NotSo("--words-staff-to " + to, "it is no mail address");
  }
  if (!staff.to.empty() && mail.url.empty()) {
    return NotSo("--words-staff-to", "name the mail server by --words-smtp");
  }
  return {};
}

HttpCall GatewayCall(const Gateway& gateway, std::string_view to, std::string_view text,
                     std::string_view id) {
  const auto values = [&](auto written) {
    return std::map<std::string, std::string, std::less<>>{
        {"to", written(to)}, {"text", written(text)}, {"id", written(id)}};
  };
  HttpCall call;
  call.method = gateway.method;
  call.url = FillWords(gateway.url, values(PercentEncoded));
  call.headers = gateway.headers;
  call.headers.push_back(fmt::format("Idempotency-Key: {}", id));
  if (gateway.method != "GET") {
    call.body =
        FillWords(gateway.body,
                  values([&](std::string_view value) { return Written(value, gateway.format); }));
    if (!HasHeader(gateway.headers, "Content-Type")) {
      call.headers.push_back(fmt::format("Content-Type: {}", TypeOf(gateway.format)));
    }
  }
  return call;
}

HttpCall WebhookCall(const std::string& url, std::string_view text, std::string_view day,
                     std::string_view id) {
  HttpCall call;
  call.url = url;
  call.headers = {fmt::format("Idempotency-Key: {}", id), "Content-Type: application/json"};
  call.body = json::serialize(json::object{{"text", text}, {"day", day}});
  return call;
}

}  // namespace tamtap

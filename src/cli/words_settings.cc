#include "cli/words_settings.h"

#include "tap/school_time.h"

namespace tamtap::cli {
namespace {

void AddMailFlags(CLI::App& command, WordsSettings& settings) {
  command.add_option("--words-smtp", settings.smtp,
                     "Mail server by which guardians and staff are told, as smtp://HOST:587 or "
                     "smtps://HOST (default: none)");
  command.add_option("--words-smtp-user", settings.smtp_user, "Name to sign in there with");
  command.add_option("--words-smtp-password", settings.smtp_password,
                     "Its password; credential:NAME takes it from a file");
  command
      .add_option("--words-smtp-tls", settings.smtp_tls,
                  "Whether mail goes by STARTTLS: required, offered (if the server has it) or "
                  "never (a mail server on this machine)")
      ->check(CLI::IsMember({"required", "offered", "never"}))
      ->capture_default_str();
  command.add_option("--words-from", settings.from, "Address that mail comes from");
  command.add_option("--words-ca-file", settings.ca_file,
                     "PEM file of the authorities that mail server and gateway are believed by "
                     "(default: the system's)");
}

void AddGatewayFlags(CLI::App& command, WordsSettings& settings) {
  command.add_option("--words-gateway-url", settings.gateway_url,
                     "SMS gateway by which guardians are told: an address; {to}, {text} and {id} "
                     "may stand in its path and query (default: none)");
  command.add_option("--words-gateway-method", settings.gateway_method, "How the gateway is asked")
      ->check(CLI::IsMember({"POST", "PUT", "GET"}))
      ->capture_default_str();
  command
      .add_option("--words-gateway-header", settings.gateway_headers,
                  "A header of the request, as 'Authorization: Bearer ...'; credential:NAME takes "
                  "it from a file; may be given more than once")
      ->take_all();
  command
      .add_option("--words-gateway-format", settings.gateway_format,
                  "How values are written into the body: json, form or text")
      ->check(CLI::IsMember({"json", "form", "text"}))
      ->capture_default_str();
  command.add_option("--words-gateway-body", settings.gateway_body,
                     "The body of the request, with {to}, {text} and {id} (default: "
                     "{\"to\":\"{to}\",\"text\":\"{text}\"})");
  command
      .add_option("--words-gateway-success", settings.gateway_good,
                  "A status by which the gateway says that it has taken a message; may be given "
                  "more than once (default: 200 to 299)")
      ->check(CLI::Range(200, 599))
      ->take_all();
  command.add_flag("--words-gateway-repeatable", settings.gateway_repeatable,
                   "The gateway knows a repeated Idempotency-Key by itself: ask it again when it "
                   "did not answer (else such a message is not sent again)");
}

}  // namespace

void AddWordsFlags(CLI::App& command, WordsSettings& settings) {
  AddMailFlags(command, settings);
  AddGatewayFlags(command, settings);
  command
      .add_option("--words-staff-to", settings.staff_to,
                  "Mail address of staff who are told once a day if a gate is silent or its taps "
                  "do not get through; may be given more than once")
      ->take_all();
  command.add_option("--words-staff-webhook", settings.staff_webhook,
                     "Address that is told the same, by a POST of {\"text\": ...}; credential:NAME "
                     "takes it from a file");
  command
      .add_option("--words-staff-at", settings.staff_at,
                  "Time of day, HH:MM, at which staff are told; gates should be on by then")
      ->capture_default_str();
  command.add_flag("--words-staff-always", settings.staff_always,
                   "Tell staff every day, also that all gates are well");
  command.add_flag("--words-staff-at-once", settings.staff_at_once,
                   "Tell staff also when it happens, after that time of day, once a day a gate");
  command
      .add_option("--words-timeout-seconds", settings.timeout_seconds,
                  "How long a mail server or gateway has to answer")
      ->check(CLI::Range(1, 300))
      ->capture_default_str();
  command
      .add_option("--words-retry-seconds", settings.retry_seconds,
                  "How long after a failure a message is tried again; each further pause is twice "
                  "as long")
      ->check(CLI::Range(1, 3'600))
      ->capture_default_str();
}

Result<WordsOptions> ReadWords(const WordsSettings& settings) {
  WordsOptions words;
  words.mail = {settings.smtp, settings.smtp_user, settings.smtp_password, MailTls::kRequired,
                settings.ca_file};
  if (settings.smtp_tls == "offered") words.mail.tls = MailTls::kIfOffered;
  if (settings.smtp_tls == "never") words.mail.tls = MailTls::kNever;
  words.mail_from = settings.from;
  words.ca_file = settings.ca_file;
  words.gateway.url = settings.gateway_url;
  words.gateway.method = settings.gateway_method;
  words.gateway.headers = settings.gateway_headers;
  if (settings.gateway_format == "form") {
    words.gateway.format = BodyFormat::kForm;
    words.gateway.body = "to={to}&text={text}";
  } else if (settings.gateway_format == "text") {
    words.gateway.format = BodyFormat::kText;
    words.gateway.body = "{to}\n{text}";
  }
  if (!settings.gateway_body.empty()) words.gateway.body = settings.gateway_body;
  words.gateway.good = settings.gateway_good;
  words.gateway.repeatable = settings.gateway_repeatable;
  words.staff.to = settings.staff_to;
  words.staff.webhook = settings.staff_webhook;
  words.staff.at = MinutesFrom(settings.staff_at);
  words.staff.always = settings.staff_always;
  words.staff.at_once = settings.staff_at_once;
  words.timeout = std::chrono::seconds(settings.timeout_seconds);
  words.retry = std::chrono::seconds(settings.retry_seconds);
  if (words.staff.at < 0) {
    return Error{ErrorCode::kMisconfigured, "--words-staff-at " + settings.staff_at, 0,
                 "write a time of day, HH:MM"};
  }
  TAMTAP_RETURN_IF_ERROR(Check(words));
  return words;
}

}  // namespace tamtap::cli

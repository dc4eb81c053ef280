// tamtap words test: one word, to see whether mail server or gateway take what this installation
// sends.
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "cli/command.h"
#include "cli/compose.h"
#include "messages/mail_bytes.h"
#include "messages/words_options.h"

namespace tamtap::cli {
namespace {

constexpr std::string_view kText =
    "This is a test of TamTap. Guardians of students would be told in this way.";

struct WordsArguments {
  std::string to;
};

WordsArguments& TheWordsArguments() {
  static WordsArguments arguments;
  return arguments;
}

Sending SendTest(Sender& sender, const WordsOptions& words, const std::string& to,
                 const Settings& settings) {
  const std::string id = SystemRandom().Hex(16);
  const SendLimits limits{words.timeout, nullptr};
  const std::string phone = PhoneFrom(to);
  if (!phone.empty()) {
    HttpCall call = GatewayCall(words.gateway, phone, kText, id);
    call.ca_file = words.ca_file;
    return sender.SendHttp(call, words.gateway.good, limits);
  }
  const auto zone = ZoneUntilSaid(settings);
  MailText mail;
  mail.id = id;
  mail.from = words.mail_from;
  mail.to = to;
  mail.subject = "A test of TamTap";
  mail.text = kText;
  const std::string bytes =
      MailBytes(mail, (zone ? *zone : *TimeZone::Load("UTC")).ToLocal(SystemClock().Now()));
  return sender.SendMail(words.mail, {words.mail_from, to, bytes}, limits);
}

Error CantTest(const std::string& to, std::string hint) {
  return {ErrorCode::kMisconfigured, fmt::format("send a word to {}", to), 0, std::move(hint)};
}

int Test(const Settings& settings) {
  const std::string& to = TheWordsArguments().to;
  const auto words = ReadWords(settings.words);
  if (!words) return Fail(words.error());
  const bool phone = !PhoneFrom(to).empty();
  if (!phone && !IsMailAddress(to)) {
    return Fail(CantTest(to, "give a mail address, or a telephone number of 7 to 15 digits"));
  }
  if (phone && words->gateway.url.empty()) {
    return Fail(CantTest(to, "no gateway is configured; name it by --words-gateway-url"));
  }
  if (!phone && words->mail.url.empty()) {
    return Fail(CantTest(to, "no mail server is configured; name it by --words-smtp"));
  }
  const auto sender = LoadSender();
  if (!sender) return Fail(sender.error());
  const Sending sending = SendTest(**sender, *words, to, settings);
  const bool taken = sending.end == Sending::End::kTaken;
  const std::string_view what = taken                                   ? "taken"
                                : sending.end == Sending::End::kRefused ? "refused"
                                : sending.end == Sending::End::kUnsure
                                    ? "not answered, so it may have arrived"
                                    : "not taken; a message would be tried again";
  if (settings.json) {
    PrintLine(boost::json::serialize(boost::json::object{
        {"to", to}, {"taken", taken}, {"outcome", what}, {"detail", sending.detail}}));
  } else {
    PrintLine(fmt::format("the word to {} was {}: {}", to, what, sending.detail));
  }
  return taken ? kDone : kProblem;
}

}  // namespace

void AddWords(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const command = app.add_subcommand("words", "Words to guardians and staff");
  command->require_subcommand(1);
  CLI::App* const test = command->add_subcommand(
      "test", "Send one word now, and say what mail server or gateway answered");
  AddCommonFlags(*test, settings);
  AddWordsFlags(*test, settings.words);
  test->add_option("--to", TheWordsArguments().to, "A mail address or telephone number")
      ->required()
      ->configurable(false);
  test->callback([&] { action = [&settings] { return Test(settings); }; });
}

}  // namespace tamtap::cli

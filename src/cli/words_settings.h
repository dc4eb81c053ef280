// By what words to guardians and staff leave this server, as flags and the settings' file have it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "messages/words_options.h"

namespace tamtap::cli {

struct WordsSettings {
  std::string smtp;
  std::string smtp_user;
  std::string smtp_password;
  std::string smtp_tls = "required";
  std::string from;
  std::string ca_file;
  std::string gateway_url;
  std::string gateway_method = "POST";
  std::vector<std::string> gateway_headers;
  std::string gateway_format = "json";
  std::string gateway_body;
  std::vector<int> gateway_good;
  bool gateway_repeatable = false;
  std::vector<std::string> staff_to;
  std::string staff_webhook;
  std::string staff_at = "08:00";
  bool staff_always = false;
  bool staff_at_once = false;
  int timeout_seconds = 30;
  int retry_seconds = 30;
};

void AddWordsFlags(CLI::App& command, WordsSettings& settings);
// kMisconfigured, with a sentence: they can't work.
Result<WordsOptions> ReadWords(const WordsSettings& settings);

}  // namespace tamtap::cli

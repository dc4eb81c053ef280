#include "cli/credential.h"

#include <fmt/core.h>

#include <cstdlib>
#include <string_view>

#include "base/disk.h"
#include "base/text.h"

namespace tamtap::cli {
namespace {

constexpr std::string_view kPrefix = "credential:";
constexpr const char* kDirectory = "/etc/tamtap/credentials";

// systemd calls a file of a directory that it loads as NAME by NAME_FILE.
constexpr std::string_view kLoadedAs = "tamtap_";

Result<std::string> CredentialPath(std::string_view setting) {
  const std::string name(setting.substr(kPrefix.size()));
  if (name.empty() || name.find('/') != name.npos) {
    return Error{ErrorCode::kMisconfigured, fmt::format("read '{}'", setting), 0,
                 fmt::format("name a file of {}", kDirectory)};
  }
  const char* const loaded = std::getenv("CREDENTIALS_DIRECTORY");
  return loaded != nullptr ? JoinPath(loaded, std::string(kLoadedAs) + name)
                           : JoinPath(kDirectory, name);
}

// Puts what the file holds in the place of its name.
Result<> ReadInto(std::string& setting, std::string_view what) {
  if (!setting.starts_with(kPrefix)) return {};
  TAMTAP_TRY(const std::string path, CredentialPath(setting));
  const auto content = ReadFile(PosixDisk(), path);
  if (!content) {
    Error error = content.error();
    error.hint = fmt::format("put {} there, as root, with mode 0600", what);
    return error;
  }
  TAMTAP_TRY(const std::string text, DecodeUnicode(*content, path));
  const size_t begin = text.find_first_not_of(" \t\r\n");
  const size_t end = text.find_last_not_of(" \t\r\n");
  if (begin == text.npos) {
    return Error{ErrorCode::kMisconfigured, "read " + path, 0, "it is empty"};
  }
  setting = text.substr(begin, end - begin + 1);
  return {};
}

}  // namespace

Result<> ResolveCredentials(Settings& settings) {
  for (std::string* const path : {&settings.tls_certificate, &settings.tls_key}) {
    if (!path->starts_with(kPrefix)) continue;
    TAMTAP_TRY(*path, CredentialPath(*path));
  }
  TAMTAP_RETURN_IF_ERROR(ReadInto(settings.central, "the address of the central store"));
  TAMTAP_RETURN_IF_ERROR(ReadInto(settings.words.smtp_password, "the password of the mail server"));
  TAMTAP_RETURN_IF_ERROR(
      ReadInto(settings.words.staff_webhook, "the address that is told of gates"));
  for (std::string& header : settings.words.gateway_headers) {
    TAMTAP_RETURN_IF_ERROR(ReadInto(header, "a header for the gateway, as 'Name: value'"));
  }
  return ReadInto(settings.metrics_token, "the token of whoever reads the metrics");
}

}  // namespace tamtap::cli

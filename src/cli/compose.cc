#include "cli/compose.h"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/log.h"
#include "central/stores.h"
#include "cli/command.h"
#include "cli/credentials_file.h"

namespace tamtap::cli {
namespace {

constexpr std::string_view kSqlite = "sqlite:";
constexpr const char* kPackagedWeb = "/usr/share/tamtap/web";

bool IsHttp(const std::string& url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

std::string CentralUrl(const Settings& settings) {
  if (!settings.central.empty()) return settings.central;
  return std::string(kSqlite) + JoinPath(settings.data, "central.db");
}

}  // namespace

std::string DefaultTerminalId() {
  std::array<char, 256> host{};
  std::string name;
  if (gethostname(host.data(), host.size() - 1) == 0) {
    for (const char c : std::string_view(host.data()).substr(0, 32)) {
      name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
    }
  }
  return IsTerminalName(name) ? name : "gate-1";
}

Result<std::unique_ptr<SchoolStore>> OpenSchoolStore(const Settings& settings) {
  const std::string url = CentralUrl(settings);
  if (url.starts_with(kSqlite)) {
    TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(settings.data));
    return central::OpenSqlite(url.substr(kSqlite.size()));
  }
  if (url.starts_with("mongodb://") || url.starts_with("mongodb+srv://")) {
    return central::OpenMongoModule({url, settings.mongodb_name});
  }
  return Error{ErrorCode::kMisconfigured, fmt::format("central store '{}'", url), 0,
               "a server keeps its records in sqlite:PATH or mongodb://HOST/DB"};
}

Result<std::unique_ptr<http::Client>> MakeServerClient(const std::string& url) {
  TAMTAP_TRY(http::Url parsed, http::Url::Parse(url));
  http::ClientOptions options;
  options.timeout = std::chrono::milliseconds(10'000);
  return http::MakeClient(std::move(parsed), options);
}

Result<std::unique_ptr<CentralStore>> OpenCentralStore(const Settings& settings) {
  const std::string url = CentralUrl(settings);
  if (IsHttp(url)) {
    TAMTAP_TRY(auto client, MakeServerClient(url));
    TAMTAP_TRY(const auto credentials, LoadCredentials(settings.CredentialsPath()));
    return central::OpenHttp(std::move(client), credentials ? credentials->secret : std::string());
  }
  TAMTAP_TRY(std::unique_ptr<SchoolStore> store, OpenSchoolStore(settings));
  return store;
}

Result<std::unique_ptr<IdentityStore>> OpenIdentityStore(const Settings& settings) {
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(settings.data));
  return central::OpenSqliteIdentity(JoinPath(settings.data, "server.db"));
}

Result<TerminalParts> MakeTerminalParts(const Settings& settings) {
  TerminalParts parts;
  TAMTAP_TRY(parts.reader, MakeReader(settings.reader, SystemClock()));
  TAMTAP_TRY(parts.camera, MakeCamera(settings.camera));
  if (parts.camera) {
    TAMTAP_TRY(parts.face, LoadFaceCheck());
  }
  std::vector<std::unique_ptr<Panel>> panels;
  const std::vector<std::string> screen = {"screen"};
  for (const std::string& spec : settings.panels.empty() ? screen : settings.panels) {
    TAMTAP_TRY(auto panel, MakePanel(spec, settings.idle_text, Print));
    panels.push_back(std::move(panel));
  }
  parts.panel = CombinePanels(std::move(panels));
  return parts;
}

TerminalOptions MakeTerminalOptions(const Settings& settings) {
  TerminalOptions options;
  options.data_directory = settings.data;
  options.terminal_id = settings.terminal_id.empty() ? DefaultTerminalId() : settings.terminal_id;
  options.timezone = settings.timezone;
  options.photographer.camera_required = settings.camera_required;
  options.photographer.face_time = std::chrono::milliseconds(settings.face_time_ms);
  options.retention = {settings.journal_retention_days, settings.journal_retired == "archive"};
  options.journal_mirror = settings.journal_mirror;
  return options;
}

void StopOrExit(Terminal& terminal) {
  if (terminal.Stop()) return;
  LogInfo("stopped; what is pending is sent at the next start");
  std::_Exit(kDone);
}

std::string WebDirectory(const Settings& settings) {
  if (!settings.web.empty()) return settings.web;
  std::error_code failed;
  const std::filesystem::path beside = ProgramDirectory() / "web";
  return std::filesystem::is_directory(beside, failed) ? beside.string() : kPackagedWeb;
}

}  // namespace tamtap::cli

#include "cli/compose.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

#include "base/battery_clock.h"
#include "base/believed_clock.h"
#include "base/disk_beneath.h"
#include "base/log.h"
#include "base/output.h"
#include "central/stores.h"
#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/credentials_file.h"
#include "sync/deferred_store.h"

namespace tamtap::cli {
namespace {

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::chrono::milliseconds kReadersPatience{2'000};
constexpr std::chrono::milliseconds kLookAtSchool{4'000};
constexpr const char* kPackagedWeb = "/usr/share/tamtap/web";

bool IsHttp(const std::string& url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

std::string CentralUrl(const Settings& settings) {
  if (!settings.central.empty()) return settings.central;
  return std::string(kSqlite) + JoinPath(settings.data, "central.db");
}

bool IsMongo(const std::string& url) {
  return url.starts_with("mongodb://") || url.starts_with("mongodb+srv://");
}

std::string ServerFile(const Settings& settings) { return JoinPath(settings.data, "server.db"); }

// The settings as the server of this data directory has them.
Result<Settings> OfTheServer(const Settings& settings) {
  TAMTAP_TRY(const CentralChoice choice, ChooseCentral(settings, Role::kServer));
  Settings own = settings;
  own.central = choice.central;
  own.mongodb_name = choice.mongodb_name;
  return own;
}

}  // namespace

Clock& MachineClock(const Settings& settings) {
  static BelievedClock clock(
      SystemClock(),
      settings.clock == "rtc" || FindBatteryClock(SystemClock().Now()) != BatteryClock::kNone);
  return clock;
}

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
  TAMTAP_RETURN_IF_ERROR(CheckSchoolStore(settings));
  const std::string url = CentralUrl(settings);
  if (IsMongo(url)) return central::OpenMongoModule({url, settings.mongodb_name});
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(settings.data));
  return central::OpenSqlite(url.substr(kSqlite.size()));
}

Result<> CheckSchoolStore(const Settings& settings) {
  const std::string url = CentralUrl(settings);
  if (IsMongo(url)) return central::CheckMongoModule({url, settings.mongodb_name});
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) return {};
  return Error{ErrorCode::kMisconfigured, fmt::format("central store '{}'", ForPeople(url)), 0,
               "use sqlite:PATH, mongodb://HOST/DB or, for a gate, http(s)://SERVER"};
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

Result<> CheckCentralStore(const Settings& settings) {
  const std::string url = CentralUrl(settings);
  if (!IsHttp(url)) return CheckSchoolStore(settings);
  TAMTAP_TRY(const http::Url parsed, http::Url::Parse(url));
  return {};
}

Result<std::unique_ptr<CentralStore>> OpenCentralStoreLater(const Settings& settings) {
  TAMTAP_RETURN_IF_ERROR(CheckCentralStore(settings));
  return std::unique_ptr<CentralStore>(
      std::make_unique<DeferredStore>([settings] { return OpenCentralStore(settings); }));
}

Result<std::unique_ptr<IdentityStore>> OpenServersIdentity(const Settings& settings) {
  const std::string url = CentralUrl(settings);
  if (IsMongo(url)) return central::OpenMongoIdentityModule({url, settings.mongodb_name});
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(settings.data));
  return central::OpenSqliteIdentity(ServerFile(settings));
}

Result<> TakeOverServerFile(const Settings& settings, SchoolStore& store) {
  const central::MongoOptions database{CentralUrl(settings), settings.mongodb_name};
  if (!IsMongo(database.uri)) return {};
  TAMTAP_TRY(const bool there, PosixDisk().Exists(ServerFile(settings)));
  if (!there) return {};
  TAMTAP_TRY(const StoreIdentity identity, store.Identity());
  TAMTAP_TRY(const bool taken,
             central::TakeOverIdentity(
                 ServerFile(settings), identity.id,
                 [&database](const central::IdentityContent& content, const std::string& file) {
                   return central::TakeIntoMongoModule(database, content, file);
                 }));
  if (taken) {
    LogInfo(
        "the accounts, gates and audit trail of {} are in {} from now on; the file stays as "
        "it was, and nothing reads it while this server's store is that database",
        ServerFile(settings), ForPeople(database.uri));
  }
  return {};
}

Result<std::unique_ptr<IdentityStore>> OpenIdentityStore(const Settings& settings) {
  TAMTAP_TRY(const Settings own, OfTheServer(settings));
  if (IsMongo(CentralUrl(own))) {
    TAMTAP_TRY(const auto store, OpenSchoolStore(own));
    TAMTAP_RETURN_IF_ERROR(TakeOverServerFile(own, *store));
  }
  return OpenServersIdentity(own);
}

Result<bool> HasIdentityStore(const Settings& settings) {
  TAMTAP_TRY(const Settings own, OfTheServer(settings));
  if (IsMongo(CentralUrl(own))) return true;
  return PosixDisk().Exists(ServerFile(settings));
}

Result<TerminalParts> MakeTerminalParts(const Settings& settings) {
  TerminalParts parts;
  for (const std::string& spec : settings.readers) {
    if (std::count(settings.readers.begin(), settings.readers.end(), spec) > 1) {
      return Error{ErrorCode::kMisconfigured, fmt::format("--reader {}", spec), 0,
                   "it is given twice; name each reader once"};
    }
    TAMTAP_TRY(auto reader, MakeReader(spec, SystemClock()));
    parts.readers.push_back(std::move(reader));
  }
  TAMTAP_TRY(parts.camera, MakeCamera(settings.camera, SystemClock()));
  if (parts.camera) parts.face = LoadFaceCheck();
  std::vector<std::unique_ptr<Panel>> panels;
  const std::vector<std::string> screen = {"screen"};
  const std::string idle_text(settings.idle_text.empty() ? kFirstIdleText : settings.idle_text);
  for (const std::string& spec : settings.panels.empty() ? screen : settings.panels) {
    TAMTAP_TRY(auto panel, MakePanel(spec, idle_text, {Print, WriteStandardScreen}));
    panels.push_back(std::move(panel));
  }
  parts.panel = CombinePanels(std::move(panels));
  parts.photo_disk = MakeDiskBeneath(JoinPath(settings.data, "photos"));
  return parts;
}

TerminalOptions MakeTerminalOptions(const Settings& settings) {
  TerminalOptions options;
  options.data_directory = settings.data;
  options.version = TAMTAP_VERSION;
  options.terminal_id = settings.terminal_id.empty() ? DefaultTerminalId() : settings.terminal_id;
  options.timezone = settings.timezone;
  options.photographer.camera_required = settings.camera_required;
  if (settings.face_patience_ms) {
    options.photographer.face_patience = std::chrono::milliseconds(*settings.face_patience_ms);
  }
  options.idle_text = settings.idle_text;
  options.journal_days = settings.journal_retention_days;
  options.retention.days = kFirstJournalDays;
  options.retention.archive = settings.journal_retired == "archive";
  options.journal_mirror = settings.journal_mirror;
  if (!IsHttp(CentralUrl(settings))) {
    // Only gates of a server are told by it that the school changed; these look for themselves.
    options.sync.school_interval = kLookAtSchool;
    options.former_school = SchoolCopy::Former::kOffer;
  }
  return options;
}

void NeverWaitForReaders(const Settings& settings) {
  const auto& panels = settings.panels;
  const bool json = std::find(panels.begin(), panels.end(), "json") != panels.end();
  QueueOutput([json](uint64_t dropped) {
    return json ? fmt::format("{{\"event\":\"dropped\",\"count\":{}}}\n", dropped)
                : fmt::format("({} lines were not shown, as nobody read them)\n", dropped);
  });
}

void LetReadersCatchUp() { FlushOutput(kReadersPatience); }

void StopOrExit(Terminal& terminal) {
  if (terminal.Stop()) return;
  LogInfo("stopped; what is pending is sent at the next start");
  LetReadersCatchUp();
  std::_Exit(kDone);
}

std::string WebDirectory(const Settings& settings) {
  if (!settings.web.empty()) return settings.web;
  const std::filesystem::path beside = ProgramDirectory();
  // In a build, and where `cmake --install` puts them.
  for (const auto& place : {beside / "web", beside.parent_path() / "share" / "tamtap" / "web"}) {
    std::error_code failed;
    if (std::filesystem::is_directory(place, failed)) return place.string();
  }
  return kPackagedWeb;
}

}  // namespace tamtap::cli

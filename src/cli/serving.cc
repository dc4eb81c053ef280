#include "cli/serving.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/descriptor_limit.h"
#include "base/disk.h"
#include "base/log.h"
#include "cli/compose.h"
#include "school/change.h"
#include "tap/school_settings.h"

namespace tamtap::cli {
namespace {

constexpr uint16_t kDefaultPort = 3000;

Result<uint16_t> PortFrom(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return Error{ErrorCode::kMisconfigured, fmt::format("port '{}'", text), 0,
                 "use a number up to 65535; 0 takes any free one"};
  }
  return port;
}

// Reads where to listen. --listen (HOST:PORT, HOST, :PORT or [IPV6]:PORT) wins over the
// environment, and that wins over the defaults, which `options` holds before the call.
Result<> ReadListen(const Settings& settings, http::ServerOptions& options) {
  if (const char* const host = std::getenv("API_SERVER_HOST")) options.host = host;
  if (const char* const port = std::getenv("API_SERVER_PORT")) {
    TAMTAP_TRY(options.port, PortFrom(port));
  }
  std::string_view listen = settings.listen;
  if (listen.empty()) return {};
  const size_t colon = listen.rfind(':');
  const bool has_port = colon != std::string_view::npos && listen.find(']', colon) == listen.npos;
  if (has_port) {
    TAMTAP_TRY(options.port, PortFrom(listen.substr(colon + 1)));
    listen = listen.substr(0, colon);
  }
  if (listen.starts_with('[') && listen.ends_with(']'))
    listen = listen.substr(1, listen.size() - 2);
  if (!listen.empty()) options.host = listen;
  return {};
}

constexpr std::chrono::milliseconds kWipeEvery{60'000};
constexpr std::chrono::milliseconds kAnswerPatience{10'000};

// How many connections may be open. Peers can take all of these, so enough descriptors are left for
// what must never lack one: the journal, the stores, the sync, and files that are being sent.
size_t ConnectionsFor(size_t descriptors) {
  constexpr size_t kReserve = 96;  // a server with its gate has 32 open while nothing happens
  constexpr size_t kFewest = 16;
  const size_t left = descriptors > kReserve ? descriptors - kReserve : 0;
  return std::clamp(left, kFewest, http::ServerOptions().max_connections);
}

// The school's time zone. A master that has none is told this server's: all gates follow it.
Result<TimeZone> AgreeOnZone(const Settings& settings, SchoolStore& store, bool with_gate) {
  TAMTAP_TRY(const TimeZone own, ZoneUntilSaid(settings));
  const auto pulled = store.PullSchool("");
  if (!pulled) {
    // The server comes up all the same, and takes the master's word when it hears it.
    LogWarning("server: {}; until then the time zone is {}", pulled.error().Message(), own.name());
    return own;
  }
  School school;
  if (*pulled) school = (*pulled)->school;
  const std::optional<TimeZone> said = ReadSettings(school.settings).timezone;
  if (said) return with_gate ? *said : SchoolsZone(settings, school);
  const SchoolChange change{SystemRandom().Hex(16),
                            {FactKind::kSetting, std::string(kTimezoneKey)},
                            FieldsOfSetting(own.name()),
                            {0, "the server"}};
  const auto told = store.ChangeSchool({&change, 1});
  if (!told || !told->at(0).empty()) {
    LogWarning("server: the time zone could not be written down: {}",
               told ? told->at(0) : told.error().Message());
    return own;
  }
  LogInfo("server: the school's time zone is {} from now on", own.name());
  return own;
}

}  // namespace

Result<std::unique_ptr<DiskLock>> Serving::Lock(const Settings& settings) {
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(settings.data));
  return PosixDisk().Lock(JoinPath(settings.data, "server.lock"));
}

Result<std::unique_ptr<Serving>> Serving::Start(const Settings& settings,
                                                const std::string& default_host,
                                                bool any_port_will_do, bool with_gate) {
  auto serving = std::make_unique<Serving>();
  TAMTAP_TRY(serving->store_, OpenSchoolStore(settings));
  TAMTAP_TRY(const TimeZone zone, AgreeOnZone(settings, *serving->store_, with_gate));
  TAMTAP_TRY(serving->identity_, OpenIdentityStore(settings));
  ApiOptions api;
  api.web_directory = WebDirectory(settings);
  api.photo_directory = JoinPath(settings.data, "photos");
  api.keep_days = settings.records_keep_days;
  serving->api_ = std::make_unique<ApiServer>(std::move(api), *serving->store_, *serving->identity_,
                                              zone, MachineClock(settings), SystemRandom());
  http::ServerOptions options;
  options.host = default_host;
  options.port = kDefaultPort;
  options.version = TAMTAP_VERSION;
  options.max_connections = ConnectionsFor(RaiseDescriptorLimit());
  options.certificate_file = settings.tls_certificate;
  options.private_key_file = settings.tls_key;
  TAMTAP_RETURN_IF_ERROR(ReadListen(settings, options));
  auto http = http::StartServer(options, *serving->api_);
  if (!http && any_port_will_do && settings.listen.empty()) {
    LogInfo("{}; taking another port", http.error().Message());
    options.port = 0;
    http = http::StartServer(options, *serving->api_);
  }
  if (!http) return http.error();
  serving->http_ = *std::move(http);
  const bool any = options.host == "0.0.0.0" || options.host == "::";
  serving->url_ = fmt::format("{}://{}:{}", options.certificate_file.empty() ? "http" : "https",
                              any ? "127.0.0.1" : options.host, serving->http_->port());
  serving->api_->Start();
  serving->wiping_ =
      std::make_unique<StepThread>("former passwords", [&identity = *serving->identity_] {
        identity.WipeHashes();
        return kWipeEvery;
      });
  if (serving->store_->Kind() == "mongodb") {
    serving->staff_ = std::make_unique<StaffOfDatabase>(settings.central, settings.mongodb_name,
                                                        *serving->identity_);
  }
  return serving;
}

Result<> Serving::Check(const Settings& settings) {
  if (const auto zone = ZoneUntilSaid(settings); !zone) return zone.error();
  TAMTAP_RETURN_IF_ERROR(CheckSchoolStore(settings));
  http::ServerOptions options;
  return ReadListen(settings, options);
}

Serving::~Serving() { Stop(); }

bool Serving::Answers() { return http_->Answers(kAnswerPatience); }

void Serving::Stop() {
  if (api_) api_->Stop();
  if (http_) http_->Stop();
  wiping_.reset();
  staff_.reset();
}

}  // namespace tamtap::cli

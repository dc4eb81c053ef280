#include "cli/serving.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/descriptor_limit.h"
#include "base/disk.h"
#include "base/log.h"
#include "cli/compose.h"
#include "cli/listening.h"
#include "journal/journal_reader.h"
#include "school/change.h"
#include "server/credentials.h"
#include "tap/photo_name.h"
#include "tap/school_settings.h"

namespace tamtap::cli {
namespace {

constexpr uint16_t kDefaultPort = 3000;

constexpr std::chrono::milliseconds kWipeEvery{60'000};
constexpr std::chrono::milliseconds kTakeOverAgain{5'000};
constexpr std::chrono::milliseconds kNothingToDo{3'600'000};
constexpr std::chrono::milliseconds kAnswerPatience{10'000};
constexpr std::chrono::milliseconds kDrainPatience{2'500};  // of five seconds for the whole stop
constexpr size_t kMostRedirected = 64;

// How many connections may be open. Peers can take all of these, so enough descriptors are left for
// what must never lack one: the journal, the stores, the sync, and files that are being sent.
size_t ConnectionsFor(size_t descriptors) {
  constexpr size_t kReserve = 96;  // a server with its gate has 32 open while nothing happens
  constexpr size_t kFewest = 16;
  const size_t left = descriptors > kReserve ? descriptors - kReserve : 0;
  return std::clamp(left, kFewest, http::ServerOptions().max_connections);
}

// The days of taps in the journal beside this server, if there is one, that the store does not have
// or has refused. A gate may run in this very process, or have run here before.
Result<std::set<std::string>> DaysThatWait(const std::string& directory) {
  std::set<std::string> days;
  TAMTAP_TRY(const bool there, PosixDisk().Exists(directory));
  if (!there) return days;
  TAMTAP_TRY(const auto state, journal::ReadWholeJournal(PosixDisk(), SystemClock(), directory));
  const auto add_days = [&days](const journal::TapVisit& visit) -> Result<> {
    if (visit.state == journal::TapState::kConfirmed) return {};
    const Record& record = visit.line.record;
    days.insert(record.day);
    // A clock that was wrong may have put the photo under another day.
    if (const auto origin = OriginOfPhoto(record.photo)) days.insert(origin->day);
    return {};
  };
  TAMTAP_RETURN_IF_ERROR(journal::ForEachTap(PosixDisk(), directory, state, add_days));
  return days;
}

// The school's time zone. A master that has none is told this server's: all gates follow it.
Result<TimeZone> AgreeOnZone(const Settings& settings, SchoolStore& store, bool beside_gate) {
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
  if (said) return beside_gate ? *said : SchoolsZone(settings, school);
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

Result<ApiOptions> ApiOptionsOf(const Settings& settings, const DoorOptions& door) {
  ApiOptions api;
  api.public_url = door.public_urls.first();
  api.authenticator = {.allowed_origins = door.public_urls.Origins(),
                       .believe_loopback = !HasProxy(settings),
                       .watcher = settings.metrics_token.empty()
                                      ? std::string()
                                      : HashSecret(settings.metrics_token)};
  api.web_directory = WebDirectory(settings);
  api.photo_directory = JoinPath(settings.data, "photos");
  api.keep_days = settings.records_keep_days;
  api.waiting_days = [directory = settings.JournalDirectory()] { return DaysThatWait(directory); };
  TAMTAP_TRY(api.words, ReadWords(settings.words));
  return api;
}

}  // namespace

Result<std::unique_ptr<DiskLock>> Serving::Lock(const Settings& settings) {
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(settings.data));
  return PosixDisk().Lock(JoinPath(settings.data, "server.lock"));
}

Result<std::unique_ptr<Serving>> Serving::Start(const Settings& settings, bool beside_gate) {
  auto serving = std::make_unique<Serving>();
  TAMTAP_TRY(serving->store_, OpenSchoolStore(settings));
  TAMTAP_TRY(const TimeZone zone, AgreeOnZone(settings, *serving->store_, beside_gate));
  TAMTAP_TRY(serving->identity_, OpenServersIdentity(settings));
  serving->TakeOverFile(settings);
  TAMTAP_TRY(DoorOptions door, ReadDoor(settings));
  serving->public_url_ = door.public_urls.first();
  const std::string secure_url = door.public_urls.FirstSecure();
  TAMTAP_TRY(ApiOptions api, ApiOptionsOf(settings, door));
  serving->api_ = std::make_unique<ApiServer>(std::move(api), *serving->store_, *serving->identity_,
                                              zone, MachineClock(settings), SystemRandom());
  TAMTAP_RETURN_IF_ERROR(
      serving->Listen(settings, std::move(door), /*is_demo=*/beside_gate && settings.demo));
  TAMTAP_RETURN_IF_ERROR(serving->StartRedirect(settings, secure_url));
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

Result<> Serving::Listen(const Settings& settings, DoorOptions door, bool is_demo) {
  http::ServerOptions options;
  options.host = is_demo ? "127.0.0.1" : "0.0.0.0";
  options.port = kDefaultPort;
  options.version = TAMTAP_VERSION;
  options.max_connections = ConnectionsFor(RaiseDescriptorLimit());
  options.certificate_file = settings.tls_certificate;
  options.private_key_file = settings.tls_key;
  options.trusted_proxies = door.trusted_proxies;
  TAMTAP_RETURN_IF_ERROR(ReadListen(settings, options));
  door_ = std::make_unique<FrontDoor>(std::move(door), *api_, SystemRandom());
  auto http = http::StartServer(options, *door_);
  if (!http && is_demo && settings.listen.empty()) {
    LogInfo("{}; taking another port", http.error().Message());
    options.port = 0;
    http = http::StartServer(options, *door_);
  }
  if (!http) return http.error();
  http_ = *std::move(http);
  url_ = LocalUrl(options, http_->port());
  return {};
}

// A database that does not answer keeps no server from coming up.
void Serving::TakeOverFile(const Settings& settings) {
  const auto taken = TakeOverServerFile(settings, *store_);
  if (taken) return;
  LogWarning("server: {}; it is tried again", taken.error().Message());
  taking_over_ =
      std::make_unique<StepThread>("server.db", [this, settings, done = false]() mutable {
        done = done || TakeOverServerFile(settings, *store_).has_value();
        return done ? kNothingToDo : kTakeOverAgain;
      });
}

Result<> Serving::Check(const Settings& settings) {
  if (const auto zone = ZoneUntilSaid(settings); !zone) return zone.error();
  TAMTAP_RETURN_IF_ERROR(CheckSchoolStore(settings));
  http::ServerOptions options;
  TAMTAP_RETURN_IF_ERROR(ReadListen(settings, options));
  TAMTAP_RETURN_IF_ERROR(ReadRedirectListen(settings, options));
  if (const auto door = ReadDoor(settings); !door) return door.error();
  if (const auto words = ReadWords(settings.words); !words) return words.error();
  return {};
}

Result<> Serving::StartRedirect(const Settings& settings, const std::string& secure_url) {
  if (settings.redirect_listen.empty()) return {};
  if (settings.tls_certificate.empty() && secure_url.empty()) {
    return Error{ErrorCode::kMisconfigured, "redirect to https", 0,
                 "name --tls-certificate and --tls-key, or a --public-url that begins with "
                 "https://"};
  }
  http::ServerOptions options;
  options.version = TAMTAP_VERSION;
  options.worker_threads = 1;
  options.most_worker_threads = 1;
  options.max_connections = kMostRedirected;
  TAMTAP_RETURN_IF_ERROR(ReadRedirectListen(settings, options));
  redirect_ = std::make_unique<HttpsRedirect>(secure_url, http_->port());
  TAMTAP_TRY(redirecting_, http::StartServer(options, *redirect_));
  return {};
}

Serving::~Serving() { Stop(); }

bool Serving::Answers() { return http_->Answers(kAnswerPatience); }

// Requests under way are answered first, by an API that has all its parts.
void Serving::Stop() {
  if (redirecting_) redirecting_->Stop();
  if (api_) api_->BeginStop();
  if (http_) http_->Drain(kDrainPatience);
  if (api_) api_->Stop();
  if (http_) http_->Stop();
  taking_over_.reset();
  wiping_.reset();
  staff_.reset();
}

}  // namespace tamtap::cli

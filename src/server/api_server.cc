#include "server/api_server.h"

#include "base/disk_beneath.h"
#include "base/log.h"
#include "http/our_server.h"
#include "picture/clean_photo.h"
#include "server/body_shapes.h"
#include "server/credentials.h"
#include "server/json_response.h"
#include "server/list_page.h"
#include "server/openapi.h"
#include "server/static_files.h"

namespace tamtap {
namespace {

constexpr std::string_view kSocketPath = "/socket.io/";
constexpr std::string_view kSignInPath = "/api/auth/login";
constexpr std::string_view kFirstAdminPath = "/api/auth/first-admin";
// The longest bodies of known callers. That of a stranger is the default of http::Admission.
constexpr size_t kMaxAccountBody = 1 << 20;
constexpr size_t kMaxAdminBody = 8 << 20;  // a school's list as a file
constexpr size_t kMaxTerminalBody = 8 << 20;

// Whether the request asks about many days, or changes many.
bool MayTakeLong(const http::Request& request) {
  const std::string path = request.Path();
  for (const std::string_view long_one :
       {"/api/attendance/range/", "/api/attendance/student/", "/api/attendance/unsure",
        "/api/stats/daily", "/api/export/", "/api/reports/"}) {
    if (path.starts_with(long_one)) return true;
  }
  return (path.starts_with("/api/terminals/") && path.ends_with("/void")) ||
         path.starts_with("/api/admin/people/") || path == "/api/admin/students/bulk" ||
         path == "/api/schedules/import";
}

// Whether a password is checked or set by it, which takes as much as a sign-in does.
bool HashesPassword(const http::Request& request) {
  if (request.method != "POST") return false;
  const std::string path = request.Path();
  return path == "/api/auth/change-password" || path == "/api/admin/teachers" ||
         (path.starts_with("/api/admin/teachers/") && path.ends_with("/reset-password"));
}

std::string BodyComplaint(const http::Request& request) {
  static const BodyShapes shapes(OpenApiDocument());
  const std::string_view target = request.target;
  return shapes.Complaint(request.method, target.substr(0, target.find('?')), request.body);
}

// Beside the photos: what the server has room for lies on that disk.
std::string ExportDirectory(const std::string& photos) {
  return photos.empty() ? std::string() : JoinPath(ParentDirectory(photos), "exports");
}

// Not 401, which would sign a page out and tell a gate that its secret is worth nothing.
http::Response WhoIsUnknown() {
  http::Response response =
      JsonError(503, "this server does not reach its store, so it can't tell who asks; try again");
  response.headers.emplace_back("Retry-After", "2");
  return response;
}

http::Response PasswordIsDue() {
  return JsonProblem(403, "set a password of your own first",
                     boost::json::object{{"forcePasswordChange", true}});
}

bool IsChange(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

bool IsApi(std::string_view path) {
  return path.starts_with("/api/") || path == "/api" || path == "/metrics" ||
         path.starts_with("/photos/");
}

// What somebody may ask whose password somebody else has set, until they have set another.
bool MayAskBeforeChange(std::string_view path) {
  return path == "/api/auth/me" || path == "/api/auth/logout" ||
         path == "/api/auth/change-password" || !IsApi(path);
}

// Whether the caller must set a password of their own before they may ask for that path.
bool OwesPassword(const Caller& caller, std::string_view path) {
  return caller.account && caller.account->must_change_password && !MayAskBeforeChange(path);
}

}  // namespace

ApiServer::ApiServer(ApiOptions options, SchoolStore& store, IdentityStore& identity, TimeZone zone,
                     Clock& clock, Random& random)
    : options_(std::move(options)),
      store_(store),
      identity_(identity),
      zone_(zone),
      clock_(clock),
      random_(random),
      authenticator_(identity, clock, random, options_.authenticator),
      first_admin_(identity, clock, random),
      school_(store, clock, [this](const School& school) { return LearnSchool(school); }),
      office_(store, school_, identity.Trust(), clock, random),
      slices_(store, clock),
      static_files_(options_.web_directory),
      stranger_limits_(clock),
      photo_disk_(MakeDiskBeneath(options_.photo_directory)),
      photos_(*photo_disk_, options_.photo_directory, CleanJpeg),
      exports_(ExportDirectory(options_.photo_directory), random),
      terminals_(identity, clock),
      feed_(store, terminals_, authenticator_, zone_, clock, random),
      news_(identity.Shared(), feed_, zone_, clock, random),
      photo_reads_(store, identity.Trust(), clock, zone_),
      retention_({store, identity.Trust(), *photo_disk_, options_.photo_directory, clock, zone_,
                  [this]() -> Result<SchoolSettings> {
                    TAMTAP_TRY(const auto school, school_.Current());
                    return school.roster->settings();
                  },
                  options_.waiting_days}) {
  AddSignInRoutes();
  AddTerminalRoutes();
  AddHardwareRoutes();
  AddTrustRoutes();
  AddStaffRoutes();
  AddLiveRoutes();
  AddMarkRoutes();
  AddNotificationRoutes();
  AddExportRoutes();
  AddReportRoutes();
  AddSearchRoutes();
  AddGateRoutes();
  AddStaffAccountRoutes();
  AddAttendanceRoutes();
  AddRefusalRoutes();
  AddPeopleRoutes();
  AddScheduleRoutes();
  AddCalendarRoutes();
  AddSettingRoutes();
  AddStatsRoutes();
  AddStateRoutes();
  AddHealthRoutes();
  AddPhotoRoutes();
  AddPrivacyRoutes();
  AddGuardianRoutes();
  AddWordsRoutes();
  MakeWords();
}

void ApiServer::Start() {
  // What the school's day is decides what the feed reads first. A store that is away says it later.
  if (const auto school = school_.Current(); !school) {
    LogWarning("server: {}", school.error().Message());
  }
  feed_.Start();
  news_.Start();
  retention_thread_ = std::make_unique<StepThread>("retention", [this] {
    if (const auto tidy = photos_.RemoveAbandoned(clock_.MonotonicNow()); !tidy) {
      LogWarning("server: {}", tidy.error().Message());
    }
    return retention_.Step();
  });
  if (words_) words_->Start();
}

bool ApiServer::LearnSchool(const School& school) {
  const SchoolSettings settings = ReadSettings(school.settings);
  zone_.Follow(settings.timezone);
  feed_.FollowRule(settings.departures);
  // Whoever is of the school now is of it for good, as far as gates are concerned: one that was
  // offline brings the taps of people who have left since.
  std::vector<KnownCard> cards;
  cards.reserve(school.people.size());
  for (const Person& person : school.people) {
    // By the UID and by the spelling, since a reader may not have said the UID.
    if (!person.card.empty()) cards.push_back({person.person, person.card.text()});
    if (!person.nfc_id.empty()) cards.push_back({person.person, person.nfc_id});
    for (const CardId& card : person.replaced_cards) {
      cards.push_back({person.person, card.text()});
    }
  }
  const auto kept = identity_.Trust().RememberCards(cards);
  if (!kept) LogWarning("server: {}", kept.error().Message());
  return kept.has_value();
}

http::Admission ApiServer::OnHead(const http::Request& head) {
  http::Admission admission;
  const std::string path = head.Path();
  if (path.starts_with(kSocketPath)) {
    // A page that was admitted by a token has no cookie, but its later requests name its socket.
    admission.known = feed_.sockets().Knows(head) ||
                      authenticator_.AccountOf(head.Cookie(kSessionCookie)).has_value();
    if (admission.known) admission.max_body_bytes = kMaxAccountBody;
    return admission;
  }
  const Caller caller = authenticator_.Identify(head);
  admission.known = caller.account || caller.terminal;
  if (caller.account) admission.max_body_bytes = kMaxAccountBody;
  if (caller.IsAdmin()) admission.max_body_bytes = kMaxAdminBody;
  if (caller.terminal) admission.max_body_bytes = kMaxTerminalBody;
  admission.refusal = Refuse(head, caller);
  if (admission.refusal) {
    AddSecurityHeaders(head, *admission.refusal);
    metrics_.CountRequest(admission.refusal->status);
  }
  return admission;
}

std::optional<http::Response> ApiServer::RefuseOtherSites(const http::Request& head,
                                                          const Caller& caller) {
  // A terminal proves itself with a secret that no page can make a browser send along.
  if (!IsChange(head.method) || caller.terminal || authenticator_.FromOurPages(head)) {
    return std::nullopt;
  }
  return JsonError(403, "this page may not change anything here");
}

std::optional<http::Response> ApiServer::Refuse(const http::Request& head, const Caller& caller) {
  const std::string path = head.Path();
  if (!path.starts_with('/')) return JsonError(400, "a path starts with '/'");
  if (!IsApi(path)) return std::nullopt;
  if (auto refusal = RefuseOtherSites(head, caller)) return refusal;
  if (auto refusal = router_.Refuse(head, caller)) return caller.unsure ? WhoIsUnknown() : refusal;
  if (OwesPassword(caller, path)) return PasswordIsDue();
  if (!IsChange(head.method) || caller.account || caller.terminal) return std::nullopt;
  // Neighbours behind the same address must not use up the attempts of somebody who has signed in
  // before: their device has counters of its own.
  if (path == kSignInPath && authenticator_.KnowsDevice(head.Cookie(kDeviceCookie))) {
    return std::nullopt;
  }
  const auto wait = stranger_limits_.Count(http::ClientOf(head));
  if (wait <= wait.zero()) return std::nullopt;
  http::Response response = JsonError(429, "too many attempts; wait a little");
  response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  return response;
}

void ApiServer::OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) {
  if (request.Path().starts_with(kSocketPath)) {
    if (!authenticator_.FromOurPages(request)) {
      return responder->Send(JsonError(403, "this page may not listen here"));
    }
    return feed_.sockets().OnRequest(std::move(request), std::move(responder));
  }
  if (request.method == "POST" &&
      (request.Path() == kSignInPath || request.Path() == kFirstAdminPath)) {
    // A flood of attempts by strangers must not keep people waiting who have signed in before.
    const std::string device = request.Cookie(kDeviceCookie);
    const bool known = authenticator_.KnowsDevice(device);
    const std::string from = known ? HashSecret(device) : http::ClientOf(request).key;
    return RespondIn(sign_ins_, from, known, std::move(request), responder);
  }
  const bool hashes = HashesPassword(request);
  if (hashes || MayTakeLong(request)) {
    const std::string session = request.Cookie(kSessionCookie);
    // A stranger is refused at once, below, and takes no place in the line.
    if (!session.empty() && authenticator_.AccountOf(session)) {
      return RespondIn(hashes ? sign_ins_ : questions_, HashSecret(session), hashes,
                       std::move(request), responder);
    }
  }
  Respond(request, *responder);
}

void ApiServer::Respond(const http::Request& request, http::Responder& responder) {
  http::Response response = AnswerAlone(request);
  metrics_.CountRequest(response.status);
  responder.Send(std::move(response));
  feed_.Tell();
}

void ApiServer::RespondIn(WorkLane& lane, std::string_view from, bool first, http::Request request,
                          const std::shared_ptr<http::Responder>& responder) {
  const auto shared = std::make_shared<const http::Request>(std::move(request));
  if (lane.Offer(from, first, [this, shared, responder] { Respond(*shared, *responder); })) return;
  metrics_.CountRequest(503);
  http::Response busy = JsonError(503, "too many ask for this at once; try again soon");
  busy.headers.emplace_back("Retry-After", "2");
  responder->Send(std::move(busy));
}

std::shared_ptr<http::WebSocketHandler> ApiServer::OnUpgrade(const http::Request& request,
                                                             http::Response& refusal) {
  if (!request.Path().starts_with(kSocketPath)) {
    refusal = JsonError(404, "there is no socket of that name");
    return nullptr;
  }
  if (!authenticator_.FromOurPages(request)) {
    refusal = JsonError(403, "this page may not listen here");
    return nullptr;
  }
  return feed_.sockets().OnUpgrade(request, refusal);
}

http::Response ApiServer::Answer(const http::Request& request) {
  http::Response response = AnswerAlone(request);
  feed_.Tell();
  return response;
}

http::Response ApiServer::AnswerAlone(const http::Request& request) {
  http::Response response = AnswerCaller(request);
  AddSecurityHeaders(request, response);
  return response;
}

// The caller is identified once more, although OnHead did it: a session may have ended between the
// head and the end of the body.
http::Response ApiServer::AnswerCaller(const http::Request& request) {
  const std::string path = request.Path();
  if (!path.starts_with('/')) return JsonError(400, "a path starts with '/'");
  if (!IsApi(path)) return static_files_.Serve(request);
  Caller caller = authenticator_.Identify(request);
  if (auto refusal = RefuseOtherSites(request, caller)) return *std::move(refusal);
  if (caller.unsure && router_.Refuse(request, caller)) return WhoIsUnknown();
  const bool to_terminal = caller.terminal.has_value();
  const bool to_account = caller.account.has_value();
  if (OwesPassword(caller, path) && !router_.Refuse(request, caller)) return PasswordIsDue();
  if (to_account && !request.body.empty() && !router_.Refuse(request, caller)) {
    if (std::string complaint = BodyComplaint(request); !complaint.empty()) {
      return JsonError(400, complaint);
    }
  }
  http::Response response = router_.Answer(request, std::move(caller));
  if (to_account) AddEntityTag(request, response);
  if (to_terminal) {
    response.headers.emplace_back(http::kClockHeader,
                                  clock_.Synchronised() ? http::kClockVouched : "unsure");
    response.headers.emplace_back(http::kTimeHeader,
                                  std::to_string(clock_.Now().time_since_epoch().count()));
  }
  return response;
}

void ApiServer::NoteAct(const Call& call, const std::string& what, const std::string& whom,
                        const std::string& detail) {
  NoteAct(call.caller.account->username, what, whom, detail);
}

void ApiServer::NoteAct(const std::string& who, const std::string& what, const std::string& whom,
                        const std::string& detail) {
  const auto kept = identity_.Trust().AddAudit({clock_.Now(), who, what, whom, detail});
  if (!kept) LogWarning("server: {}", kept.error().Message());
}

std::string ApiServer::Today() { return zone_.ToLocal(clock_.Now()).day; }

}  // namespace tamtap

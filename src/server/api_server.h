// ApiServer: gives requests their meaning. It joins the API, the live feed and the web pages, and
// is the handler that http::StartServer calls. docs/architecture.md ("Reading the server") follows
// a request through it.
//
// Each subject adds its routes and has its handlers in a file of its own (api_people.cc,
// api_terminals.cc and so on). Below, the methods of the class stand under the name of their file.
//
// Thread-safe: the workers of the HTTP server call it at the same time.
#pragma once

#include <atomic>
#include <boost/json/fwd.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/step_thread.h"
#include "http/server.h"
#include "messages/words_service.h"
#include "server/authenticator.h"
#include "server/export_file.h"
#include "server/first_admin.h"
#include "server/last_admin.h"
#include "server/live_feed.h"
#include "server/metrics.h"
#include "server/photo_inbox.h"
#include "server/photo_reads.h"
#include "server/record_judge.h"
#include "server/requeue_requests.h"
#include "server/retention.h"
#include "server/router.h"
#include "server/school_cache.h"
#include "server/school_office.h"
#include "server/school_slices.h"
#include "server/school_store.h"
#include "server/server_news.h"
#include "server/static_files.h"
#include "server/stranger_limits.h"
#include "server/work_lane.h"
#include "tap/mark.h"
#include "tap/school_time.h"

namespace tamtap {

struct ApiOptions {
  std::string web_directory;
  std::string photo_directory;
  Authenticator::Options authenticator{};
  std::string public_url{};  // where gates and people reach the server; empty: not known
  // Records of gates are taken if they are at most so many days old; 0: of any age. The school's
  // setting holds too.
  int keep_days = 0;
  // As Retention::Parts::waiting_days.
  std::function<Result<std::set<std::string>>()> waiting_days = nullptr;
  WordsOptions words{};  // how guardians and staff are told; empty: they are not told
};

class ApiServer final : public http::Handler {
 public:
  // Everything that is passed by reference must outlive the server. `zone` holds until the school's
  // master says what the school's time zone is. Start() starts the live feed.
  ApiServer(ApiOptions options, SchoolStore& store, IdentityStore& identity, TimeZone zone,
            Clock& clock, Random& random);

  void Start();
  // The server is about to stop: /api/health/ready says so from now on, and the live feed sends its
  // pages elsewhere. All else is answered as before.
  void BeginStop();
  // Call it before the http::Server is destroyed.
  void Stop() {
    retention_thread_.reset();
    if (words_) words_->Stop();
    sign_ins_.Stop();
    questions_.Stop();
    news_.Stop();
    feed_.Stop();
    terminals_.Save();
  }

  // http::Handler
  http::Admission OnHead(const http::Request& head) override;
  void OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) override;
  std::shared_ptr<http::WebSocketHandler> OnUpgrade(const http::Request& request,
                                                    http::Response& refusal) override;

  // Answers any request that is not one of the live feed, and tells open pages what it brought. It
  // needs no socket.
  http::Response Answer(const http::Request& request);

  // A sync in this process has stored these records: open pages are told at once.
  void NoteStored(std::span<const Record> records) {
    news_.Arrived(records);
    feed_.Tell();
  }

  // The path of a page on which the first administrator is made, by whoever is told it; empty:
  // there is one.
  Result<std::string> OfferFirstAdmin();

  const Router& router() const { return router_; }
  LiveFeed& feed() { return feed_; }

 private:
  // The way of a request (api_server.cc).
  void Respond(const http::Request& request, http::Responder& responder);
  // Answers the request on the thread of `lane`, or with 503 if the lane is full.
  void RespondIn(WorkLane& lane, std::string_view from, bool first, http::Request request,
                 const std::shared_ptr<http::Responder>& responder);
  // What these two have to tell open pages, their caller tells after the answer was sent.
  http::Response AnswerAlone(const http::Request& request);
  http::Response AnswerCaller(const http::Request& request);
  // Returns the refusal if a page of another site makes a browser change something here.
  std::optional<http::Response> RefuseOtherSites(const http::Request& head, const Caller& caller);
  // Returns the refusal if the head and the caller show that the request may not be made.
  std::optional<http::Response> Refuse(const http::Request& head, const Caller& caller);
  // Called with the school whenever it was read anew. Returns false if it must be called again,
  // because the store could not be told of the cards.
  bool LearnSchool(const School& school);

  // What the handlers of several subjects use (api_server.cc, api_changes.cc).
  RecordJudge Judge() {
    return {store_, school_, identity_.Trust(), zone_.Current(), clock_, options_.keep_days};
  }
  // Makes of the school what `change` makes of it, as the caller's word. Returns what to answer if
  // that was refused; an error of `change` is a conflict with what the school is. `seen` makes what
  // a GET answers now: If-Match is held against it where nobody else can change it any more.
  std::optional<http::Response> ChangeSchool(
      const Call& call, const std::function<Result<>(School&)>& change,
      const std::function<http::Response(const School&)>& seen = nullptr);
  // Writes into the audit trail what the caller did or, in the second form, what was done by
  // somebody who is not the caller yet. A failure is logged: the act itself is done.
  void NoteAct(const Call& call, const std::string& what, const std::string& whom,
               const std::string& detail);
  void NoteAct(const std::string& who, const std::string& what, const std::string& whom,
               const std::string& detail);
  std::string Today();  // "YYYY-MM-DD", the school's day

  // api_attendance.cc
  void AddAttendanceRoutes();
  // Answers with the attendance of these days, in those of the asked sections that the caller may
  // see.
  http::Response AttendanceOf(const Call& call, const std::string& first, const std::string& last,
                              bool range);
  struct Period {
    std::string first;  // "YYYY-MM-DD"; both days are included
    std::string last;
  };
  // The days from `from` to `to` in the query; without them, the last 31 days.
  Result<Period> AskedPeriod(const Call& call);
  // Answers what `handle` returns for the student with that card; 404 if the caller may not see
  // them.
  using StudentHandler = std::function<http::Response(const Person&, const Roster&)>;
  http::Response WithStudent(const Call& call, std::string_view card, const StudentHandler& handle);
  // Answers with the student's attendance in the asked period.
  http::Response DaysOf(const Call& call, const Person& person, const Roster& roster);

  // api_calendar.cc
  void AddCalendarRoutes();
  http::Response DayStatus(const Call& call);
  http::Response DaysOfRange(const Call& call);
  http::Response CalendarEntries(const Call& call, CalendarKind kind, const char* name);
  http::Response PutCalendarEntry(const Call& call, CalendarKind kind);
  http::Response RemoveCalendarEntry(const Call& call, CalendarKind kind);

  // api_exports.cc
  void AddExportRoutes();
  http::Response Export(const Call& call, ExportFormat format, const std::string& name,
                        const std::function<Result<>(ReportSink&)>& write);
  http::Response ExportAttendance(const Call& call, ExportFormat format);
  http::Response ExportStudent(const Call& call, ExportFormat format);
  http::Response ExportRegister(const Call& call, ExportFormat format);

  // api_gates.cc
  void AddGateRoutes();
  std::string AddressFor(const http::Request& request) const;
  http::Response AddGate(const Call& call);
  http::Response RenameGate(const Call& call);
  http::Response RevokeGate(const Call& call);

  // api_guardians.cc
  void AddGuardianRoutes();
  // Answers what `handle` returns for the person whom the path names; 404 or 403 if the caller may
  // not see their guardians.
  http::Response WithWard(const Call& call, const StudentHandler& handle);
  http::Response GuardiansOf(const Call& call);
  http::Response PutGuardiansOf(const Call& call);

  // api_health.cc
  void AddHealthRoutes();
  http::Response Ready();

  // api_live.cc
  void AddLiveRoutes();
  http::Response MissedEvents(const Call& call);

  // api_marks.cc
  void AddMarkRoutes();
  http::Response MarkDay(const Call& call);
  Result<MarkWords> MarkWordsOf(const Call& call, const boost::json::object& body);
  // Makes the words say on time or late, by the hours of the person's section.
  static void JudgeTime(const Person& person, const Roster& roster, const std::string& day,
                        MarkWords& words);
  http::Response MarkSeveral(const Call& call, const std::string& day,
                             const boost::json::object& body, const MarkWords& words);
  http::Response StoreMarks(const Call& call, const std::string& day,
                            const std::vector<Record>& marks, boost::json::array skipped);
  http::Response UndoMark(const Call& call);
  http::Response StoreMark(const Call& call, const Record& mark);
  void ReplaceOtherMarks(const Record& mark, const std::string& by);

  // api_notifications.cc
  void AddNotificationRoutes();
  // Students whom the caller may see and of whom nothing is known on that day, by section.
  Result<std::map<std::string, std::vector<const Person*>>> PendingOf(const Call& call,
                                                                      const Roster& roster,
                                                                      const std::string& day);
  http::Response Pending(const Call& call, bool count_alone);
  http::Response MarkByNotice(const Call& call, Status status);
  http::Response MarkPendingAbsent(const Call& call);

  // api_people.cc
  void AddPeopleRoutes();
  http::Response PersonOf(const Call& call, Role role);
  http::Response AddPerson(const Call& call, Role role);
  http::Response EditPerson(const Call& call, Role role);
  http::Response AddPeople(const Call& call);
  http::Response ImportPeople(const Call& call);
  // `change` is given the place of the person whom the path names.
  http::Response ChangePerson(const Call& call, Role role,
                              const std::function<Result<>(size_t, School&)>& change);

  // api_photos.cc
  void AddPhotoRoutes();
  http::Response Photo(const Call& call);
  Result<IncomingPhoto> PhotoFrom(const Call& call);
  bool IsOfSomebodyErased(const IncomingPhoto& photo);

  // api_privacy.cc
  void AddPrivacyRoutes();
  // Answers what `do_it` returns for the person whom the path names, also if they have left.
  http::Response WithPerson(const Call& call,
                            const std::function<http::Response(const KnownPerson&)>& do_it);
  http::Response ExportPerson(const Call& call);
  http::Response ErasePersonNow(const Call& call);
  http::Response PrivacyNotice(const Call& call);

  // api_refusals.cc
  void AddRefusalRoutes();
  http::Response KeepRefusals(const Call& call);
  http::Response ListRefusals(const Call& call);
  // The stored ones, and those that gates have told of and not brought yet, each once, as the
  // caller may see them. The newest first, at most `query.limit`.
  Result<boost::json::array> FindRefusals(const RefusalQuery& query, const Caller& caller);
  // Whether whoever had that card was erased: their name is not shown, wherever it still stands.
  bool IsForgotten(std::string_view card);
  // Somebody holds a new card to a gate, and an administrator registers it without typing its
  // number.
  http::Response UnknownCards(const Call& call);

  // api_reports.cc
  void AddReportRoutes();
  http::Response ReportFigures(const Call& call);

  // api_schedules.cc
  void AddScheduleRoutes();
  http::Response ScheduleOf(const Call& call);
  http::Response HoursOfToday(const Call& call);
  http::Response PutScheduleOf(const Call& call, std::string section, bool is_new);
  http::Response RemoveSchedule(const Call& call);
  http::Response ImportSchedules(const Call& call);
  http::Response Sections(const Call& call);
  http::Response RenameSection(const Call& call);

  // api_school.cc
  http::Response SendSchool(const Call& call);
  http::Response TakeSchoolChanges(const Call& call);

  // api_search.cc
  void AddSearchRoutes();
  http::Response Search(const Call& call);

  // api_settings.cc
  void AddSettingRoutes();
  http::Response PutSetting(const Call& call, const std::string& key, const std::string& text);

  // api_sign_in.cc
  void AddSignInRoutes();
  http::Response SignIn(const Call& call);
  http::Response EnrollTerminal(const Call& call);
  static void AddSessionCookie(std::string_view session_id, http::Response& response);

  // api_staff.cc
  void AddStaffRoutes();
  http::Response UnsureAttendance(const Call& call);
  http::Response AcceptTime(const Call& call);

  // api_staff_accounts.cc
  void AddStaffAccountRoutes();
  http::Response MakeFirstAdmin(const Call& call);
  http::Response ChangeOwnPassword(const Call& call);
  http::Response OwnSessions(const Call& call);
  http::Response EndSession(const Call& call);
  http::Response StaffAccounts(const Call& call);
  http::Response AddStaffAccount(const Call& call);
  http::Response EditStaffAccount(const Call& call);
  http::Response RemoveStaffAccount(const Call& call);
  http::Response ResetPassword(const Call& call);
  http::Response WithAccount(const Call& call,
                             const std::function<http::Response(const Account&)>& handle);
  std::optional<http::Response> ChangeAccount(const Account& account, bool stays,
                                              const std::function<Result<>()>& change);

  // api_stats.cc
  void AddStatsRoutes();
  void AddStateRoutes();
  http::Response Summary(const Call& call);
  http::Response Overview(const Call& call);

  // api_terminals.cc
  void AddTerminalRoutes();
  void AddHardwareRoutes();
  http::Response StoreRecords(const Call& call);
  // Whether `terminal` may bring taps that were recorded under another `name`; the error says why
  // not.
  Result<> MayBringTapsOf(const std::string& name, const std::string& terminal);
  http::Response Arrivals(const Call& call);
  http::Response Greet(const Call& call);
  http::Response LackingTaps(const Call& call);
  http::Response StoreWentBack(const Call& call) EXCLUDES(epoch_mutex_);
  http::Response TakeHardwareAttendance(const Call& call);
  http::Response TakeHardwareFail(const Call& call);
  http::Response TakeHardwareStatus(const Call& call);

  // api_trust.cc
  void AddTrustRoutes();
  http::Response VoidTerminal(const Call& call);
  http::Response AuditTrail(const Call& call);
  http::Response Quarantine(const Call& call);
  http::Response ContestedCards(const Call& call);
  http::Response RequeueTaps(const Call& call);

  // api_words.cc
  void AddWordsRoutes();
  http::Response WordsState(const Call& call);
  void MakeWords();

  const ApiOptions options_;
  std::atomic<bool> stopping_{false};
  SchoolStore& store_;
  IdentityStore& identity_;
  SchoolZone zone_;  // follows what the school says
  Clock& clock_;
  Random& random_;
  Authenticator authenticator_;
  FirstAdmin first_admin_;
  SchoolCache school_;
  SchoolOffice office_;
  SchoolSlices slices_;
  StaticFiles static_files_;
  StrangerLimits stranger_limits_;
  const std::unique_ptr<Disk> photo_disk_;  // of options_.photo_directory
  PhotoInbox photos_;
  Exports exports_;
  TerminalBook terminals_;
  LiveFeed feed_;
  ServerNews news_;  // what the feed is told, and the feeds of other servers
  PhotoReads photo_reads_;
  Retention retention_;
  Metrics metrics_;
  RequeueRequests requeues_{identity_.Shared(), clock_};
  Router router_;
  // To check a password takes 64 MiB and a tenth of a second (half a second on a small machine).
  // Therefore passwords are checked one at a time, and never on the workers that serve taps.
  WorkLane sign_ins_{{.most_waiting = 32, .most_of_one = 4, .yields = false}};
  // Requests that may take long are answered one after the other, while the processor is idle.
  WorkLane questions_{{.most_waiting = 64, .most_of_one = 16, .yields = true}};
  std::unique_ptr<StepThread> retention_thread_;
  Mutex accounts_mutex_;  // of whoever changes an account, or removes one
  LastAdmin last_admin_{identity_, clock_, random_};
  std::unique_ptr<WordsService> words_;  // null: nobody is told anything by this server
  Mutex epoch_mutex_;
  std::optional<MonotonicTime> epoch_drawn_ GUARDED_BY(epoch_mutex_);  // when it was drawn last
};

}  // namespace tamtap

// ApiServer: what requests mean: the API, the live feed, the pages. Plugs into http::StartServer.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "http/server.h"
#include "server/authenticator.h"
#include "server/live_feed.h"
#include "server/metrics.h"
#include "server/photo_inbox.h"
#include "server/record_judge.h"
#include "server/requeue_requests.h"
#include "server/router.h"
#include "server/school_cache.h"
#include "server/school_store.h"
#include "server/static_files.h"
#include "server/stranger_limits.h"
#include "server/work_lane.h"
#include "tap/school_time.h"

namespace tamtap {

struct ApiOptions {
  std::string web_directory;
  std::string photo_directory;
  // What pages may name as their origin besides the request's own Host ("https://..."): for a proxy
  // in front that changes the Host.
  std::vector<std::string> allowed_origins{};
  // Marks the cookie Secure though requests come without TLS: for a proxy in front that speaks it.
  bool secure_cookies = false;
  // How many days back a gate's records are taken; 0: any.
  int keep_days = 0;
};

class ApiServer final : public http::Handler {
 public:
  // What is passed by reference must outlive it. Start() begins the live feed.
  ApiServer(ApiOptions options, SchoolStore& store, IdentityStore& identity, TimeZone zone,
            Clock& clock, Random& random);

  void Start() { feed_.Start(); }
  // Before the http::Server goes.
  void Stop() {
    sign_ins_.Stop();
    questions_.Stop();
    feed_.Stop();
    terminals_.Save();
  }

  http::Admission OnHead(const http::Request& head) override;
  void OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) override;
  std::shared_ptr<http::WebSocketHandler> OnUpgrade(const http::Request& request,
                                                    http::Response& refusal) override;

  // The answer to any request but those of the live feed; needs no socket.
  http::Response Answer(const http::Request& request);

  // What a sync in this process stored: pages hear of it at once.
  void NoteStored(std::span<const Record> records) { feed_.Arrived(records); }

  const Router& router() const { return router_; }
  LiveFeed& feed() { return feed_; }

 private:
  void AddAccountRoutes();
  void AddTerminalRoutes();
  void AddHardwareRoutes();
  void AddAttendanceRoutes();
  void AddSchoolRoutes();
  void AddStatsRoutes();
  void AddStateRoutes();
  void AddStaffRoutes();
  void AddPhotoRoutes();
  void AddTrustRoutes();

  void Respond(const http::Request& request, http::Responder& responder);
  // In `lane`, or 503 if it is full.
  void RespondIn(WorkLane& lane, std::string_view from, bool first, http::Request request,
                 std::shared_ptr<http::Responder> responder);

  http::Response AnswerCaller(const http::Request& request);
  // Why the request may not be made, as far as its head and its caller tell.
  std::optional<http::Response> Refuse(const http::Request& head, const Caller& caller);
  http::Response StoreRecords(const Call& call);
  Result<> MayBringTapsOf(const std::string& name, const std::string& terminal);
  RecordJudge Judge() {
    return {store_, school_, identity_.Trust(), zone_, clock_, options_.keep_days};
  }
  bool LearnSchool(const School& school);
  http::Response Arrivals(const Call& call);
  http::Response VoidTerminal(const Call& call);
  http::Response AuditTrail(const Call& call);
  http::Response Greet(const Call& call);
  http::Response LackingTaps(const Call& call);
  http::Response StoreWentBack(const Call& call) EXCLUDES(epoch_mutex_);
  http::Response TakeHardwareAttendance(const Call& call);
  http::Response TakeHardwareFail(const Call& call);
  http::Response TakeHardwareStatus(const Call& call);
  // Attendance of the days, of the sections that were asked for and the caller may see.
  http::Response AttendanceOf(const Call& call, const std::string& first, const std::string& last,
                              bool range);
  struct Period {
    std::string first;  // days, both included
    std::string last;
  };
  // The days from `from` to `to`: the last 31, unless the caller says otherwise.
  Result<Period> AskedPeriod(const Call& call);
  // What `handle` answers of the student with that card; 404 if the caller may not see them.
  using StudentHandler = std::function<http::Response(const Person&, const Roster&)>;
  http::Response WithStudent(const Call& call, std::string_view card, const StudentHandler& handle);
  // The student's days, as asked for.
  http::Response DaysOf(const Call& call, const Person& person, const Roster& roster);
  http::Response Summary(const Call& call);
  http::Response SignIn(const Call& call);
  http::Response EnrollTerminal(const Call& call);
  http::Response Photo(const Call& call);
  Result<IncomingPhoto> PhotoFrom(const Call& call);
  http::Response MarkDay(const Call& call);
  http::Response StoreMark(const Call& call, const Record& mark);
  void ReplaceOtherMarks(const Record& mark, const std::string& by);
  http::Response UnsureAttendance(const Call& call);
  http::Response AcceptTime(const Call& call);
  http::Response Quarantine(const Call& call);
  http::Response RequeueTaps(const Call& call);
  std::string Today();

  const ApiOptions options_;
  SchoolStore& store_;
  IdentityStore& identity_;
  const TimeZone zone_;
  Clock& clock_;
  Random& random_;
  Authenticator authenticator_;
  SchoolCache school_;
  Pages pages_;
  StrangerLimits stranger_limits_;
  const std::unique_ptr<Disk> photo_disk_;  // of options_.photo_directory
  PhotoInbox photos_;
  TerminalBook terminals_;
  LiveFeed feed_;
  Metrics metrics_;
  RequeueRequests requeues_;
  Router router_;
  // A password takes 64 MiB and a tenth of a second, or half of one on a small machine: one at a
  // time, and never on the workers that taps come to.
  WorkLane sign_ins_{{.most_waiting = 32, .most_of_one = 4, .yields = false}};
  // What may take long, one after the other, when nobody else wants the processor.
  WorkLane questions_{{.most_waiting = 64, .most_of_one = 16, .yields = true}};
  Mutex epoch_mutex_;
  std::optional<MonotonicTime> epoch_drawn_ GUARDED_BY(epoch_mutex_);  // the last time
};

}  // namespace tamtap

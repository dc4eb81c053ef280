#include <fmt/core.h>

#include <map>
#include <set>

#include "base/log.h"
#include "base/mutex.h"
#include "base/random.h"
#include "central/content.h"
#include "central/mongo_attendance.h"
#include "central/mongo_connection.h"
#include "central/mongo_indexes.h"
#include "central/mongo_messages.h"
#include "central/mongo_personal.h"
#include "central/mongo_predecessor.h"
#include "central/mongo_refusals.h"
#include "central/mongo_school.h"
#include "central/mongo_voiding.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr size_t kMaxReported = 1000;
constexpr int kIndexAttempts = 5;
constexpr std::chrono::seconds kChangesShowAfter{30};
constexpr std::chrono::seconds kReadSchoolAgain{4};
constexpr size_t kMostDaysLookedAt = 40;
constexpr size_t kMostDaysAlone = 3;                    // in the night, gates ask for two
constexpr std::chrono::seconds kLookAtPredecessor{30};  // a look reads the day's index
constexpr size_t kSchoolsKept = 4;                      // for whoever is a few changes behind

// One document in a collection of its own, which existing TamTap software does not read.
constexpr const char* kIdentityCollection = "tamtap_store";
constexpr const char* kIdentityKey = "identity";
constexpr size_t kIdentityBytes = 16;

// Nothing: there is none yet.
Result<std::optional<StoreIdentity>> FindIdentity(MongoSession& session) {
  constexpr std::string_view kOperation = "read from MongoDB which store this is";
  const auto found = session.Find(kIdentityCollection, {{"_id", kIdentityKey}},
                                  {{"readConcern", {{"level", "majority"}}}});
  if (!found) return found.error().ToError(kOperation);
  if (found->empty()) return std::optional<StoreIdentity>();
  const json::object& document = found->front();
  const json::value* const id = document.if_contains("id");
  const json::value* const epoch = document.if_contains("epoch");
  if (id == nullptr || !id->is_string() || epoch == nullptr || !epoch->is_string()) {
    return Error{ErrorCode::kCorrupt, std::string(kOperation), 0,
                 "remove the document 'identity' of the collection tamtap_store; gates then offer "
                 "again what the store lacks"};
  }
  return std::optional(
      StoreIdentity{json::value_to<std::string>(*id), json::value_to<std::string>(*epoch)});
}

// The school as it was at one moment.
struct SeenSchool {
  std::string version;
  bool told = true;
  School school;
  int64_t changes = 0;    // MongoSchool::Changes(), from before it was read
  MonotonicTime until{};  // when it is read again, whoever may have changed it
};

// Each call takes a connection of its own from the pool, so calls run side by side.
class MongoStore final : public SchoolStore, public PersonalData {
 public:
  explicit MongoStore(std::unique_ptr<MongoPool> pool) : pool_(std::move(pool)) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override EXCLUDES(mutex_) {
    TAMTAP_TRY(const std::shared_ptr<const MongoSettled> settled, SettledFor(records));
    return settled->StoreRest(records, [this](auto rest) { return StoreAll(rest); });
  }

  Result<std::optional<SchoolUpdate>> PullSchool(std::string_view known_version) override
      EXCLUDES(school_mutex_, mutex_) {
    TakeInDue(/*at_once=*/false);
    TAMTAP_TRY(const std::shared_ptr<const SeenSchool> now, SeeSchool());
    if (now->version == known_version) return std::optional<SchoolUpdate>();
    MutexLock lock(school_mutex_);
    for (const auto& seen : schools_) {
      if (seen->version == known_version) {
        return std::optional(Difference(seen->school, now->school, now->version));
      }
    }
    return std::optional(SchoolUpdate{now->version, true, now->told, now->school, {}});
  }

  Result<std::vector<std::string>> ChangeSchool(std::span<const SchoolChange> changes) override {
    auto outcomes = CallSchool(
        [&](MongoSchool& school) { return school.Change(changes, SystemClock().Now()); });
    settled_.LookAgain();  // somebody may be registered with the card of one who was erased
    return outcomes;
  }

  Result<> KeepRefusals(std::span<const RefusalRecord> refusals) override {
    TAMTAP_TRY(const auto settled, Settled());
    std::vector<RefusalRecord> kept;
    for (const RefusalRecord& each : refusals) {
      if (!settled->Holds(each)) kept.push_back(each);
    }
    return Call([&](MongoSession& session) { return MongoRefusals(session).Keep(kept); });
  }

  Result<std::vector<RefusalRecord>> FindRefusals(const RefusalQuery& query) override {
    return Call([&](MongoSession& session) { return MongoRefusals(session).Find(query); });
  }

  Result<std::vector<Record>> ArrivalsOf(std::string_view day) override {
    TAMTAP_RETURN_IF_ERROR(TakeIn(std::string(day)));
    TAMTAP_TRY(auto attendances, FindAttendance({std::string(day), std::string(day), {}, {}}));
    // A document of an existing database and one of ours may be the same person's.
    std::vector<Record> arrivals;
    std::set<std::string> persons;
    for (Attendance& attendance : attendances) {
      if (persons.insert(attendance.arrival.person).second) {
        arrivals.push_back(std::move(attendance.arrival));
      }
    }
    return arrivals;
  }

  Result<StoreIdentity> Identity() override {
    return Call([](MongoSession& session) -> Result<StoreIdentity> {
      auto found = FindIdentity(session);
      if (!found) return found.error();
      if (*found) return **std::move(found);
      // Several processes may find none at once: the key is unique, so one of them makes it, and
      // all read what it made.
      const auto made =
          session.Insert(kIdentityCollection, {{"_id", kIdentityKey},
                                               {"id", SystemRandom().Hex(kIdentityBytes)},
                                               {"epoch", SystemRandom().Hex(kIdentityBytes)}});
      if (!made && made.error().kind != MongoFailure::Kind::kDuplicateKey) {
        return made.error().ToError("write in MongoDB which store this is");
      }
      found = FindIdentity(session);
      if (!found) return found.error();
      if (*found) return **std::move(found);
      return Error{ErrorCode::kRetry, "read from MongoDB which store this is", 0,
                   "another process is just writing it"};
    });
  }

  Result<StoreIdentity> WentBack(const StoreIdentity& known) override {
    const auto drawn = Call([&](MongoSession& session) -> Result<> {
      const auto updated = session.UpdateOne(
          kIdentityCollection, {{"_id", kIdentityKey}, {"id", known.id}, {"epoch", known.epoch}},
          {{"$set", {{"epoch", SystemRandom().Hex(kIdentityBytes)}}}});
      if (!updated) return updated.error().ToError("write in MongoDB that it went back");
      return {};
    });
    if (!drawn) return drawn.error();
    return Identity();
  }

  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override {
    auto lacking = Call(
        [&](MongoSession& session) { return MongoAttendance(session, lists_).Lacking(records); });
    if (!lacking || lacking->empty()) return lacking;
    // What was forgotten on purpose does not show that the store went back.
    TAMTAP_TRY(const auto settled, Settled());
    std::erase_if(*lacking, [&](size_t i) { return settled->OutcomeOf(records[i]).has_value(); });
    return lacking;
  }

  Result<> Ping() override {
    return Call([this](MongoSession& session) -> Result<> {
      const auto local_time_ms = session.Hello();
      if (!local_time_ms) return local_time_ms.error().ToError("reach MongoDB");
      if (*local_time_ms > 0) {
        MutexLock lock(mutex_);
        time_told_ = ToldTime{WallTime(std::chrono::milliseconds(*local_time_ms)),
                              SystemClock().MonotonicNow()};
      }
      return {};
    });
  }

  std::optional<ToldTime> TimeTold() override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return time_told_;
  }

  void OnAnswering(std::function<void()> answering) override {
    pool_->OnAnswering(std::move(answering));
  }

  // MongoDB has no way to ask for patience.
  std::chrono::milliseconds AskedToWait() const override { return std::chrono::milliseconds(0); }

  Result<std::vector<Attendance>> FindAttendance(const AttendanceQuery& query) override {
    return Call([&](MongoSession& session) {
      size_t unreadable = 0;
      auto found = MongoAttendance(session, lists_).Find(query, unreadable);
      if (unreadable > 0) {
        ReportOnce("attendance", fmt::format("{} documents from {} to {} hold no day or card",
                                             unreadable, query.first_day, query.last_day));
      }
      return found;
    });
  }

  // New attendances show in their number, which the index on the day tells alone. What is changed
  // in one shows when the half minute is over.
  Result<std::string> AttendanceVersion(std::string_view day) override {
    return Call([&](MongoSession& session) -> Result<std::string> {
      const auto count = session.Count("attendance", {{"day", day}});
      if (!count) return count.error().ToError("count the day's attendance in MongoDB");
      const auto half_minutes = SystemClock().MonotonicNow().time_since_epoch() / kChangesShowAfter;
      return fmt::format("{} {} {}", day, *count, half_minutes);
    });
  }

  Result<size_t> VoidTaps(std::span<const TapsOfDay> taps, const Voiding& voiding) override {
    return Call([&](MongoSession& session) { return MongoVoiding(session).Void(taps, voiding); });
  }

  PersonalData& Personal() override { return *this; }
  MessageStore& Messages() override { return messages_; }

  Result<size_t> PurgeAttendance(std::string_view first_kept_day, size_t most) override {
    auto removed = CallPersonal(
        [&](MongoPersonal& personal) { return personal.PurgeAttendance(first_kept_day, most); });
    settled_.LookAgain();
    return removed;
  }
  Result<size_t> PurgeRefusals(std::string_view first_kept_day, size_t most) override {
    return CallPersonal(
        [&](MongoPersonal& personal) { return personal.PurgeRefusals(first_kept_day, most); });
  }
  Result<std::vector<KnownPerson>> FindPeople(std::string_view named) override {
    TAMTAP_TRY(const std::shared_ptr<const SeenSchool> now, SeeSchool());
    return CallPersonal(
        [&](MongoPersonal& personal) { return personal.FindPeople(named, now->school.people); });
  }
  Result<PersonRecords> RecordsOf(const PersonNames& names) override {
    TAMTAP_TRY(const std::shared_ptr<const SeenSchool> now, SeeSchool());
    return CallPersonal(
        [&](MongoPersonal& personal) { return personal.RecordsOf(names, now->school.people); });
  }
  Result<ErasedRecords> Erase(const PersonNames& names, std::string_view by,
                              WallTime now) override {
    TAMTAP_TRY(const std::shared_ptr<const SeenSchool> seen, SeeSchool());
    TAMTAP_TRY(const ErasedRecords erased, CallPersonal([&](MongoPersonal& personal) {
                 return personal.EraseRecords(names, seen->school.people, now);
               }));
    settled_.LookAgain();
    TAMTAP_RETURN_IF_ERROR(
        CallSchool([&](MongoSchool& school) { return school.Erase(names.person, by, now); }));
    return erased;
  }
  Result<bool> WasErased(std::string_view person) override {
    TAMTAP_TRY(const auto settled, Settled());
    const auto found = settled->erased.find(std::string(person));
    return found != settled->erased.end() && !found->second.present;
  }

  std::string_view Kind() const override { return "mongodb"; }

 private:
  friend class MongoMessageStore<MongoStore>;

  template <typename Work>
  auto Call(Work work) -> decltype(work(std::declval<MongoSession&>())) {
    MongoSession session(pool_->get(), pool_->database());
    auto result = work(session);
    // After the work, not before: the first tap does not wait for it.
    if (result) EnsureIndexes(session);
    return result;
  }
  template <typename Work>
  auto CallSchool(Work work) -> decltype(work(std::declval<MongoSchool&>())) {
    return Call([&](MongoSession& session) {
      MongoSchool school(session, [this](std::string_view collection, const std::string& what) {
        ReportOnce(collection, what);
      });
      return work(school);
    });
  }

  Result<std::vector<Outcome>> StoreAll(std::span<const Record> records) EXCLUDES(mutex_) {
    auto outcomes = Call(
        [&](MongoSession& session) { return MongoAttendance(session, lists_).Store(records); });
    // Of most taps the existing server has said nothing, so they don't wait for a look at it.
    if (outcomes && NoteStored(records)) TakeInDue(/*at_once=*/true);
    return outcomes;
  }

  template <typename Work>
  auto CallPersonal(Work work) -> decltype(work(std::declval<MongoPersonal&>())) {
    return Call([&](MongoSession& session) {
      MongoPersonal personal(session);
      return work(personal);
    });
  }

  // As it is now.
  Result<std::shared_ptr<const MongoSettled>> Settled() {
    settled_.LookAgain();
    return SettledFor({});
  }
  Result<std::shared_ptr<const MongoSettled>> SettledFor(std::span<const Record> records) {
    return settled_.For(records, [this] {
      MongoSession session(pool_->get(), pool_->database());
      return MongoPersonal(session).ReadSettled();
    });
  }

  // Takes into our documents what an existing server wrote of the same people on that day.
  Result<> TakeIn(const std::string& day) EXCLUDES(mutex_) {
    auto alone = Call([&](MongoSession& session) {
      MongoAttendance attendance(session, lists_);
      return MongoPredecessor(session, attendance).TakeIn(day);
    });
    if (!alone) return alone.error();
    MutexLock lock(mutex_);
    predecessors_alone_[day] = *std::move(alone);
    if (predecessors_alone_.size() > kMostDaysAlone) {
      predecessors_alone_.erase(predecessors_alone_.begin());
    }
    days_to_look_at_.erase(day);
    return {};
  }

  // What stands in the way now is tried again at the next look, and at the latest when the day's
  // arrivals are asked for.
  void TakeInDue(bool at_once) EXCLUDES(mutex_) {
    std::set<std::string> days;
    {
      const MonotonicTime now = SystemClock().MonotonicNow();
      MutexLock lock(mutex_);
      if (days_to_look_at_.empty() || (!at_once && now < next_look_)) return;
      next_look_ = now + kLookAtPredecessor;
      days = days_to_look_at_;
    }
    for (const std::string& day : days) {
      const auto taken = TakeIn(day);
      if (taken) continue;
      ReportOnce("attendance", taken.error().Message());
      return;
    }
  }

  // Whether one of these is somebody of whom only the existing server had told until now.
  bool NoteStored(std::span<const Record> records) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    bool known = false;
    for (const Record& record : records) {
      days_to_look_at_.insert(record.day);
      const auto alone = predecessors_alone_.find(record.day);
      known = known ||
              (alone != predecessors_alone_.end() && alone->second.contains(record.AttendanceId()));
    }
    // Of a backlog the newest days are those that people look at.
    while (days_to_look_at_.size() > kMostDaysLookedAt) {
      days_to_look_at_.erase(days_to_look_at_.begin());
    }
    return known;
  }

  // The school as it is now. Every gate asks every few seconds, so it is read only if one of our
  // programs has changed it since, or if other software may have.
  Result<std::shared_ptr<const SeenSchool>> SeeSchool() EXCLUDES(school_mutex_) {
    TAMTAP_TRY(const int64_t changes,
               CallSchool([](MongoSchool& school) { return school.Changes(); }));
    const MonotonicTime now = SystemClock().MonotonicNow();
    {
      MutexLock lock(school_mutex_);
      if (!schools_.empty() && schools_.back()->changes == changes &&
          now < schools_.back()->until) {
        return schools_.back();
      }
    }
    SeenSchool seen;
    TAMTAP_RETURN_IF_ERROR(CallSchool([&seen](MongoSchool& school) -> Result<> {
      TAMTAP_TRY(seen.school, school.Read());
      TAMTAP_TRY(seen.told, school.WasTold(seen.school));
      return {};
    }));
    seen.version = SortAndDigest(seen.school);
    seen.changes = changes;
    seen.until = now + kReadSchoolAgain;
    MutexLock lock(school_mutex_);
    std::erase_if(schools_, [&seen](const auto& each) { return each->version == seen.version; });
    schools_.push_back(std::make_shared<const SeenSchool>(std::move(seen)));
    if (schools_.size() > kSchoolsKept) schools_.erase(schools_.begin());
    return schools_.back();
  }

  // After the first call that the server answered; a server that goes away meanwhile is asked
  // again, but not for ever. What is stored already may stand against an index; everything works
  // without it, if slower.
  void EnsureIndexes(MongoSession& session) EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      if (index_attempts_left_ == 0) return;
      --index_attempts_left_;
    }
    for (const MongoIndex& index : MongoIndexes()) {
      const auto created = session.WriteCommand(CommandFor(index));
      if (created) continue;
      LogWarning("mongodb: no index {} on {}: {}", index.name, index.collection,
                 created.error().reason);
      if (created.error().kind == MongoFailure::Kind::kUnreachable) return;
    }
    MutexLock lock(mutex_);
    index_attempts_left_ = 0;
  }

  // A document that can't be read is asked for every minute; its fault is said once.
  void ReportOnce(std::string_view collection, const std::string& what) EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      if (reported_.size() >= kMaxReported) return;
      if (!reported_.insert(std::string(collection) + what).second) return;
    }
    LogWarning("mongodb: passed over in {}: {}", collection, what);
  }

  const std::unique_ptr<MongoPool> pool_;
  MongoMessageStore<MongoStore> messages_{*this};
  ListsInTime lists_;
  SettledCache settled_;
  Mutex school_mutex_;
  // As they were seen one after the other, the newest last; no two are equal.
  std::vector<std::shared_ptr<const SeenSchool>> schools_ GUARDED_BY(school_mutex_);
  Mutex mutex_;
  int index_attempts_left_ GUARDED_BY(mutex_) = kIndexAttempts;
  std::set<std::string> reported_ GUARDED_BY(mutex_);
  std::set<std::string> days_to_look_at_ GUARDED_BY(mutex_);  // taps came since the last look
  MonotonicTime next_look_ GUARDED_BY(mutex_){};
  // By day, as of the last look.
  std::map<std::string, std::set<std::string>> predecessors_alone_ GUARDED_BY(mutex_);
  std::optional<ToldTime> time_told_ GUARDED_BY(mutex_);
};

}  // namespace

Result<std::unique_ptr<SchoolStore>> OpenMongo(const MongoOptions& options) {
  TAMTAP_TRY(auto pool, MongoPool::Open(options));
  return std::unique_ptr<SchoolStore>(std::make_unique<MongoStore>(std::move(pool)));
}

}  // namespace tamtap::central

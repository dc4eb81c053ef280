#include <fmt/core.h>

#include "base/disk.h"
#include "base/disk_room.h"
#include "base/log.h"
#include "base/mutex.h"
#include "central/content.h"
#include "central/group_commits.h"
#include "central/sqlite_attendance.h"
#include "central/sqlite_database.h"
#include "central/sqlite_full_disk.h"
#include "central/sqlite_messages.h"
#include "central/sqlite_news.h"
#include "central/sqlite_personal.h"
#include "central/sqlite_readers.h"
#include "central/sqlite_refusals.h"
#include "central/sqlite_school.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

const char* const kSteps[] = {
    // The arrival of an attendance is the earliest of its taps; the columns here repeat what of it
    // is asked for by queries. Every tap keeps its whole record.
    "CREATE TABLE attendance("
    "  id TEXT PRIMARY KEY NOT NULL, day TEXT NOT NULL, person TEXT NOT NULL,"
    "  section TEXT NOT NULL, tapped_at_us INTEGER NOT NULL, tap TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX attendance_by_day ON attendance(day, tapped_at_us, tap);"
    "CREATE INDEX attendance_by_person ON attendance(person, day);"
    "CREATE TABLE attendance_taps("
    "  tap TEXT PRIMARY KEY NOT NULL, attendance TEXT NOT NULL REFERENCES attendance(id)"
    "    ON DELETE CASCADE, terminal TEXT NOT NULL, tapped_at TEXT NOT NULL,"
    "  tapped_at_us INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX attendance_taps_by_attendance ON attendance_taps(attendance);"
    "CREATE TABLE people("
    "  person TEXT PRIMARY KEY NOT NULL, nfc_id TEXT NOT NULL UNIQUE, tamtap_id TEXT NOT NULL,"
    "  name TEXT NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL,"
    "  email TEXT NOT NULL, role TEXT NOT NULL, grade TEXT NOT NULL, section TEXT NOT NULL,"
    "  registered TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE schedules(section TEXT PRIMARY KEY NOT NULL, schedule TEXT NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE calendar(entry TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE settings(key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;",
    // One row: which store this is (tap/store_identity.h). A copy of the file keeps it.
    "CREATE TABLE store_identity("
    "  only_one INTEGER PRIMARY KEY NOT NULL CHECK(only_one = 1), id TEXT NOT NULL,"
    "  epoch TEXT NOT NULL);"
    "INSERT INTO store_identity(only_one, id, epoch)"
    "  VALUES(1, lower(hex(randomblob(16))), lower(hex(randomblob(16))));",
    // Taps that were taken out of the attendance, as they were in attendance_taps.
    "CREATE TABLE voided_taps("
    "  tap TEXT PRIMARY KEY NOT NULL, attendance TEXT NOT NULL, terminal TEXT NOT NULL,"
    "  tapped_at TEXT NOT NULL, tapped_at_us INTEGER NOT NULL, record TEXT NOT NULL,"
    "  voided_by TEXT NOT NULL, voided_at_us INTEGER NOT NULL) WITHOUT ROWID;",
    kSchoolFactsSchema,
    kRefusalsSchema,
    kPersonalSchema,
    kMessagesSchema,
    kNewsSchema,
};
const SqliteSchema kSchema{.application_id = 0x54544343, .steps = kSteps};  // "TTCC"

// One connection behind a lock for what is written: writers of one SQLite file queue anyhow.
// Questions about the attendance, which may be long, go to connections of their own.
class SqliteStore final : public SchoolStore, public PersonalData {
 public:
  SqliteStore(const std::string& path, std::unique_ptr<SqliteDatabase> database)
      : directory_(ParentDirectory(path)),
        database_(std::move(database)),
        attendance_(*database_),
        school_(*database_),
        messages_(mutex_, *database_),
        readers_(path) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override EXCLUDES(mutex_) {
    TAMTAP_RETURN_IF_ERROR(CheckRoom("store records"));
    return commits_.Store(records, [this](SqliteAttendance::Group group) {
      MutexLock lock(mutex_);
      return attendance_.Store(group);
    });
  }

  Result<std::optional<News>> NewsSince(int64_t number, size_t most) override {
    return readers_.Read([&](SqliteDatabase& database) -> Result<std::optional<News>> {
      TAMTAP_TRY(auto news, SqliteAttendance(database).NewsSince(number, most));
      return std::optional(std::move(news));
    });
  }

  Result<std::optional<SchoolUpdate>> PullSchool(std::string_view known_version) override
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return school_.Pull(known_version);
  }

  Result<std::vector<std::string>> ChangeSchool(std::span<const SchoolChange> changes) override
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return school_.Change(changes, SystemClock().Now());
  }

  Result<> KeepRefusals(std::span<const RefusalRecord> refusals) override EXCLUDES(mutex_) {
    TAMTAP_RETURN_IF_ERROR(CheckRoom("keep refusals"));
    MutexLock lock(mutex_);
    return SqliteRefusals(*database_).Keep(refusals);
  }

  Result<std::vector<RefusalRecord>> FindRefusals(const RefusalQuery& query) override {
    return readers_.Read(
        [&](SqliteDatabase& database) { return SqliteRefusals(database).Find(query); });
  }

  Result<std::vector<Record>> ArrivalsOf(std::string_view day) override {
    TAMTAP_TRY(auto attendances, FindAttendance({std::string(day), std::string(day), {}, {}}));
    std::vector<Record> arrivals;
    arrivals.reserve(attendances.size());
    for (Attendance& attendance : attendances) arrivals.push_back(std::move(attendance.arrival));
    return arrivals;
  }

  Result<StoreIdentity> Identity() override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return ReadIdentity();
  }

  Result<StoreIdentity> WentBack(const StoreIdentity& known) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_RETURN_IF_ERROR(
        database_
            ->Query("UPDATE store_identity SET epoch = lower(hex(randomblob(16)))"
                    " WHERE id = ? AND epoch = ?")
            .Bind(known.id)
            .Bind(known.epoch)
            .Done());
    return ReadIdentity();
  }

  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override {
    return readers_.Read(
        [&](SqliteDatabase& database) { return SqliteAttendance(database).Lacking(records); });
  }

  Result<> Ping() override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return database_->Query("SELECT count(*) FROM school_states").Done();
  }

  // A file on this machine: it has no clock of its own, asks for no patience, and does not say by
  // itself when it can be written again.
  void OnAnswering(std::function<void()>) override {}
  std::optional<ToldTime> TimeTold() override { return std::nullopt; }
  std::chrono::milliseconds AskedToWait() const override { return std::chrono::milliseconds(0); }

  Result<std::vector<Attendance>> FindAttendance(const AttendanceQuery& query) override {
    return readers_.Read(
        [&](SqliteDatabase& database) { return SqliteAttendance(database).Find(query); });
  }

  Result<std::string> AttendanceVersion(std::string_view day) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_TRY(const int64_t others, database_->DataVersion());
    return fmt::format("{} {} {}", day, others, database_->AllChanges());
  }

  Result<size_t> VoidTaps(std::span<const TapsOfDay> taps, const Voiding& voiding) override
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return attendance_.Void(taps, voiding);
  }

  PersonalData& Personal() override { return *this; }
  MessageStore& Messages() override { return messages_; }

  Result<size_t> PurgeAttendance(std::string_view first_kept_day, size_t most) override
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return SqlitePersonal(*database_).PurgeAttendance(first_kept_day, most);
  }

  Result<size_t> PurgeRefusals(std::string_view first_kept_day, size_t most) override
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return SqlitePersonal(*database_).PurgeRefusals(first_kept_day, most);
  }

  Result<std::vector<KnownPerson>> FindPeople(std::string_view named) override {
    return readers_.Read(
        [&](SqliteDatabase& database) { return SqlitePersonal(database).FindPeople(named); });
  }

  Result<PersonRecords> RecordsOf(const PersonNames& names) override {
    return readers_.Read(
        [&](SqliteDatabase& database) { return SqlitePersonal(database).RecordsOf(names); });
  }

  Result<ErasedRecords> Erase(const PersonNames& names, std::string_view by, WallTime now) override
      EXCLUDES(mutex_) {
    TAMTAP_TRY(const PersonRecords records, RecordsOf(names));
    MutexLock lock(mutex_);
    TAMTAP_TRY(const ErasedRecords erased,
               SqlitePersonal(*database_).Erase(names, records.refusals, by, now));
    EmptyLog();
    return erased;
  }

  Result<bool> WasErased(std::string_view person) override {
    return readers_.Read(
        [&](SqliteDatabase& database) { return SqlitePersonal(database).WasErased(person); });
  }

  std::string_view Kind() const override { return "sqlite"; }

 private:
  // The gates keep what is not taken here; what is left is for their taps, if this is their disk
  // too, and for whoever signs out.
  Result<> CheckRoom(const char* operation) const {
    const auto free = PosixDisk().FreeBytes(directory_);
    if (!free || *free >= kRecordReserve) return {};
    return Error{ErrorCode::kFull, operation, 0,
                 fmt::format("{} MiB are free at {}, and are kept for taps; make room", *free >> 20,
                             directory_)};
  }
  // What was erased stands in the log until it is written over. Whoever reads it now is not waited
  // for: then it goes when the log is used again.
  void EmptyLog() REQUIRES(mutex_) {
    const Result<> hasty = database_->Execute("PRAGMA busy_timeout=50");
    const Result<> emptied = database_->Query("PRAGMA wal_checkpoint(TRUNCATE)").Done();
    const Result<> patient = database_->Execute("PRAGMA busy_timeout=5000");
    for (const Result<>& each : {hasty, emptied, patient}) {
      if (!each) LogDebug("central: {}", each.error().Message());
    }
  }
  Result<StoreIdentity> ReadIdentity() REQUIRES(mutex_) {
    SqliteQuery query = database_->Query("SELECT id, epoch FROM store_identity");
    TAMTAP_TRY(const bool found, query.Step());
    if (!found) {
      return Error{ErrorCode::kCorrupt, "read which store this is", 0,
                   "the table store_identity is empty; restore the file from a backup"};
    }
    return StoreIdentity{query.Text(0), query.Text(1)};
  }

  GroupCommits commits_;  // before the lock of what is written, never while it is held
  Mutex mutex_;
  const std::string directory_;
  const std::unique_ptr<SqliteDatabase> database_;
  SqliteAttendance attendance_ GUARDED_BY(mutex_);
  SqliteSchool school_ GUARDED_BY(mutex_);
  SqliteMessages messages_;
  SqliteReaders readers_;
};

}  // namespace

Result<std::unique_ptr<SchoolStore>> OpenSqlite(const std::string& path) {
  TAMTAP_TRY(auto database, SqliteFullDisk(path).Open(path, kSchema));
  // What was erased must not be left in the file's free pages.
  TAMTAP_RETURN_IF_ERROR(database->Execute("PRAGMA secure_delete = ON"));
  return std::unique_ptr<SchoolStore>(std::make_unique<SqliteStore>(path, std::move(database)));
}

}  // namespace tamtap::central

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

#include "base/test_directory.h"
#include "central/central_store_contract.h"
#include "central/sqlite_database.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

class SqliteHarness final : public StoreHarness {
 public:
  SqliteHarness() : observer_(*OpenSqlite(path_)) {}
  std::unique_ptr<CentralStore> NewClient() override { return *OpenSqlite(path_); }
  SchoolStore& Observer() override { return *observer_; }

 private:
  TestDirectory directory_;
  const std::string path_ = directory_ / "central.db";
  std::unique_ptr<SchoolStore> observer_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, CentralStoreContract,
                         testing::Values([] { return std::make_unique<SqliteHarness>(); }));

// The tables as they were before facts had authors.
constexpr const char* kTablesBeforeFacts =
    "DROP TABLE guardians; DROP TABLE messages;"
    "DROP TABLE news; DROP INDEX attendance_taps_by_number;"
    "ALTER TABLE attendance_taps DROP COLUMN number;"
    "DROP TABLE purged; DROP TABLE erased; DROP INDEX voided_taps_by_attendance;"
    "DROP TABLE facts; DROP TABLE school_states; DROP TABLE changes_taken;"
    "DROP TABLE schedules; DROP TABLE calendar;"
    "CREATE TABLE people("
    "  person TEXT PRIMARY KEY NOT NULL, nfc_id TEXT NOT NULL UNIQUE, tamtap_id TEXT NOT NULL,"
    "  name TEXT NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL,"
    "  email TEXT NOT NULL, role TEXT NOT NULL, grade TEXT NOT NULL, section TEXT NOT NULL,"
    "  registered TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE schedules(section TEXT PRIMARY KEY NOT NULL, schedule TEXT NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE calendar(entry TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE settings(key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;";

class SqliteStoreTest : public testing::Test {
 protected:
  // What a person with the sqlite3 shell would do to the file.
  void Sql(const std::string& script) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &connection), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(connection, script.c_str(), nullptr, nullptr, &message), SQLITE_OK)
        << message;
    sqlite3_close(connection);
  }

  TestDirectory directory_;
  const std::string path_ = directory_ / "central.db";
};

TEST_F(SqliteStoreTest, WhatWasStoredIsThereAfterOpeningAgain) {
  const Record record = ExampleRecord(1);
  ASSERT_TRUE((*OpenSqlite(path_))->Store({&record, 1}));
  const auto found = (*OpenSqlite(path_))->FindAttendance({"2026-11-23", "2026-11-23", {}, {}});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].arrival, record);
}

TEST_F(SqliteStoreTest, AFileOfTheVersionBeforeGetsAnIdentityAndKeepsWhatItHolds) {
  const Record record = ExampleRecord(1);
  ASSERT_TRUE((*OpenSqlite(path_))->Store({&record, 1}));
  Sql(kTablesBeforeFacts);
  Sql("DROP TABLE store_identity; DROP TABLE voided_taps; DROP TABLE refusals; PRAGMA "
      "user_version=1");
  const auto store = OpenSqlite(path_);
  ASSERT_TRUE(store) << store.error().Message();
  const auto identity = (*store)->Identity();
  ASSERT_TRUE(identity) << identity.error().Message();
  EXPECT_EQ(identity->id.size(), 32u);
  EXPECT_EQ((*store)->Lacking({&record, 1})->size(), 0u);
  EXPECT_EQ(*(*OpenSqlite(path_))->Identity(), *identity);
}

TEST_F(SqliteStoreTest, TheSchoolOfAFileBeforeFactsComesOverAndWhatCannotBeReadIsKept) {
  ASSERT_TRUE(OpenSqlite(path_));
  Sql(kTablesBeforeFacts);
  Sql("DROP TABLE refusals; PRAGMA user_version=3;"
      "INSERT INTO people VALUES('176B3325', '04A2B3C4', '007', 'Ana Peña', 'Ana', 'Peña',"
      "  'ana@example.org', 'teacher', '7', 'Narra', '2026-06-01 08:00:00');"
      "INSERT INTO schedules VALUES('Narra', '{\"section\":\"Narra\",\"grade\":\"7\",'"
      "  || '\"adviser_id\":\"\",\"weekly_schedule\":{\"monday\":{\"start\":\"07:30\",'"
      "  || '\"end\":\"16:00\"}},\"grace_period_minutes\":0,\"absent_threshold_minutes\":60}');"
      "INSERT INTO schedules VALUES('Molave', '{\"section');"
      "INSERT INTO calendar VALUES('{\"type\":\"suspension\",\"date\":\"2026-11-30\",'"
      "  || '\"section\":\"\",\"reason\":\"Typhoon \\\"Ana\\\"\"}');"
      "INSERT INTO settings VALUES('departures', 'true');");
  const auto store = *OpenSqlite(path_);
  const auto pulled = store->PullSchool("");
  ASSERT_TRUE(pulled) << pulled.error().Message();
  const School& school = (*pulled)->school;
  EXPECT_TRUE((*pulled)->told);
  ASSERT_EQ(school.people.size(), 1u);
  const Person& ana = school.people[0];
  EXPECT_EQ(ana.person, "176B3325");
  EXPECT_EQ(ana.card.text(), "04A2B3C4");
  EXPECT_EQ(ana.tamtap_id, "007");
  EXPECT_EQ(ana.name, "Ana Peña");
  EXPECT_EQ(ana.email, "ana@example.org");
  EXPECT_EQ(ana.role, Role::kTeacher);
  EXPECT_EQ(ana.registered, "2026-06-01 08:00:00");
  ASSERT_EQ(school.schedules.size(), 1u);
  EXPECT_EQ(school.schedules[0].week[0], (ClassHours{450, 960}));
  EXPECT_EQ(school.schedules[0].week[1], std::nullopt);
  EXPECT_EQ(school.schedules[0].grace_period_minutes, 0);
  EXPECT_EQ(school.calendar, (std::vector<CalendarEntry>{{CalendarKind::kSuspension, "2026-11-30",
                                                          "2026-11-30", "", "Typhoon \"Ana\""}}));
  EXPECT_EQ(school.settings, (std::map<std::string, std::string>{{"departures", "true"}}));
  Sql("UPDATE schedules SET section = section WHERE schedule = '{\"section'");  // it is still there
  // All of it can be taken out again.
  ASSERT_TRUE(ChangeSchoolOf(*store, [](School& now) { now = School(); }));
  EXPECT_EQ((*store->PullSchool(""))->school, School());
}

// Not a question of how fast: a writer that waits for the question ends none before it has ended.
TEST_F(SqliteStoreTest, TapsAreStoredWhileAQuestionIsBeingAnswered) {
  const auto store = *OpenSqlite(path_);
  std::vector<Record> year;
  for (uint64_t i = 0; i < 30'000; ++i) {
    year.push_back(
        ExampleRecord(i + 1, fmt::format("A{:07X}", i % 60),
                      kExampleMorningUs - static_cast<int64_t>(i / 60) * 86'400'000'000));
  }
  ASSERT_TRUE(store->Store(year));
  constexpr int kEnough = 3;  // one may have gone before the question, and one behind it
  int most = 0;
  uint64_t sequence = 0;
  for (int time = 0; time < 50 && most < kEnough; ++time) {
    std::atomic<bool> asked = false;
    std::atomic<bool> answered = false;
    const std::jthread question([&] {
      asked = true;
      const auto found = store->FindAttendance({"2020-01-01", "2026-12-31", {}, {}});
      EXPECT_TRUE(found);
      answered = true;
    });
    int during = 0;
    while (!answered) {
      const bool began_inside = asked;
      const Record tap = ExampleRecord(++sequence, "176B3325", kExampleMorningUs, "gate-2");
      ASSERT_TRUE(store->Store({&tap, 1}));
      during += began_inside && !answered;
    }
    most = std::max(most, during);
  }
  EXPECT_GE(most, kEnough);
}

TEST_F(SqliteStoreTest, WhatWasJustCommittedIsFoundAtOnceByAllWhoAsk) {
  const auto store = *OpenSqlite(path_);
  std::atomic<uint64_t> stored = 0;
  std::vector<std::jthread> asking;
  for (int i = 0; i < 4; ++i) {
    asking.emplace_back([&] {
      while (stored < 60) {
        const uint64_t least = stored;
        const auto found = store->FindAttendance({"2026-11-23", "2026-11-23", {}, {}});
        ASSERT_TRUE(found) << found.error().Message();
        EXPECT_GE(found->size(), least);
      }
    });
  }
  for (uint64_t i = 1; i <= 60; ++i) {
    const Record tap = ExampleRecord(i, fmt::format("B{:07X}", i));
    ASSERT_TRUE(store->Store({&tap, 1}));
    ++stored;
    EXPECT_TRUE(store->Lacking({&tap, 1})->empty());
  }
}

TEST_F(SqliteStoreTest, ACopyOfTheFileIsTheSameStore) {
  const auto identity = *(*OpenSqlite(path_))->Identity();
  const std::string copy = directory_ / "copy.db";
  Sql("VACUUM INTO '" + copy + "'");
  EXPECT_EQ(*(*OpenSqlite(copy))->Identity(), identity);
}

TEST_F(SqliteStoreTest, AStoreWhoseIdentityIsGoneSaysSoRatherThanInventOne) {
  const auto store = *OpenSqlite(path_);
  Sql("DELETE FROM store_identity");
  const auto identity = store->Identity();
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, ErrorCode::kCorrupt);
}

TEST_F(SqliteStoreTest, TheFileIsForItsOwnerAlone) {
  const mode_t before = umask(0);
  const auto store = OpenSqlite(path_);
  umask(before);
  ASSERT_TRUE(store);
  const Record record = ExampleRecord(1);
  ASSERT_TRUE((*store)->Store({&record, 1}));
  for (const std::string& file : {path_, path_ + "-wal", path_ + "-shm"}) {
    struct stat status {};
    ASSERT_EQ(stat(file.c_str(), &status), 0) << file;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << file;
  }
}

TEST_F(SqliteStoreTest, OneTapIdOfTwoPeopleIsRefused) {
  const auto store = *OpenSqlite(path_);
  Record other = ExampleRecord(1, "DEADBEEF");
  other.day = "2026-11-24";
  const std::vector<Record> records = {ExampleRecord(1), other};
  const auto outcomes = store->Store(records);
  ASSERT_TRUE(outcomes);
  EXPECT_EQ((*outcomes)[0].kind, OutcomeKind::kStored);
  EXPECT_EQ((*outcomes)[1], (Outcome{OutcomeKind::kRejected, std::string(kTwoContents)}));
}

TEST_F(SqliteStoreTest, AFileThatIsNoneOfOursIsLeftAlone) {
  {
    std::ofstream file(path_);
    file << std::string(5000, 'x');
  }
  const auto text = OpenSqlite(path_);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kMisconfigured);

  std::filesystem::remove(path_);
  Sql("CREATE TABLE theirs(x)");
  const auto theirs = OpenSqlite(path_);
  ASSERT_FALSE(theirs);
  EXPECT_EQ(theirs.error().code, ErrorCode::kMisconfigured);
  Sql("INSERT INTO theirs VALUES(1)");

  // The server's own file is not the central store either.
  const std::string identity = directory_ / "server.db";
  ASSERT_TRUE(OpenSqliteIdentity(identity));
  const auto wrong = OpenSqlite(identity);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kMisconfigured);
}

TEST_F(SqliteStoreTest, AFileOfANewerVersionIsLeftAlone) {
  ASSERT_TRUE(OpenSqlite(path_));
  Sql("PRAGMA user_version=1000");
  const auto newer = OpenSqlite(path_);
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kMisconfigured);
}

TEST_F(SqliteStoreTest, AMissingDirectoryIsTheSettingsFault) {
  const auto store = OpenSqlite(directory_ / "missing/central.db");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kMisconfigured);
}

TEST_F(SqliteStoreTest, ManyMayOpenANewFileAtOnce) {
  std::atomic<int> opened = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        const auto store = OpenSqlite(path_);
        if (store && (*store)->Ping()) ++opened;
      });
    }
  }
  EXPECT_EQ(opened, 8);
}

TEST_F(SqliteStoreTest, AFullDatabaseSaysSoAndKeepsWhatItHas) {
  const SqliteSchema schema{.application_id = 7, .steps = {}};
  auto database = SqliteDatabase::Open(path_, schema);
  ASSERT_TRUE(database);
  ASSERT_TRUE((*database)->Execute("CREATE TABLE t(x)"));
  ASSERT_TRUE((*database)->Execute("PRAGMA max_page_count=8"));
  const std::string text(1000, 'x');
  int kept = 0;
  Result<> inserted;
  while (inserted && kept < 100) {
    inserted = (*database)->Query("INSERT INTO t VALUES(?)").Bind(text).Done();
    kept += inserted.has_value();
  }
  ASSERT_FALSE(inserted);
  EXPECT_EQ(inserted.error().code, ErrorCode::kFull);
  SqliteQuery count = (*database)->Query("SELECT count(*) FROM t");
  ASSERT_TRUE(count.Step());
  EXPECT_EQ(count.Number(0), kept);
}

TEST_F(SqliteStoreTest, AnUncommittedTransactionLeavesNothing) {
  const SqliteSchema schema{.application_id = 7, .steps = {}};
  auto database = SqliteDatabase::Open(path_, schema);
  ASSERT_TRUE(database);
  ASSERT_TRUE((*database)->Execute("CREATE TABLE t(x)"));
  {
    auto transaction = SqliteTransaction::Begin(**database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE((*database)->Execute("INSERT INTO t VALUES(1)"));
  }
  SqliteQuery count = (*database)->Query("SELECT count(*) FROM t");
  ASSERT_TRUE(count.Step());
  EXPECT_EQ(count.Number(0), 0);
}

TEST_F(SqliteStoreTest, ALockThatIsHeldTooLongIsAnotherTry) {
  const auto store = *OpenSqlite(path_);
  const auto other = SqliteDatabase::Open(path_, {.application_id = 0x54544343, .steps = {}});
  // A schema without steps is older than the file.
  ASSERT_FALSE(other);
  sqlite3* holder = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &holder), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(holder, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const Record record = ExampleRecord(1);
  const auto busy = store->Store({&record, 1});
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().code, ErrorCode::kRetry);
  EXPECT_TRUE(store->PullSchool("")) << "readers do not wait for a writer";
  ASSERT_EQ(sqlite3_exec(holder, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(holder);
  EXPECT_TRUE(store->Store({&record, 1}));
}

TEST_F(SqliteStoreTest, OneUnreadableRowCostsItselfAlone) {
  const auto store = *OpenSqlite(path_);
  for (const char* const card : {"176B3325", "04A2B3C4", "DEADBEEF"}) {
    Person person;
    person.card = *CardId::Parse(card);
    person.person = person.card.text();
    person.last_name = "Cruz";
    person.section = "Narra";
    ASSERT_TRUE(PutPeople(*store, {person}));
  }
  for (const char* const section : {"Narra", "Molave"}) {
    Schedule schedule;
    schedule.section = section;
    ASSERT_TRUE(PutSchedule(*store, schedule));
  }
  // As earlier versions took it in, as a damaged card has it, and as a later version may write it.
  Sql("UPDATE facts SET words = CAST(x'5065F161' AS TEXT) WHERE key = '04A2B3C4';"
      "UPDATE facts SET words = replace(words, 'DEADBEEF', '#') WHERE key = 'DEADBEEF';"
      "UPDATE facts SET words = '{\"section' WHERE key = 'Molave';"
      "INSERT INTO facts VALUES('party', 'x', '{}', 1, '', '', 1);"
      "INSERT INTO facts VALUES('calendar', 'x', '{\"present\":[true,1,\"\"]}', 1, '', '', 1)");
  const auto pulled = store->PullSchool("");
  ASSERT_TRUE(pulled) << pulled.error().Message();
  const School& school = (*pulled)->school;
  ASSERT_EQ(school.people.size(), 1u);
  EXPECT_EQ(school.people[0].person, "176B3325");
  ASSERT_EQ(school.schedules.size(), 1u);
  EXPECT_EQ(school.schedules[0].section, "Narra");
  EXPECT_TRUE(school.calendar.empty());
}

TEST_F(SqliteStoreTest, OneUnreadableTapCostsItselfAlone) {
  const auto store = *OpenSqlite(path_);
  Record later = ExampleRecord(2);
  later.tapped_at_us += 1'000'000;
  const std::vector<Record> records = {ExampleRecord(1), later, ExampleRecord(3, "DEADBEEF"),
                                       ExampleRecord(4, "04A2B3C4")};
  ASSERT_TRUE(store->Store(records));
  Sql("UPDATE attendance_taps SET record = CAST(x'7BF1' AS TEXT) WHERE tap = '" +
      records[0].tap.ToString() + "' OR tap = '" + records[3].tap.ToString() + "'");
  const std::string& day = records[0].day;
  const auto found = store->FindAttendance({day, day, {}, {}});
  ASSERT_TRUE(found) << found.error().Message();
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].arrival, records[1]);  // the next tap of that person that can be read
  EXPECT_EQ((*found)[1].arrival, records[2]);
}

TEST_F(SqliteStoreTest, PeopleMayExchangeCards) {
  const auto store = *OpenSqlite(path_);
  std::vector<Person> people = {ExamplePerson("00000001", "Ana"), ExamplePerson("00000002", "Ben")};
  ASSERT_TRUE(PutPeople(*store, people));
  std::swap(people[0].card, people[1].card);
  ASSERT_TRUE(PutPeople(*store, people));
  const auto pulled = store->PullSchool("");
  ASSERT_TRUE(pulled);
  EXPECT_EQ((*pulled)->school.people, people);
}

}  // namespace
}  // namespace tamtap::central

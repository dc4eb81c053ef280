// Against a real server: see mongo_test_server.h.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

#include "base/descriptor.h"
#include "central/central_store_contract.h"
#include "central/mongo_fixture.h"

namespace tamtap::central {
namespace {

// Without a server none of these tests says anything: why there is none is said once, and they
// fail.
class WithServer final : public testing::Environment {
 public:
  void SetUp() override { ASSERT_NE(Server(), nullptr); }
};
const testing::Environment* const kWithServer = testing::AddGlobalTestEnvironment(new WithServer);

class MongoHarness final : public StoreHarness {
 public:
  std::unique_ptr<CentralStore> NewClient() override { return Open(uri_); }
  SchoolStore& Observer() override { return *observer_; }

 private:
  const std::string uri_ = NewUri();
  Database database_{uri_};
  std::unique_ptr<SchoolStore> observer_ = Open(uri_);
};

INSTANTIATE_TEST_SUITE_P(Mongo, CentralStoreContract,
                         testing::Values([]() -> std::unique_ptr<StoreHarness> {
                           if (Server() == nullptr) return nullptr;
                           return std::make_unique<MongoHarness>();
                         }));

TEST_F(MongoStoreTest, AnAttendanceDocumentIsWhatTheContractSays) {
  Record record = ExampleRecord(1);
  record.photo = "a.jpg";
  ASSERT_TRUE(store_->Store({&record, 1}));
  const auto documents = database_->Find("attendance");
  ASSERT_EQ(documents.size(), 1u);
  const json::object& document = documents[0];
  EXPECT_EQ(document.at("_id"), "2026-11-23/176B3325");
  for (const auto& [key, value] : ToJson(record)) EXPECT_EQ(document.at(key), value) << key;
  const json::array& taps = document.at("taps").as_array();
  ASSERT_EQ(taps.size(), 1u);
  EXPECT_EQ(taps[0].at("tap"), json::value(record.tap.ToString()));
  EXPECT_EQ(taps[0].at("terminal"), "gate-1");
  EXPECT_EQ(taps[0].at("tapped_at"), json::value(record.tapped_at));
}

TEST_F(MongoStoreTest, ATapWhoseSenderDiedBetweenTheTwoUpdatesIsMendedWhenItComesAgain) {
  const Record late = ExampleRecord(1, "176B3325", kExampleMorningUs + 5, "gate-1");
  const Record early = ExampleRecord(1, "176B3325", kExampleMorningUs, "gate-2");
  for (const bool backlog : {false, true}) {
    Record shifted_late = late;
    Record shifted_early = early;
    shifted_late.day = shifted_early.day = backlog ? "2026-11-25" : "2026-11-24";
    ASSERT_TRUE(store_->Store({&shifted_late, 1}));
    // The first of the two updates, as the sender did it.
    const json::object entry{{"tap", shifted_early.tap.ToString()},
                             {"terminal", "gate-2"},
                             {"tapped_at", shifted_early.tapped_at},
                             {"tapped_at_us", shifted_early.tapped_at_us},
                             {"record", ToJson(shifted_early)}};
    ASSERT_TRUE(database_->session().UpdateOne("attendance", {{"_id", shifted_late.AttendanceId()}},
                                               {{"$push", {{"taps", entry}}}}));
    std::vector<Record> again = {shifted_early};
    if (backlog) again.push_back(shifted_late);
    const auto outcomes = store_->Store(again);
    ASSERT_TRUE(outcomes);
    EXPECT_EQ((*outcomes)[0].kind, OutcomeKind::kAlreadyStored);
    const auto found = store_->FindAttendance({shifted_late.day, shifted_late.day, {}, {}});
    ASSERT_TRUE(found);
    EXPECT_EQ((*found)[0].arrival, shifted_early);
    EXPECT_EQ((*found)[0].taps.size(), 2u);
  }
}

TEST_F(MongoStoreTest, ABacklogOfHundredsIsStoredInOneCall) {
  std::vector<Record> records;
  for (uint64_t i = 1; i <= 300; ++i) {
    records.push_back(ExampleRecord(i, fmt::format("{:08X}", i / 2)));
  }
  for (const OutcomeKind first : {OutcomeKind::kStored, OutcomeKind::kAlreadyStored}) {
    const auto outcomes = store_->Store(records);
    ASSERT_TRUE(outcomes) << outcomes.error().Message();
    EXPECT_EQ((*outcomes)[1].kind, first);
    for (const Outcome& outcome : *outcomes) {
      EXPECT_TRUE(outcome.kind == first ||
                  (first == OutcomeKind::kStored && outcome.kind == OutcomeKind::kMerged));
    }
  }
  EXPECT_EQ(store_->ArrivalsOf("2026-11-23")->size(), 151u);
}

TEST_F(MongoStoreTest, AnotherUniqueIndexRefusesOneRecordAndNoOther) {
  ASSERT_TRUE(database_->session().WriteCommand(
      {{"createIndexes", "attendance"},
       {"indexes", json::array{json::object{
                       {"key", {{"email", 1}}}, {"name", "email_1"}, {"unique", true}}}}}));
  std::vector<Record> records = {ExampleRecord(1, "00000001"), ExampleRecord(2, "00000002"),
                                 ExampleRecord(3, "00000003")};
  records[2].email = "other@example.org";
  const auto outcomes = store_->Store(records);
  ASSERT_TRUE(outcomes) << outcomes.error().Message();
  EXPECT_EQ((*outcomes)[0].kind, OutcomeKind::kStored);
  EXPECT_EQ((*outcomes)[1].kind, OutcomeKind::kRejected);
  EXPECT_NE((*outcomes)[1].reason.find("E11000"), std::string::npos) << (*outcomes)[1].reason;
  EXPECT_EQ((*outcomes)[2].kind, OutcomeKind::kStored);
}

TEST_F(MongoStoreTest, DocumentsOfAnExistingDatabaseAreReadAsTheyAre) {
  const json::object past{{"nfc_id", "100582761834"},  // 176B3325 as SimpleMFRC522 prints it
                          {"tamtap_id", "TT-001"},
                          {"name", "Ana Reyes"},
                          {"first_name", "Ana"},
                          {"last_name", "Reyes"},
                          {"email", "ana@example.org"},
                          {"role", "student"},
                          {"grade", 7},
                          {"section", "Narra"},
                          {"date", "2026-11-20 13:05:06"},
                          {"time", "13:05:06"},
                          {"session", "PM"},
                          {"status", "late"},
                          {"photo", nullptr}};
  database_->Insert("attendance", past);
  database_->Insert("attendance", {{"nfc_id", "not a card"}, {"date", "2026-11-20 13:00:00"}});
  database_->Insert("attendance", {{"nfc_id", 100582761834}, {"date", "2026-11-21 07:00:00"}});
  const Record ours = ExampleRecord(1, "00000001", kExampleMorningUs - 3 * 86'400'000'000);
  ASSERT_EQ(ours.day, "2026-11-20");
  ASSERT_TRUE(store_->Store({&ours, 1}));

  const auto found = store_->FindAttendance({"2026-11-20", "2026-11-20", {{"Narra"}}, {}});
  ASSERT_TRUE(found) << found.error().Message();
  ASSERT_EQ(found->size(), 2u);
  const Record& record = (*found)[0].arrival;
  EXPECT_EQ(record.person, "176B3325");
  EXPECT_EQ(record.card.text(), "176B3325");
  EXPECT_EQ(record.day, "2026-11-20");
  EXPECT_EQ(record.time, "13:05:06");
  EXPECT_EQ(record.grade, "7");
  EXPECT_EQ(record.session, Session::kPm);
  EXPECT_EQ(record.status, Status::kLate);
  EXPECT_TRUE(record.tap.empty());
  EXPECT_TRUE((*found)[0].taps.empty());
  EXPECT_EQ((*found)[1].arrival, ours);

  const auto of_person = store_->FindAttendance({"2026-11-01", "2026-11-30", {}, "176B3325"});
  ASSERT_TRUE(of_person);
  EXPECT_EQ(of_person->size(), 2u);
  const auto arrivals = store_->ArrivalsOf("2026-11-20");
  ASSERT_TRUE(arrivals);
  EXPECT_EQ(arrivals->size(), 3u);
  const auto of_no_card = store_->FindAttendance({"2026-11-01", "2026-11-30", {}, "not a card"});
  ASSERT_TRUE(of_no_card);
  EXPECT_EQ(of_no_card->size(), 1u);
}

TEST_F(MongoStoreTest, ADayThatAnExistingDatabaseTellsOfTooIsFoundOnce) {
  struct Case {
    const char* past_time;
    const char* past_status;
    bool past_is_the_arrival;
  };
  int number = 0;
  for (const Case& each : {Case{"06:55:00", "on_time", true}, Case{"07:05:00", "late", false},
                           Case{"06:30:00", "absent", false}, Case{"06:30:00", "excused", false}}) {
    const std::string day = AddDays("2026-11-20", number++);
    const std::string past_date = day + " " + each.past_time;
    database_->Insert("attendance", {{"nfc_id", "100582761834"},
                                     {"name", "Ana Reyes"},
                                     {"section", "Narra"},
                                     {"date", past_date},
                                     {"status", each.past_status}});
    constexpr int64_t kDayUs = 86'400'000'000;
    const Record ours = ExampleRecord(static_cast<uint64_t>(number), "176B3325",
                                      kExampleMorningUs + (number - 4) * kDayUs);  // at 07:00
    ASSERT_TRUE(store_->Store({&ours, 1}));
    const auto found = store_->FindAttendance({day, day, {}, {}});
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1u) << past_date;
    EXPECT_EQ((*found)[0].arrival.date, each.past_is_the_arrival ? past_date : ours.date);
    EXPECT_EQ((*found)[0].taps.size(), 1u) << "the tap is listed whoever was first";
    // Looking at it touches nothing of theirs.
    const json::object theirs{{"date", past_date}, {"day", {{"$exists", false}}}};
    const auto documents = database_->Find("attendance", theirs);
    ASSERT_EQ(documents.size(), 1u);
    EXPECT_EQ(documents[0].at("status"), each.past_status);
    // Whoever asks who came takes it in (mongo_predecessor.h).
    const auto arrivals = store_->ArrivalsOf(day);
    ASSERT_TRUE(arrivals);
    ASSERT_EQ(arrivals->size(), 1u);
    EXPECT_EQ((*arrivals)[0].date, (*found)[0].arrival.date);
    EXPECT_TRUE(database_->Find("attendance", theirs).empty());
  }
}

TEST_F(MongoStoreTest, IndexesAreMadeAndWhatStandsAgainstOneIsNoFault) {
  database_->Insert("students", {{"nfc_id", "00000001"}, {"name", "Ana"}});
  database_->Insert("students", {{"nfc_id", "00000001"}, {"name", "Ana again"}});
  const auto pinged = store_->Ping();
  ASSERT_TRUE(pinged) << pinged.error().Message();
  const Record record = ExampleRecord(1);
  EXPECT_TRUE(store_->Store({&record, 1}));
  const json::object index{{"key", {{"day", 1}, {"section", -1}}}, {"name", "day_1_section_1"}};
  const auto clash = database_->session().WriteCommand(
      {{"createIndexes", "attendance"}, {"indexes", json::array{index}}});
  EXPECT_FALSE(clash) << "an index of that name is there";
}

TEST(MongoUriTest, ANonsenseUriIsTheSettingsFaultAndIsNotRepeated) {
  for (const char* const uri : {"", "mongo://x", "mongodb://user:hush@host:port/db"}) {
    const auto store = OpenMongo({uri, ""});
    ASSERT_FALSE(store) << uri;
    EXPECT_EQ(store.error().code, ErrorCode::kMisconfigured);
    EXPECT_EQ(store.error().Message().find("hush"), std::string::npos);
  }
}

TEST(MongoUriTest, TheDatabaseIsThePathsElseTheOptionsElseTamtap) {
  const auto name = [](const char* uri, const char* database) {
    return (*MongoPool::Open({uri, database}))->database();
  };
  EXPECT_EQ(name("mongodb://127.0.0.1:1/school", "other"), "school");
  EXPECT_EQ(name("mongodb://127.0.0.1:1/", "other"), "other");
  EXPECT_EQ(name("mongodb://127.0.0.1:1", ""), "tamtap");
}

// A listener that takes connections and never says a word; or, closed, a port that refuses.
class SilentPort {
 public:
  SilentPort() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(descriptor_.get(), generic, sizeof address), 0);
    EXPECT_EQ(listen(descriptor_.get(), 16), 0);
    EXPECT_EQ(getsockname(descriptor_.get(), generic, &length), 0);
    uri_ = fmt::format("mongodb://127.0.0.1:{}/tamtap", ntohs(address.sin_port));
  }
  void Close() { descriptor_.Reset(); }
  const std::string& uri() const { return uri_; }

 private:
  Descriptor descriptor_;
  std::string uri_;
};

TEST(MongoFaultTest, ARefusedOrSilentServerIsAnotherTryInBoundedTime) {
  for (const bool silent : {true, false}) {
    SilentPort port;
    if (!silent) port.Close();
    const auto store = Open(port.uri());
    const auto start = std::chrono::steady_clock::now();
    const Record record = ExampleRecord(1);
    const auto outcomes = store->Store({&record, 1});
    ASSERT_FALSE(outcomes);
    EXPECT_EQ(outcomes.error().code, ErrorCode::kRetry) << outcomes.error().Message();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
  }
}

TEST(MongoFaultTest, AServerThatFreezesInMidCallIsAnotherTryAndThenTheTapIsThereOnce) {
  ASSERT_NE(Server(), nullptr);
  if (!Server()->Ours()) return;  // somebody else's server is not stopped
  const std::string database = NewDatabase();
  const auto store = Open(Server()->UriFor(database, "socketTimeoutMS=1000"));
  ASSERT_TRUE(store->Ping());
  Server()->Signal(SIGSTOP);
  const Record record = ExampleRecord(1);
  const auto outcomes = store->Store({&record, 1});
  Server()->Signal(SIGCONT);
  ASSERT_FALSE(outcomes);
  EXPECT_EQ(outcomes.error().code, ErrorCode::kRetry) << outcomes.error().Message();
  // Applied or not, the reply was lost: sent again until it is confirmed, it is there once.
  Result<std::vector<Outcome>> again = outcomes;
  for (int i = 0; i < 20 && !again; ++i) again = store->Store({&record, 1});
  ASSERT_TRUE(again) << again.error().Message();
  const auto found = Open(UriFor(database))->FindAttendance({"2026-11-23", "2026-11-23", {}, {}});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].taps.size(), 1u);
}

TEST(MongoFaultTest, AServerThatComesBackIsHeardOf) {
  ASSERT_NE(Server(), nullptr);
  const auto store = Open(NewUri());
  std::atomic<int> heard = 0;
  store->OnAnswering([&] { ++heard; });
  ASSERT_TRUE(store->Ping());
  EXPECT_EQ(heard, 1);
  ASSERT_TRUE(store->Ping());
  EXPECT_EQ(heard, 1) << "it was there all the time";
  store->OnAnswering(nullptr);
}

}  // namespace
}  // namespace tamtap::central

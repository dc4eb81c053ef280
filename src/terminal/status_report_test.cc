#include "terminal/status_report.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "base/disk_room.h"
#include "journal/test_journal.h"

namespace tamtap {
namespace {

namespace json = boost::json;

GateHealth Free(uint64_t bytes) {
  GateHealth health;
  health.disk_free = bytes;
  return health;
}

class StatusReportTest : public journal::JournalTest {
 protected:
  void SetUp() override {
    journal_ = Open();
    Append(*journal_, 1, 3);
  }
  json::object Report(const SyncStatus& sync = {}) {
    return json::parse(StatusReport(*journal_, sync, clock_, contested_)).as_object();
  }

  std::unique_ptr<journal::Journal> journal_;
  ContestedCards contested_;
};

TEST_F(StatusReportTest, NamesTheCardsThatOnlyStaffCanSettleOnceEach) {
  EXPECT_FALSE(Report().contains("contested_cards"));
  Person ana;
  ana.name = "Ana Reyes";
  ana.nfc_id = "584193394409";
  ana.section = "Narra";
  Person ben;
  ben.name = "Ben Cruz";
  contested_.Note("04A3C6CAE26181", {.refusal = Refusal::kUnknownCard, .rivals = {&ana}}, "07:00");
  contested_.Note("0563537489", {.refusal = Refusal::kAmbiguousCard, .rivals = {&ben, &ana}},
                  "07:01");
  contested_.Note("04A3C6CAE26181", {.refusal = Refusal::kUnknownCard, .rivals = {&ana}}, "07:02");
  const json::array cards = Report().at("contested_cards").as_array();
  ASSERT_EQ(cards.size(), 2u);
  EXPECT_EQ(cards[0].at("card").as_string(), "04A3C6CAE26181");
  EXPECT_EQ(cards[0].at("at").as_string(), "07:02");
  EXPECT_EQ(cards[0].at("nfc_id").as_string(), "584193394409");
  EXPECT_EQ(cards[1].at("reason").as_string(), "AMBIGUOUS_CARD");
  EXPECT_EQ(cards[1].at("name").as_string(), "Ben Cruz");
  EXPECT_EQ(cards[1].at("other").as_string(), "Ana Reyes");
  for (int n = 0; n < 100; ++n) {
    contested_.Note("card " + std::to_string(n),
                    {.refusal = Refusal::kUnknownCard, .rivals = {&ana}}, "07:03");
  }
  EXPECT_EQ(Report().at("contested_cards").as_array().size(), ContestedCards::kMost);
}

TEST_F(StatusReportTest, TellsTheBacklogAndWhatTheSyncLastHeard) {
  SyncStatus sync;
  sync.connected = true;
  sync.last_error = "send taps: no \"route\"";
  sync.outcomes[static_cast<size_t>(OutcomeKind::kMerged)] = 7;
  sync.round_trip = std::chrono::microseconds(1'500);
  clock_.SleepFor(std::chrono::seconds(90));
  const json::object report = Report(sync);
  EXPECT_EQ(report.at("pending").to_number<int>(), 3);
  EXPECT_GE(report.at("oldest_pending_seconds").to_number<int>(), 90);
  EXPECT_EQ(report.at("last_error").as_string(), "send taps: no \"route\"");
  EXPECT_EQ(report.at("merged").to_number<int>(), 7);
  EXPECT_EQ(report.at("round_trip_ms").to_number<double>(), 1.5);
  EXPECT_FALSE(report.contains("quarantined_taps"));
}

TEST_F(StatusReportTest, ThePanelsNoticeTellsStaffWhatDoesNotLeave) {
  EXPECT_EQ(IdleNotice(*journal_, clock_), "");  // they were only just taken
  clock_.SleepFor(std::chrono::minutes(5));
  EXPECT_EQ(IdleNotice(*journal_, clock_), "3 UNSENT 5 M");
  clock_.SleepFor(std::chrono::hours(30));
  EXPECT_EQ(IdleNotice(*journal_, clock_), "3 UNSENT 30 H");
  clock_.SleepFor(std::chrono::hours(24 * 30));
  EXPECT_EQ(IdleNotice(*journal_, clock_), "3 UNSENT 31 D");
  const std::vector<uint64_t> sent = {1, 2};
  journal_->Confirm(sent);
  journal_->Quarantine(3, "too large");
  EXPECT_EQ(IdleNotice(*journal_, clock_), "1 REFUSED");
}

TEST_F(StatusReportTest, ADiskThatFillsIsSaidInPlainWordsBeforeAnythingElse) {
  clock_.SleepFor(std::chrono::minutes(5));
  EXPECT_EQ(IdleNotice(*journal_, clock_, Free(kGatePhotoReserve)), "3 UNSENT 5 M");
  EXPECT_EQ(IdleNotice(*journal_, clock_, Free(kGatePhotoReserve - 1)), "DISK NEARLY FULL");
  EXPECT_EQ(IdleNotice(*journal_, clock_, Free(kRecordReserve - 1)), "DISK NEARLY FULL");
  EXPECT_EQ(IdleNotice(*journal_, clock_, Free(kTapReserve - 1)), "DISK FULL");
  const auto said = [&](uint64_t free) {
    return json::value_to<std::string>(
        json::parse(StatusReport(*journal_, {}, clock_, contested_, Free(free)))
            .at("disk_problem"));
  };
  EXPECT_EQ(said(1 << 30), "");
  EXPECT_THAT(said(40 << 20),
              testing::HasSubstr("40 MiB of the disk are free: photos are not kept"));
  EXPECT_THAT(said(12 << 20), testing::HasSubstr("takes no records"));
  EXPECT_THAT(said(0), testing::HasSubstr("refuse taps"));
  EXPECT_FALSE(Report().contains("disk_problem"));
}

TEST_F(StatusReportTest, ReadersThatAreAwayACameraThatFailsAndAnUnsureClockAreSaid) {
  GateHealth health;
  health.camera = CameraHealth::kWorks;
  health.version = "1.2.3";
  EXPECT_EQ(IdleNotice(*journal_, clock_, health), "");
  clock_.SetSynchronised(false);
  EXPECT_EQ(IdleNotice(*journal_, clock_, health), "CHECK THE CLOCK");
  health.camera = CameraHealth::kFails;
  EXPECT_EQ(IdleNotice(*journal_, clock_, health), "CHECK THE CAMERA");
  journal_->Quarantine(3, "too large");
  EXPECT_EQ(IdleNotice(*journal_, clock_, health), "1 REFUSED");
  health.readers_away = {"evdev:Sycreader"};
  EXPECT_EQ(IdleNotice(*journal_, clock_, health), "CHECK THE READER");
  const json::object report =
      json::parse(StatusReport(*journal_, {}, clock_, contested_, health)).as_object();
  EXPECT_EQ(report.at("camera").as_string(), "fails");
  EXPECT_EQ(report.at("readers_away"), json::array({"evdev:Sycreader"}));
  EXPECT_EQ(report.at("version").as_string(), "1.2.3");
  EXPECT_FALSE(Report().contains("camera"));
}

TEST_F(StatusReportTest, NamesQuarantinedTapsAndTheirReason) {
  journal_->Quarantine(2, "too large");
  const json::object tap = Report().at("quarantined_taps").at(0).as_object();
  EXPECT_EQ(tap.at("nfc_id").as_string(), journal::ExampleCard(2));
  EXPECT_EQ(tap.at("reason").as_string(), "too large");
  EXPECT_EQ(tap.at("day").as_string(), "2026-11-23");
}

}  // namespace
}  // namespace tamtap

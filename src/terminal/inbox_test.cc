// Imports: the same tap is one, whoever brings it, how often, and however long ago.
#include "terminal/inbox.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "journal/journal_reader.h"
#include "journal/legacy_import.h"
#include "sim/fake_clock.h"
#include "sim/simulated_disk.h"
#include "tap/example_record.h"
#include "tap/imported_tap_id.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

using journal::ImportedTap;
using journal::Journal;

const std::string kData = "/data";
const std::string kJournal = kData + "/journal";
const std::string kInbox = kData + "/inbox";
constexpr uint32_t kKeptDays = 30;

class InboxTest : public testing::Test {
 protected:
  // At a gate called `terminal`; "import" is what the command line calls itself without a name.
  std::unique_ptr<Journal> Open(const std::string& terminal) {
    journal::JournalOptions options;
    options.directory = kJournal;
    options.terminal = terminal;
    options.first_indexed_day = "2026-12-25";
    options.segment_bytes = 4 << 10;
    options.maintenance_thread = false;
    options.retention = {kKeptDays, /*archive=*/false};
    auto opened = Journal::Open(options, disk_, clock_, random_);
    EXPECT_TRUE(opened) << opened.error().Message();
    return opened ? *std::move(opened) : nullptr;
  }

  // `count` taps of the predecessor, from the `first` second of an hour on.
  static std::vector<ImportedTap> Taps(int first, int count, bool confirmed) {
    std::string list;
    for (int second = first; second < first + count; ++second) {
      list += fmt::format(R"({}{{"nfc_id":"176B3325","date":"2026-11-02 07:{:02}:{:02}"}})",
                          list.empty() ? "" : ",", second / 60, second % 60);
    }
    const auto import = journal::ReadLegacyFile(
        fmt::format(R"({{"{}":[{}]}})", confirmed ? "attendance" : "pending_attendance", list),
        *TimeZone::Load("Asia/Manila"));
    EXPECT_TRUE(import);
    EXPECT_EQ(import->taps.size(), static_cast<size_t>(count));
    return import->taps;
  }

  InboxAnswer Import(Journal& journal, std::vector<ImportedTap> taps) {
    InboxRequest request;
    request.taps = std::move(taps);
    const auto answer = CarryOut(request, journal, disk_, clock_, kJournal);
    EXPECT_TRUE(answer) << answer.error().Message();
    return answer ? *answer : InboxAnswer{};
  }
  std::string Leave(std::vector<ImportedTap> taps) {
    InboxRequest request;
    request.taps = std::move(taps);
    return *LeaveRequest(disk_, random_, kInbox, request);
  }
  uint64_t TapsInJournal() {
    return journal::ReadWholeJournal(disk_, clock_, kJournal)->ledger.records();
  }

  sim::SimulatedDisk disk_;
  sim::FakeClock clock_{WallTime(std::chrono::microseconds(kExampleMorningUs))};
  SeededRandom random_{1};
};

TEST_F(InboxTest, TheSameFileThriceIsOnceWithoutARunningTerminal) {
  for (int time = 0; time < 3; ++time) {
    const auto journal = Open("import");  // each command opens it anew
    const InboxAnswer answer = Import(*journal, Taps(0, 5, /*confirmed=*/false));
    EXPECT_EQ(answer.done, time == 0 ? 5u : 0u);
    EXPECT_EQ(answer.skipped, time == 0 ? 0u : 5u);
  }
  EXPECT_EQ(TapsInJournal(), 5u);
}

TEST_F(InboxTest, TapsAreFoundWhateverBecameOfThem) {
  const auto journal = Open("gate-1");
  ASSERT_EQ(Import(*journal, Taps(0, 3, /*confirmed=*/false)).done, 3u);
  ASSERT_EQ(Import(*journal, Taps(3, 1, /*confirmed=*/true)).done, 1u);
  const std::vector<uint64_t> confirmed = {1};
  journal->Confirm(confirmed);
  journal->Quarantine(2, "refused");
  const InboxAnswer answer = Import(*journal, Taps(0, 6, /*confirmed=*/false));
  EXPECT_EQ(answer.skipped, 4u);
  EXPECT_EQ(answer.done, 2u);
  EXPECT_EQ(TapsInJournal(), 6u);
}

TEST_F(InboxTest, TapsThatLeftTheJournalAreStillKnown) {
  constexpr uint64_t kTaps = 60;
  {
    const auto journal = Open("gate-1");
    for (int first = 0; first < 40; first += 4) {
      ASSERT_EQ(Import(*journal, Taps(first, 4, /*confirmed=*/true)).done, 4u);
      ASSERT_TRUE(journal->Maintain());
    }
    // How old a segment is tell only taps whose clock was right.
    for (uint64_t n = 41; n <= kTaps; ++n) {
      Record record = ExampleRecord(n, fmt::format("{:08X}", 0xA0000000 + n));
      ASSERT_TRUE(journal->Append(record));
      ASSERT_TRUE(journal->Maintain());
    }
    std::vector<uint64_t> all(kTaps);
    std::iota(all.begin(), all.end(), 1);
    journal->Confirm(all);
    journal->Checked(all);
    clock_.Advance(std::chrono::days(kKeptDays + 40));
    ASSERT_TRUE(journal->Maintain());
  }
  const auto state = *journal::ReadWholeJournal(disk_, clock_, kJournal);
  ASSERT_GT(state.retired.records, 40u);
  const auto journal = Open("gate-1");
  const InboxAnswer answer = Import(*journal, Taps(0, 41, /*confirmed=*/true));
  EXPECT_EQ(answer.done, 1u);
  EXPECT_EQ(answer.skipped, 40u);
}

TEST_F(InboxTest, AfterAJournalWasLostItsTapsAreImportedAgain) {
  {
    const auto journal = Open("gate-1");
    ASSERT_EQ(Import(*journal, Taps(0, 5, /*confirmed=*/false)).done, 5u);
  }
  const auto names = *disk_.List(kJournal);
  for (const std::string& name : names) ASSERT_TRUE(disk_.Remove(JoinPath(kJournal, name)));
  const auto journal = Open("gate-1");
  EXPECT_EQ(Import(*journal, Taps(0, 5, /*confirmed=*/false)).done, 5u);
}

TEST_F(InboxTest, TapsThatAnEarlierVersionImportedAreFoundUnderTheirFormerIds) {
  const auto journal = Open("gate-1");
  std::vector<ImportedTap> former = Taps(0, 5, /*confirmed=*/false);
  for (ImportedTap& tap : former) tap.record.tap = journal::FormerImportedTapId(tap.record);
  ASSERT_TRUE(journal->AppendImported(former));
  const InboxAnswer answer = Import(*journal, Taps(0, 7, /*confirmed=*/false));
  EXPECT_EQ(answer.skipped, 5u);
  EXPECT_EQ(answer.done, 2u);
}

TEST_F(InboxTest, RequestsThatWaitedAreOnceToo) {
  const std::string first = Leave(Taps(0, 5, /*confirmed=*/false));
  const std::string second = Leave(Taps(0, 6, /*confirmed=*/false));
  const auto journal = Open("gate-1");
  ASSERT_TRUE(EmptyInbox(disk_, clock_, kInbox, *journal, kJournal));
  EXPECT_EQ(TapsInJournal(), 6u);
  uint64_t done = 0;
  uint64_t skipped = 0;
  for (const std::string& name : {first, second}) {
    const auto answer = AwaitAnswer(disk_, clock_, kInbox, name, std::chrono::milliseconds(0));
    ASSERT_TRUE(answer);
    done += answer->done;
    skipped += answer->skipped;
  }
  EXPECT_EQ(done, 6u);
  EXPECT_EQ(skipped, 5u);
}

TEST_F(InboxTest, WhatWaitsInTheInboxIsNotLeftThereTwice) {
  Leave(Taps(0, 5, /*confirmed=*/false));
  InboxRequest again;
  again.taps = Taps(0, 7, /*confirmed=*/false);
  const auto waiting = LeaveOutWaiting(disk_, kInbox, again);
  ASSERT_TRUE(waiting);
  EXPECT_EQ(*waiting, 5u);
  EXPECT_EQ(again.taps.size(), 2u);
}

TEST(LegacyImportTest, AnIdFollowsFromCardAndDateAlone) {
  const TimeZone zone = *TimeZone::Load("Asia/Manila");
  const auto read = [&](std::string_view text) {
    const auto import = journal::ReadLegacyFile(text, zone);
    EXPECT_TRUE(import) << import.error().Message();
    return import->taps.at(0).record.tap.ToString();
  };
  const std::string id =
      read(R"({"attendance":[{"nfc_id":"176B3325","date":"2026-11-02 07:00:00","name":"Ana"}]})");
  EXPECT_EQ(id, "import.d16cc301daa3dc5294dd8363b940a1c5.1");
  EXPECT_EQ(read(R"({"pending_attendance":[{"nfc_id":"100582761834","date":"2026-11-02",)"
                 R"("time":"07:00","section":"Narra"}]})"),
            id);
  EXPECT_TRUE(TapId::Parse(id));
  EXPECT_NE(read(R"({"attendance":[{"nfc_id":"176B3325","date":"2026-11-02 07:00:01"}]})"), id);
}

TEST(LegacyImportTest, AnEntryThatStandsInAFileTwiceIsOneTapAndPendingIfInDoubt) {
  const auto import = journal::ReadLegacyFile(
      R"({"attendance":[{"nfc_id":"176B3325","date":"2026-11-02 07:00:00"},)"
      R"({"nfc_id":"176B3325","date":"2026-11-02 07:00:00"}],)"
      R"("pending_attendance":[{"nfc_id":"176B3325","date":"2026-11-02 07:00:00"}]})",
      *TimeZone::Load("Asia/Manila"));
  ASSERT_TRUE(import);
  ASSERT_EQ(import->taps.size(), 1u);
  EXPECT_FALSE(import->taps[0].confirmed);
  EXPECT_EQ(import->repeated, 2u);
}

TEST(LegacyImportTest, IdsThatNoReaderGivesKeepTheirPeopleAndTheirPast) {
  const auto import = journal::ReadLegacyFile(
      R"({"students":{"2710951593":{"first_name":"Ben"},"584193394409":{"first_name":"Cy"},)"
      R"("LRN-102938":{"first_name":"Dina"},"a/b":{"first_name":"Eli"}},)"
      R"("attendance":[{"nfc_id":2710951593,"date":"2026-11-02 07:00:00"},)"
      R"({"nfc_id":"584193394409","date":"2026-11-02 07:00:00"},)"
      R"({"nfc_id":"LRN-102938","date":"2026-11-02 07:00:00"},)"
      R"({"nfc_id":"a/b","date":"2026-11-02 07:00:00"},)"
      R"({"uid":"100582761834","date":"2026-11-02 07:00:00"},)"
      R"({"nfc_id":"","date":"2026-11-02 07:00:00"}]})",
      *TimeZone::Load("Asia/Manila"));
  ASSERT_TRUE(import);
  EXPECT_EQ(import->school.people.size(), 4u);
  EXPECT_EQ(import->errors.size(), 1u);
  ASSERT_EQ(import->taps.size(), 5u);
  const std::pair<const char*, const char*> kPersons[] = {{"2710951593", "Ben"},
                                                          {"8804A3C6", "Cy"},
                                                          {"LRN-102938", "Dina"},
                                                          {"a_b~c14cddc0", "Eli"},
                                                          {"176B3325", ""}};
  for (size_t i = 0; i < std::size(kPersons); ++i) {
    const Record& record = import->taps[i].record;
    EXPECT_EQ(record.person, kPersons[i].first);
    EXPECT_EQ(record.first_name, kPersons[i].second);
    std::string text;
    AppendJson(record, text);
    EXPECT_TRUE(FieldsFit(record));
  }
  EXPECT_EQ(import->taps[3].record.NfcId(), "a/b");
  EXPECT_EQ(import->taps[4].record.NfcId(), "100582761834");
}

// Taps of cut cards were imported by earlier versions, which took them for the card 8804A3C6.
TEST(LegacyImportTest, ACutCardsTapKeepsTheIdThatEarlierVersionsGaveIt) {
  Record former = ExampleRecord(1, "8804A3C6");
  Record now = former;
  now.card = CardId();
  now.nfc_id = "584193394409";
  EXPECT_EQ(ImportedTapId(now), ImportedTapId(former));
  EXPECT_EQ(FormerImportedTapId(now), FormerImportedTapId(former));
}

TEST(LegacyImportTest, AMarkAndUtf16AreReadAndOtherBytesRefused) {
  const TimeZone zone = *TimeZone::Load("Asia/Manila");
  const std::string text = R"({"attendance":[{"nfc_id":"176B3325","date":"2026-11-02 07:00:00"}]})";
  const auto marked = journal::ReadLegacyFile("\xEF\xBB\xBF" + text, zone);
  ASSERT_TRUE(marked) << marked.error().Message();
  EXPECT_EQ(marked->taps.size(), 1u);
  std::string wide = "\xFE\xFF";
  for (const char c : text) wide += {'\0', c};
  const auto utf16 = journal::ReadLegacyFile(wide, zone);
  ASSERT_TRUE(utf16);
  EXPECT_EQ(utf16->taps.size(), 1u);
  const auto refused = journal::ReadLegacyFile(
      "{\"name\":\"Pe\xF1"
      "a\"}",
      zone);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().Message().find("UTF-8"), std::string::npos);
}

}  // namespace
}  // namespace tamtap

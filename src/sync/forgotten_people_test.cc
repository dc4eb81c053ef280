// A central store that is restored from an older copy has forgotten who was registered since, or
// was given another card. Its gates tell it, of whoever tapped.
#include "school/facts_in_memory.h"
#include "sync/journal_confirmations.h"
#include "sync/store_check.h"
#include "sync/sync_fixture.h"
#include "tap/person_cards.h"

namespace tamtap {
namespace {

Person With(const std::string& card) {
  Person person;
  person.card = *CardId::Parse(card);
  person.person = card;
  return person;
}

class ForgottenPeople : public SyncTest {
 protected:
  ForgottenPeople() {
    sync_.CheckStoreBy(&check_);
    store_.school = {"v1", true, true, {{With(ExampleCard(1))}, {}, {}}, {}};
    // As a server judges.
    store_.decide = [this](const Record& record) {
      for (const Person& each : store_.school.school.people) {
        const bool theirs = each.person == record.person && CouldBeTheirs(each, record.card);
        if (theirs) return Outcome{OutcomeKind::kStored, {}};
      }
      return Outcome{OutcomeKind::kRejected, "nobody of the school has this card"};
    };
  }

  void Live(milliseconds duration) {
    for (const MonotonicTime end = clock_.MonotonicNow() + duration; clock_.MonotonicNow() < end;) {
      clock_.Advance(std::max(sync_.Step(), milliseconds(1)));
      most_quarantined_ = std::max(most_quarantined_, journal_->Status().quarantined);
    }
  }
  void TapOf(const std::string& card, const std::string& person) {
    Record record = ExampleRecord(1, card);
    record.person = person;
    record.name = "Ben Flores";
    ASSERT_TRUE(journal_->Append(record));
  }
  // As from a backup that was taken now and is put back later; a copy keeps its name and epoch.
  void Copy() {
    school_in_copy_ = store_.school.school;
    taps_in_copy_ = store_.taps;
  }
  void PutBack() {
    store_.school = {"restored", true, true, school_in_copy_, {}};
    store_.taps = taps_in_copy_;
  }
  void EverythingIsThere(size_t taps) {
    EXPECT_EQ(Pending(), 0u);
    EXPECT_EQ(journal_->Status().quarantined, 0u);
    EXPECT_EQ(store_.taps.size(), taps);
  }

  JournalConfirmations confirmations_{*journal_, zone_};
  StoreCheck check_{confirmations_, store_, clock_};
  uint64_t most_quarantined_ = 0;
  School school_in_copy_;
  std::map<std::string, Record> taps_in_copy_;
};

TEST_F(ForgottenPeople, WhoWasRegisteredSinceIsToldAgain) {
  TapOf(ExampleCard(1), ExampleCard(1));
  Live(milliseconds(70'000));
  Copy();
  store_.school.school.people.push_back(With(ExampleCard(2)));
  store_.school.version = "v2";
  sync_.SchoolChanged();
  TapOf(ExampleCard(2), ExampleCard(2));
  Live(milliseconds(70'000));
  ASSERT_EQ(store_.taps.size(), 2u);
  PutBack();
  Live(milliseconds(600'000));
  EverythingIsThere(2);
  ASSERT_EQ(store_.school.school.people.size(), 2u);
  EXPECT_EQ(store_.school.school.people[1].name, "Ben Flores");
}

TEST_F(ForgottenPeople, TheirNextTapIsNotRefusedThoughNobodyNoticedThatTheStoreWentBack) {
  Copy();
  store_.school.school.people.push_back(With(ExampleCard(2)));
  store_.school.version = "v2";
  TapOf(ExampleCard(2), ExampleCard(2));
  Live(milliseconds(70'000));
  PutBack();
  TapOf(ExampleCard(2), ExampleCard(2));
  Live(milliseconds(600'000));
  EverythingIsThere(2);
  EXPECT_EQ(most_quarantined_, 0u) << "nor was it for a while, for staff to wonder about";
}

TEST_F(ForgottenPeople, ACardThatWasReplacedSinceIsToldAgain) {
  Copy();
  ReplaceCard("176B3325", store_.school.school.people[0]);
  TapOf("176B3325", ExampleCard(1));
  Live(milliseconds(70'000));
  ASSERT_EQ(store_.taps.size(), 1u);
  PutBack();
  Live(milliseconds(600'000));
  EverythingIsThere(1);
  EXPECT_EQ(store_.school.school.people[0].card.text(), "176B3325");
}

// Such a word is as old as the tap: whoever was taken out since stays out (school/facts.h).
TEST_F(ForgottenPeople, WhatIsToldIsAsOldAsTheTap) {
  store_.school.school.people.push_back(With(ExampleCard(2)));
  TapOf(ExampleCard(2), ExampleCard(2));
  Copy();
  Live(milliseconds(70'000));
  erase_if(school_in_copy_.people, [](const Person& p) { return p.person == ExampleCard(2); });
  PutBack();
  Live(milliseconds(600'000));
  ASSERT_FALSE(store_.changed.empty());
  EXPECT_LE(store_.changed[0].said.at_us, ExampleRecord(1, ExampleCard(2)).tapped_at_us);
}

// A tap by a clock that was ahead, unvouched for, must not count as said after they were taken out.
TEST_F(ForgottenPeople, AWordOfATapWhoseTimeNobodyVouchesForIsOlderThanAnyOther) {
  Live(milliseconds(1));
  ASSERT_TRUE(school_.NoteWentBack(store_.identity.id));
  Record record = ExampleRecord(1, ExampleCard(2));
  record.person = ExampleCard(2);
  record.clock = ClockState::kUnsure;
  ASSERT_TRUE(journal_->Append(record));
  Live(milliseconds(70'000));
  ASSERT_FALSE(store_.changed.empty());
  EXPECT_EQ(store_.changed[0].said.at_us, 1);
}

// What they were erased by is in no copy of before; but the gate was told that they left.
TEST_F(ForgottenPeople, WhoLeftSinceTheCopyWasMadeIsNotToldAgain) {
  Copy();
  store_.school.school.people.push_back(With(ExampleCard(2)));
  store_.school.version = "v2";
  sync_.SchoolChanged();
  TapOf(ExampleCard(2), ExampleCard(2));
  Live(milliseconds(70'000));
  ASSERT_EQ(store_.taps.size(), 1u);
  const School left{{With(ExampleCard(1))}, {}, {}};
  store_.school = Difference(store_.school.school, left, "v3");
  sync_.SchoolChanged();
  Live(milliseconds(70'000));
  ASSERT_TRUE(school_.HasLeft(ExampleCard(2)));
  PutBack();
  Live(milliseconds(600'000));
  EXPECT_TRUE(store_.changed.empty());
  EXPECT_EQ(store_.school.school.people.size(), 1u);
  EXPECT_EQ(journal_->Status().quarantined, 1u) << "kept, for staff to settle";
}

TEST_F(ForgottenPeople, WhatALaterTapSaysOfThemHolds) {
  store_.school.school.people.push_back(With(ExampleCard(2)));
  // In whatever order they are sent.
  uint64_t number = 0;
  for (const int64_t at : {1, 3, 2}) {
    Record record = ExampleRecord(++number, ExampleCard(2));
    record.person = ExampleCard(2);
    record.section = at == 3 ? "Molave" : "Narra";
    record.tapped_at_us = at * 1'000'000;
    ASSERT_TRUE(journal_->Append(record));
  }
  Copy();
  Live(milliseconds(70'000));
  erase_if(school_in_copy_.people, [](const Person& p) { return p.person == ExampleCard(2); });
  PutBack();
  Live(milliseconds(600'000));
  EverythingIsThere(3);
  FactsInMemory master;
  ASSERT_TRUE(ApplyChanges(store_.changed, clock_.Now(), master));
  const auto person =
      PersonOf(ExampleCard(2), master.facts().at({FactKind::kPerson, ExampleCard(2)}));
  ASSERT_TRUE(person);
  EXPECT_EQ(person->section, "Molave");
}

// A reader that gives a number which may be two cards says no card, and nothing of the one they
// have.
TEST_F(ForgottenPeople, ATapWithoutACardLeavesThemTheirs) {
  Live(milliseconds(1));
  ASSERT_TRUE(school_.NoteWentBack(store_.identity.id));
  Record record = ExampleRecord(1, ExampleCard(2));
  record.person = ExampleCard(2);
  ASSERT_TRUE(journal_->Append(record));
  Live(milliseconds(70'000));
  record = ExampleRecord(2, ExampleCard(2));
  record.person = ExampleCard(2);
  record.card = CardId();
  record.nfc_id = "0123456789";
  record.section = "Molave";
  record.tapped_at_us += 1'000'000;
  ASSERT_TRUE(journal_->Append(record));
  Live(milliseconds(70'000));
  FactsInMemory master;
  ASSERT_TRUE(ApplyChanges(store_.changed, clock_.Now(), master));
  const auto person =
      PersonOf(ExampleCard(2), master.facts().at({FactKind::kPerson, ExampleCard(2)}));
  ASSERT_TRUE(person);
  EXPECT_EQ(person->section, "Molave");
  EXPECT_EQ(person->card.text(), ExampleCard(2));
}

// The journal and the copy are two files, and a power cut may come between them.
TEST_F(ForgottenPeople, ThatTheStoreWentBackIsNotedBeforeTheJournalForgetsIt) {
  class Watching final : public Confirmations {
   public:
    Watching(Confirmations& real, const SchoolCopy& copy) : real_(real), copy_(copy) {}
    std::optional<StoreIdentity> Store() override { return real_.Store(); }
    Result<> SetStore(const StoreIdentity& identity) override {
      noted.push_back(copy_.WentBack());
      return real_.SetStore(identity);
    }
    Result<std::vector<journal::PendingTap>> ReadUnchecked(uint64_t from, size_t limit) override {
      return real_.ReadUnchecked(from, limit);
    }
    bool LacksAWitness() override { return real_.LacksAWitness(); }
    void Checked(std::span<const uint64_t> sequences) override { real_.Checked(sequences); }
    uint64_t MakePending(std::span<const uint64_t> sequences) override {
      return real_.MakePending(sequences);
    }
    Result<uint64_t> RecheckSince(std::string_view day) override { return real_.RecheckSince(day); }
    std::vector<std::string> DaysAsSent(const journal::PendingTap& tap) override {
      return real_.DaysAsSent(tap);
    }
    std::vector<std::string> noted;

   private:
    Confirmations& real_;
    const SchoolCopy& copy_;
  };
  Watching watching(confirmations_, school_);
  StoreCheck check(watching, store_, clock_);
  sync_.CheckStoreBy(&check);
  Live(milliseconds(70'000));
  store_.identity.epoch = "epoch-9";
  Live(milliseconds(70'000));
  EXPECT_EQ(watching.noted, (std::vector<std::string>{"", "store-1"}));
}

TEST_F(ForgottenPeople, ATapThatIsRefusedByAStoreThatForgotNothingIsQuarantined) {
  TapOf(ExampleCard(1), ExampleCard(1));
  Live(milliseconds(70'000));
  TapOf(ExampleCard(2), ExampleCard(2));
  Live(milliseconds(70'000));
  EXPECT_EQ(journal_->Status().quarantined, 1u);
  EXPECT_TRUE(store_.changed.empty());
}

}  // namespace
}  // namespace tamtap

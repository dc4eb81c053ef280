// A central store that is restored from an older copy has forgotten who was registered since, or
// was given another card. Its gates tell it, of whoever tapped.
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

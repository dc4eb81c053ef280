// Guardians, and the outbox of words to them: each message once.
#include <gmock/gmock.h>

#include <thread>

#include "central/central_store_contract.h"

namespace tamtap::central {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kNoonUs = 1'795'000'000'000'000;
constexpr int64_t kSecondUs = 1'000'000;
constexpr Channel kAnyChannel[] = {Channel::kMail, Channel::kGateway};

Guardian ExampleGuardian(const std::string& id, const std::string& name) {
  Guardian guardian;
  guardian.id = id;
  guardian.name = name;
  guardian.mail = id + "@example.org";
  guardian.phone = "+639171234567";
  guardian.language = Language::kFilipino;
  guardian.arrival = true;
  guardian.absence = true;
  return guardian;
}

Message ExampleMessage(const std::string& person, const std::string& guardian,
                       int64_t due_us = kNoonUs) {
  Message message;
  message.kind = MessageKind::kArrival;
  message.day = "2026-11-23";
  message.person = person;
  message.guardian = guardian;
  message.id = MessageId(message.kind, message.day, person, guardian);
  message.recipient = RecipientOf(guardian + "@example.org");
  message.time = "06:44";
  message.due_us = due_us;
  message.expires_us = due_us + 3'600 * kSecondUs;
  message.changed_us = kNoonUs;
  return message;
}

std::vector<Message> AllMessages(MessageStore& store) {
  const auto found = store.FindMessages({"2026-01-01", "2026-12-31", {}, {}, 1'000});
  EXPECT_TRUE(found) << found.error().Message();
  return found ? *found : std::vector<Message>();
}

}  // namespace

TEST_P(CentralStoreContract, GuardiansAreKeptAsTheyWerePut) {
  MessageStore& store = harness_->Observer().Messages();
  const std::vector<Guardian> two{ExampleGuardian("aa", "Nena Peña"),
                                  ExampleGuardian("bb", "O'Hara \"Jun\"")};
  ASSERT_TRUE(store.PutGuardians("176B3325", two));
  ASSERT_TRUE(store.PutGuardians("DEADBEEF", {two.data(), 1}));
  EXPECT_EQ(*store.GuardiansOf("176B3325"), two);
  EXPECT_THAT(*store.GuardiansOf("00000001"), IsEmpty());
  const std::vector<std::string> asked{"176B3325", "00000001", "DEADBEEF"};
  const auto all = store.GuardiansOfAll(asked);
  ASSERT_TRUE(all) << all.error().Message();
  EXPECT_EQ(all->size(), 2u);
  EXPECT_EQ(all->at("DEADBEEF"), std::vector<Guardian>{two[0]});
  ASSERT_TRUE(store.PutGuardians("176B3325", {}));
  EXPECT_THAT(*store.GuardiansOf("176B3325"), IsEmpty());
}

TEST_P(CentralStoreContract, GuardiansAreNotAmongTheFactsThatGatesPull) {
  School school;
  school.people = {ExamplePerson("176B3325", "Ana")};
  ASSERT_TRUE(ChangeSchoolOf(harness_->Observer(), [&](School& now) { now = school; }));
  const auto before = store_->PullSchool("");
  const Guardian guardian = ExampleGuardian("aa", "Nena");
  ASSERT_TRUE(harness_->Observer().Messages().PutGuardians("176B3325", {&guardian, 1}));
  const auto after = store_->PullSchool("");
  ASSERT_TRUE(before && *before && after && *after);
  EXPECT_EQ((*before)->version, (*after)->version);
}

TEST_P(CentralStoreContract, AMessageIsAddedOnce) {
  MessageStore& store = harness_->Observer().Messages();
  const std::vector<Message> two{ExampleMessage("A", "aa"), ExampleMessage("A", "bb")};
  EXPECT_EQ(*store.AddMessages({two.data(), 1}), 1u);
  EXPECT_EQ(*store.AddMessages(two), 1u);
  EXPECT_EQ(*store.AddMessages(two), 0u);
  EXPECT_THAT(AllMessages(store), ::testing::UnorderedElementsAre(two[0], two[1]));
}

TEST_P(CentralStoreContract, AMessageIsClaimedByOneOfMany) {
  MessageStore& store = harness_->Observer().Messages();
  std::vector<Message> messages;
  for (int i = 0; i < 12; ++i) messages.push_back(ExampleMessage("A", std::to_string(i)));
  ASSERT_EQ(*store.AddMessages(messages), messages.size());
  std::vector<std::vector<std::string>> claimed(3);
  {
    std::vector<std::jthread> servers;
    for (auto& mine : claimed) {
      servers.emplace_back([&store, &mine] {
        while (true) {
          const auto message = store.ClaimMessage(kAnyChannel, kNoonUs);
          if (!message || !*message) return;
          mine.push_back((*message)->id);
        }
      });
    }
  }
  std::set<std::string> once;
  size_t all = 0;
  for (const auto& mine : claimed) {
    all += mine.size();
    once.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all, messages.size());
  EXPECT_EQ(once.size(), messages.size());
}

TEST_P(CentralStoreContract, AMessageIsClaimedWhenItIsDueAndItsChannelIsThere) {
  MessageStore& store = harness_->Observer().Messages();
  Message later = ExampleMessage("A", "later", kNoonUs + 10 * kSecondUs);
  Message text = ExampleMessage("A", "text", kNoonUs - kSecondUs);
  text.channel = Channel::kGateway;
  const std::vector<Message> both{later, text};
  ASSERT_TRUE(store.AddMessages(both));
  const Channel mail[] = {Channel::kMail};
  EXPECT_FALSE(*store.ClaimMessage(mail, kNoonUs));
  const auto first = store.ClaimMessage(kAnyChannel, kNoonUs);
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->id, text.id);
  EXPECT_EQ((*first)->state, MessageState::kSending);
  EXPECT_EQ((*first)->attempts, 1);
  EXPECT_FALSE(*store.ClaimMessage(kAnyChannel, kNoonUs));
  const auto second = store.ClaimMessage(kAnyChannel, kNoonUs + 10 * kSecondUs);
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->id, later.id);
}

TEST_P(CentralStoreContract, WhatBecameOfAMessageIsKept) {
  MessageStore& store = harness_->Observer().Messages();
  const Message message = ExampleMessage("A", "aa");
  ASSERT_TRUE(store.AddMessages({&message, 1}));
  const Message claimed = **store.ClaimMessage(kAnyChannel, kNoonUs);
  const int64_t again_us = kNoonUs + 60 * kSecondUs;
  EXPECT_TRUE(*store.SettleMessage(claimed, {MessageState::kWaiting, again_us, "busy"}, kNoonUs));
  EXPECT_FALSE(*store.SettleMessage(claimed, {MessageState::kSent, 0, ""}, kNoonUs));
  EXPECT_FALSE(*store.ClaimMessage(kAnyChannel, kNoonUs));
  const Message second = **store.ClaimMessage(kAnyChannel, again_us);
  EXPECT_EQ(second.attempts, 2);
  EXPECT_EQ(second.detail, "busy");
  EXPECT_TRUE(*store.SettleMessage(second, {MessageState::kSent, 0, "taken"}, again_us));
  const auto all = AllMessages(store);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].state, MessageState::kSent);
  EXPECT_EQ(all[0].detail, "taken");
  EXPECT_EQ(all[0].changed_us, again_us);
}

TEST_P(CentralStoreContract, AClaimOfAServerThatStoppedIsGivenUpAndNotClaimedAgain) {
  MessageStore& store = harness_->Observer().Messages();
  const Message message = ExampleMessage("A", "aa");
  ASSERT_TRUE(store.AddMessages({&message, 1}));
  const Message claimed = **store.ClaimMessage(kAnyChannel, kNoonUs);
  EXPECT_EQ(*store.GiveUpClaims(kNoonUs, "it stopped", kNoonUs), 0u);
  EXPECT_EQ(*store.GiveUpClaims(kNoonUs + 1, "it stopped", kNoonUs + kSecondUs), 1u);
  EXPECT_FALSE(*store.ClaimMessage(kAnyChannel, kNoonUs + 3'600 * kSecondUs));
  EXPECT_EQ(AllMessages(store).at(0).state, MessageState::kFailed);
  // It was only slow: what it knows holds.
  EXPECT_TRUE(*store.SettleMessage(claimed, {MessageState::kSent, 0, ""}, kNoonUs));
  EXPECT_EQ(AllMessages(store).at(0).state, MessageState::kSent);
}

TEST_P(CentralStoreContract, MessagesAreCountedFoundAndPurged) {
  MessageStore& store = harness_->Observer().Messages();
  std::vector<Message> messages{ExampleMessage("A", "aa"), ExampleMessage("B", "aa"),
                                ExampleMessage("B", "bb")};
  messages[2].state = MessageState::kDropped;
  Message old = ExampleMessage("A", "aa");
  old.day = "2026-10-01";
  old.id = MessageId(old.kind, old.day, old.person, old.guardian);
  messages.push_back(old);
  ASSERT_EQ(*store.AddMessages(messages), 4u);
  const Message claimed = **store.ClaimMessage(kAnyChannel, kNoonUs);
  const std::string day = "2026-11-23";
  const auto counts = store.CountMessages(day);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->at(MessageState::kDropped), 1u);
  EXPECT_EQ(*store.CountSent(claimed.day, claimed.recipient), 1u);
  EXPECT_EQ(*store.CountSent(claimed.day, ""), 1u);
  EXPECT_EQ(*store.CountSent(claimed.day, RecipientOf("other")), 0u);
  const auto dropped = store.FindMessages({day, day, {MessageState::kDropped}, {}, 10});
  ASSERT_TRUE(dropped);
  EXPECT_THAT(*dropped, ElementsAre(messages[2]));
  EXPECT_THAT(*store.FindMessages({"2026-01-01", day, {}, "B", 10}), SizeIs(2));
  EXPECT_EQ(*store.PurgeMessages("2026-11-01"), 1u);
  EXPECT_THAT(AllMessages(store), SizeIs(3));
}

TEST_P(CentralStoreContract, WhoIsErasedHasNeitherGuardiansNorMessages) {
  SchoolStore& school = harness_->Observer();
  const Person person = ExamplePerson("176B3325", "Ana");
  ASSERT_TRUE(ChangeSchoolOf(school, [&](School& now) { now.people = {person}; }));
  const Guardian guardian = ExampleGuardian("aa", "Nena");
  ASSERT_TRUE(school.Messages().PutGuardians(person.person, {&guardian, 1}));
  const std::vector<Message> two{ExampleMessage(person.person, "aa"), ExampleMessage("B", "aa")};
  ASSERT_TRUE(school.Messages().AddMessages(two));
  ASSERT_TRUE(school.Personal().Erase(NamesOf(person), "head",
                                      WallTime(std::chrono::microseconds(kNoonUs))));
  EXPECT_THAT(*school.Messages().GuardiansOf(person.person), IsEmpty());
  EXPECT_THAT(AllMessages(school.Messages()), ElementsAre(two[1]));
}

TEST_P(CentralStoreContract, WhoGetsTheCardOfSomebodyWhoLeftGetsNoneOfTheirGuardians) {
  SchoolStore& school = harness_->Observer();
  const Person ana = ExamplePerson("176B3325", "Ana");
  const Person cora = ExamplePerson("176B3325", "Cora");
  const auto people_are = [&](const std::vector<Person>& people) {
    const auto changed = ChangeSchoolOf(school, [&](School& now) {
      now.people = {};
      for (const Person& each : people) now.people.push_back(each);
    });
    EXPECT_TRUE(changed);
  };
  people_are({ana});
  const Guardian guardian = ExampleGuardian("aa", "Nena");
  ASSERT_TRUE(school.Messages().PutGuardians(ana.person, {&guardian, 1}));
  people_are({});
  people_are({ana});
  EXPECT_THAT(*school.Messages().GuardiansOf(ana.person), ElementsAre(guardian)) << "she is back";
  people_are({});
  people_are({cora});
  const auto pulled = school.PullSchool("");
  ASSERT_TRUE(pulled && *pulled);
  ASSERT_EQ((*pulled)->school.people.size(), 1u);
  EXPECT_THAT(*school.Messages().GuardiansOf((*pulled)->school.people[0].person), IsEmpty());
  EXPECT_THAT(*school.Messages().GuardiansOf(ana.person), ElementsAre(guardian))
      << "hers, should she come back";
}

}  // namespace tamtap::central

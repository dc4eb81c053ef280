// What holds when several have the store open: several servers on MongoDB, a server and its
// commands on SQLite.
#include <algorithm>
#include <thread>
#include <vector>

#include "central/identity_contract.h"

namespace tamtap::central {
namespace {

// How much longer than promised a test waits: the machine may be busy with others.
constexpr int kPatience = 10;

template <typename Ask>
bool Within(std::chrono::milliseconds patience, Ask ask) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!ask()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

TEST_P(IdentityContract, WhatIsMadeAtOneIsKnownAtTheOtherAtOnce) {
  const auto other = harness_->Open();
  EXPECT_FALSE(*other->FindAccount("ana"));
  EXPECT_FALSE(*other->FindSession("s1"));
  EXPECT_FALSE(LetsIn(*other, "secret-1"));
  AddAccount("ana");
  ASSERT_TRUE(store_->AddSession({"s1", "ana", kIdentityNow, kIdentityNow}));
  Enrol("gate-1", "token-1", "secret-1");
  EXPECT_TRUE(*other->FindAccount("ana"));
  EXPECT_TRUE(*other->FindSession("s1"));
  EXPECT_TRUE(LetsIn(*other, "secret-1"));
}

TEST_P(IdentityContract, WhatIsTakenAwayAtOneIsRefusedAtTheOtherWithinASecond) {
  const auto other = harness_->Open();
  for (const char* name : {"ana", "ben", "cora"}) {
    AddAccount(name);
    ASSERT_TRUE(store_->AddSession({std::string("of ") + name, name, kIdentityNow, kIdentityNow}));
    ASSERT_TRUE(*other->FindSession(std::string("of ") + name));
  }
  Enrol("gate-1", "token-1", "secret-1");
  ASSERT_TRUE(LetsIn(*other, "secret-1"));
  ASSERT_TRUE(store_->RemoveSession("of ana"));
  ASSERT_TRUE(store_->SetPasswordHash("ben", "new"));
  ASSERT_TRUE(store_->RemoveAccount("cora"));
  ASSERT_TRUE(store_->RevokeTerminal("gate-1"));
  for (const char* session : {"of ana", "of ben", "of cora"}) {
    EXPECT_FALSE(*store_->FindSession(session)) << session << ": at once where it was taken away";
    EXPECT_TRUE(Within(kPatience * kTakenAwayWithin, [&] { return !*other->FindSession(session); }))
        << session;
  }
  EXPECT_FALSE(LetsIn("secret-1"));
  EXPECT_TRUE(Within(kPatience * kTakenAwayWithin, [&] { return !LetsIn(*other, "secret-1"); }));
  EXPECT_TRUE(Within(kPatience * kTakenAwayWithin, [&] {
    const auto found = *other->FindAccount("ben");
    return found && found->password_hash == "new";
  }));
}

// Not even if it could not be removed when the account went, or comes back by an old name.
TEST_P(IdentityContract, AnAccountThatIsMadeAnewHasNothingOfTheFormerOne) {
  AddAccount("ana");
  ASSERT_TRUE(store_->AddSession({"s1", "ana", kIdentityNow, kIdentityNow}));
  ASSERT_TRUE(store_->RememberDevice("d1", "ana", kIdentityNow));
  ASSERT_TRUE(store_->RemoveAccount("ana"));
  AddAccount("ana");
  EXPECT_FALSE(*store_->FindSession("s1"));
  EXPECT_TRUE(store_->SessionsOf("ana")->empty());
  EXPECT_FALSE(*store_->KnowsDevice("d1", "ana"));
}

TEST_P(IdentityContract, EachOfManyEntriesThatAreWrittenAtOnceHasAnIdOfItsOwn) {
  constexpr int kEach = 10;
  std::vector<std::unique_ptr<IdentityStore>> writers;
  for (int i = 0; i < 3; ++i) writers.push_back(harness_->Open());
  {
    std::vector<std::jthread> threads;
    for (const auto& writer : writers) {
      threads.emplace_back([&writer] {
        for (int i = 0; i < kEach; ++i) {
          EXPECT_TRUE(writer->Trust().AddAudit({kIdentityNow, "head", "do", "it", ""}));
          EXPECT_TRUE(writer->Trust().AddAuditOnce({kIdentityNow, "head", "look", "at it", ""},
                                                   kIdentityNow - kAnHour));
        }
      });
    }
  }
  const auto entries = store_->Trust().Audit({});
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 3u * kEach + 1) << "what may be noted once, three noted at once";
  for (size_t i = 1; i < entries->size(); ++i) {
    EXPECT_LT((*entries)[i].id, (*entries)[i - 1].id);
  }
}

TEST_P(IdentityContract, WhatIsKnownOfGatesAndTapsIsKnownToAll) {
  TrustStore& trust = store_->Trust();
  const auto other = harness_->Open();
  ASSERT_TRUE(trust.RememberCards(std::vector<KnownCard>{{"A", "1"}, {"A", "2"}, {"A", "1"}}));
  ASSERT_TRUE(trust.RememberCards(std::vector<KnownCard>{{"A", "2"}, {"B", "3"}}));
  EXPECT_TRUE(*other->Trust().WasCardOf("2", "A"));
  EXPECT_FALSE(*other->Trust().WasCardOf("3", "A"));
  ASSERT_TRUE(trust.NoteImports("gate-1", std::vector<std::string>{"t1", "t2"}));
  ASSERT_TRUE(trust.NoteImports("gate-1", std::vector<std::string>{"t2", "t3"}));
  EXPECT_EQ(other->Trust().ImportsOf("gate-1")->size(), 3u);
  ASSERT_TRUE(trust.AddVoidedImports(std::vector<std::string>{"t1"}));
  EXPECT_TRUE(*other->Trust().IsVoidedImport("t1"));
  EXPECT_FALSE(*other->Trust().IsVoidedImport("t2"));
  for (const char* by : {"head", "ana"}) {
    ASSERT_TRUE(trust.AddVoided({"gate-1", "2026-11-20", "2026-11-23", by, kIdentityNow}));
  }
  const auto voided = other->Trust().Voided();
  ASSERT_TRUE(voided);
  ASSERT_EQ(voided->size(), 1u);
  EXPECT_EQ(voided->front().by, "ana");
  EXPECT_EQ(voided->front().at, kIdentityNow);
  ASSERT_TRUE(trust.Vouch(std::vector<std::string>{"t3"}, "head", kIdentityNow));
  ASSERT_TRUE(trust.Vouch(std::vector<std::string>{"t3"}, "head", kIdentityNow));
  EXPECT_TRUE(*other->Trust().IsVouchedFor("t3"));
  EXPECT_FALSE(*other->Trust().IsVouchedFor("t1"));
}

TEST_P(IdentityContract, ANoteIsExchangedForWhatWasThere) {
  SharedState& shared = store_->Shared();
  const WallTime later = SystemClock().Now() + kAnHour;
  EXPECT_FALSE(*shared.Read("key"));
  EXPECT_TRUE(*shared.Exchange("key", std::nullopt, std::nullopt, later));
  EXPECT_FALSE(*shared.Exchange("key", "a", "b", later));
  EXPECT_TRUE(*shared.Exchange("key", std::nullopt, "a", later));
  EXPECT_FALSE(*shared.Exchange("key", std::nullopt, "b", later)) << "one is there";
  EXPECT_EQ(*shared.Read("key"), "a");
  EXPECT_FALSE(*shared.Exchange("key", "b", "c", later));
  EXPECT_FALSE(*shared.Exchange("key", "b", std::nullopt, later));
  EXPECT_TRUE(*shared.Exchange("key", "a", "b", later));
  EXPECT_EQ(*shared.Read("key"), "b");
  EXPECT_EQ(*shared.Read("other"), std::nullopt);
  EXPECT_TRUE(*shared.Exchange("key", "b", std::nullopt, later));
  EXPECT_FALSE(*shared.Read("key"));
}

TEST_P(IdentityContract, OfManyWhoExchangeTheSameNoteOneDoes) {
  SharedState& shared = store_->Shared();
  const WallTime later = SystemClock().Now() + kAnHour;
  ASSERT_TRUE(*shared.Exchange("count", std::nullopt, "0", later));
  constexpr int kEach = 5;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int done = 0; done < kEach;) {
          const std::string was = **shared.Read("count");
          const std::string next = std::to_string(std::stoi(was) + 1);
          if (*shared.Exchange("count", was, next, later)) ++done;
        }
      });
    }
  }
  EXPECT_EQ(**shared.Read("count"), std::to_string(4 * kEach));
}

TEST_P(IdentityContract, NewsAreHeardOnceByEachWhoListensAndSoon) {
  if (!store_->Shared().HasOthers()) {
    EXPECT_TRUE(store_->Shared().Tell(std::vector<std::string>{"nobody is there"}));
    return;
  }
  using std::chrono::milliseconds;
  ASSERT_TRUE(store_->Shared().Tell(std::vector<std::string>{"before anybody listens"}));
  std::vector<std::unique_ptr<IdentityStore>> listeners;
  for (int i = 0; i < 2; ++i) {
    listeners.push_back(harness_->Open());
    EXPECT_TRUE(listeners.back()->Shared().Hear(milliseconds(0))->empty());
  }
  const auto another = harness_->Open();
  constexpr int kEach = 20;
  {
    std::vector<std::jthread> tellers;
    for (IdentityStore* teller : {store_.get(), another.get()}) {
      tellers.emplace_back([teller, this] {
        for (int i = 0; i < kEach; ++i) {
          const std::string name = (teller == store_.get() ? "a" : "b") + std::to_string(i);
          EXPECT_TRUE(teller->Shared().Tell(std::vector<std::string>{name, name + "'"}));
        }
      });
    }
  }
  for (const auto& listener : listeners) {
    std::vector<std::string> heard;
    EXPECT_TRUE(Within(kPatience * milliseconds(1'000), [&] {
      const auto some = listener->Shared().Hear(milliseconds(100));
      EXPECT_TRUE(some);
      if (some) heard.insert(heard.end(), some->begin(), some->end());
      return heard.size() >= 4u * kEach;
    }));
    const auto more = listener->Shared().Hear(milliseconds(300));
    ASSERT_TRUE(more);
    EXPECT_TRUE(more->empty());
    EXPECT_EQ(heard.size(), 4u * kEach);
    std::sort(heard.begin(), heard.end());
    EXPECT_EQ(std::unique(heard.begin(), heard.end()), heard.end()) << "each once";
  }
}

}  // namespace
}  // namespace tamtap::central

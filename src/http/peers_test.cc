#include "http/peers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <optional>
#include <thread>

#include "http/workers.h"

namespace tamtap::http {
namespace {

// Sixteen seats, twelve of them strangers' and 1,200 bytes; an address has three and 300 of those.
constexpr PeerLimits kSmall{
    .seats = 16, .stranger_seats = 12, .stranger_bytes = 1'200, .known_bytes = 1'600};

class PeersTest : public testing::Test {
 protected:
  struct Guest {
    std::unique_ptr<Peers::Seat> seat;
    std::shared_ptr<bool> gave_way = std::make_shared<bool>(false);
  };
  Guest Take(const std::string& address, size_t bytes = 10) {
    Guest guest;
    guest.seat = peers_->Take({address, address.starts_with("127.")}, bytes,
                              [gave_way = guest.gave_way] { *gave_way = true; });
    return guest;
  }
  std::vector<Guest> TakeAll(const std::vector<std::string>& addresses) {
    std::vector<Guest> guests;
    for (const std::string& address : addresses) guests.push_back(Take(address));
    return guests;
  }
  static size_t WhoGaveWay(const std::vector<Guest>& guests) {
    size_t count = 0;
    for (const Guest& guest : guests) count += *guest.gave_way ? 1 : 0;
    return count;
  }

  std::shared_ptr<Peers> peers_ = Peers::Make(kSmall);
};

TEST_F(PeersTest, AnAddressHasItsShareAndNoMore) {
  const auto guests = TakeAll({"a", "a", "a"});
  EXPECT_EQ(Take("a").seat, nullptr);
  EXPECT_NE(Take("b").seat, nullptr);
  EXPECT_EQ(WhoGaveWay(guests), 0U);
  EXPECT_FALSE(guests[0].seat->Hold(290));
  EXPECT_TRUE(guests[0].seat->Hold(280));
  EXPECT_TRUE(guests[0].seat->Hold(10));
}

TEST_F(PeersTest, WhoLeavesGivesBackAllItHad) {
  {
    const auto guests = TakeAll({"a", "a", "b"});
    ASSERT_TRUE(guests[0].seat->Hold(200));
    ASSERT_TRUE(guests[2].seat->SetKnown(true));
    EXPECT_EQ(peers_->use().strangers, 2U);
    EXPECT_EQ(peers_->use().known, 1U);
    EXPECT_EQ(peers_->use().stranger_bytes, 210U);
  }
  const Peers::Use use = peers_->use();
  EXPECT_EQ(use.strangers + use.known + use.stranger_bytes + use.known_bytes, 0U);
}

TEST_F(PeersTest, ANewcomerIsLetInByWhoKeepsUsWaitingLongestOfThoseWhoHoldMost) {
  auto guests = TakeAll({"a", "b", "b", "c", "c", "c", "d", "d", "e", "e", "f", "f"});
  guests[3].seat->WaitForPeer(true);  // it began anew: now the other two of c are older
  EXPECT_NE(Take("g").seat, nullptr);
  EXPECT_TRUE(*guests[4].gave_way);
  EXPECT_EQ(WhoGaveWay(guests), 1U);
  EXPECT_FALSE(guests[4].seat->Hold(20)) << "who gave way has nothing any more";
  EXPECT_FALSE(guests[4].seat->SetKnown(true));
}

TEST_F(PeersTest, WhoIsBeingAnsweredOrKnownDoesNotGiveWay) {
  auto guests = TakeAll({"a", "a", "a", "b", "b", "b", "c", "c", "c", "d", "d", "d"});
  for (Guest& guest : guests) guest.seat->WaitForPeer(false);
  EXPECT_EQ(Take("e").seat, nullptr);
  ASSERT_TRUE(guests[0].seat->SetKnown(true));
  guests[0].seat->WaitForPeer(true);
  const Guest first = Take("e");  // in the place of who is known
  ASSERT_NE(first.seat, nullptr);
  const Guest second = Take("f");
  EXPECT_NE(second.seat, nullptr);
  EXPECT_TRUE(*first.gave_way);
  EXPECT_EQ(WhoGaveWay(guests), 0U);
}

TEST_F(PeersTest, StrangersLeaveRoomForThoseWhoAreKnown) {
  std::vector<Guest> known;
  for (const char* address : {"k", "k", "k", "l"}) {
    known.push_back(Take(address));
    ASSERT_TRUE(known.back().seat->SetKnown(true));
    ASSERT_TRUE(known.back().seat->Hold(200));
  }
  auto strangers = TakeAll({"a", "a", "a", "b", "b", "b", "c", "c", "c", "d", "d", "d"});
  for (Guest& guest : strangers) ASSERT_NE(guest.seat, nullptr);
  EXPECT_NE(Take("e").seat, nullptr);
  EXPECT_EQ(WhoGaveWay(known), 0U);
  // Whose caller is not known any more is a stranger again, if there is room.
  EXPECT_TRUE(known[3].seat->SetKnown(false));
  EXPECT_EQ(peers_->use().known, 3U);
}

TEST_F(PeersTest, MemoryThatStrangersWantIsTakenFromThoseWhoHoldMost) {
  auto guests = TakeAll({"a", "b", "c", "d", "e"});
  for (size_t i = 0; i < 4; ++i) ASSERT_TRUE(guests[i].seat->Hold(295 - i));
  EXPECT_TRUE(guests[4].seat->Hold(100));
  EXPECT_TRUE(*guests[0].gave_way);
  EXPECT_EQ(WhoGaveWay(guests), 1U);
  EXPECT_LE(peers_->use().stranger_bytes, kSmall.stranger_bytes);
}

TEST_F(PeersTest, WhoIsKnownHasBudgetsToo) {
  const Guest one = Take("k");
  const Guest two = Take("k");
  const Guest other = Take("l");
  for (const Guest* guest : {&one, &two, &other}) ASSERT_TRUE(guest->seat->SetKnown(true));
  EXPECT_TRUE(one.seat->Hold(700));
  EXPECT_FALSE(two.seat->Hold(200)) << "an address has half of it";
  EXPECT_TRUE(other.seat->Hold(800));
  const Guest local = Take("127.0.0.1");
  ASSERT_TRUE(local.seat->SetKnown(true));
  EXPECT_FALSE(local.seat->Hold(200)) << "all together have all of it";
}

TEST_F(PeersTest, BehindAProxyAllHaveOneAddressAndGiveWayToEachOther) {
  std::vector<Guest> guests;
  for (int i = 0; i < 40; ++i) {
    guests.push_back(Take("127.0.0.1"));
    ASSERT_NE(guests.back().seat, nullptr) << i;
  }
  EXPECT_EQ(WhoGaveWay(guests), 28U);
  EXPECT_TRUE(*guests[27].gave_way);
  EXPECT_FALSE(*guests[28].gave_way);
}

TEST_F(PeersTest, ManyThreadsCountRight) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 2'000; ++i) {
        const Guest one = Take(std::string(1, static_cast<char>('a' + (i + t) % 7)));
        const Guest two = Take("127.0.0.1", 40);
        if (two.seat) {
          (void)two.seat->SetKnown(i % 2 == 0);
          (void)two.seat->Hold(static_cast<size_t>(i % 90));
        }
        if (one.seat) one.seat->WaitForPeer(i % 3 == 0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Peers::Use use = peers_->use();
  EXPECT_EQ(use.strangers + use.known + use.stranger_bytes + use.known_bytes, 0U);
}

TEST(Workers, ThoseWhoAreKnownComeFirstAndAddressesTakeTurns) {
  Workers workers(2, 2);
  std::vector<std::string> done;
  Mutex mutex;
  std::atomic<bool> go{false};
  const auto note = [&](std::string what) {
    return [&, what = std::move(what)] {
      MutexLock lock(mutex);
      done.push_back(what);
    };
  };
  const auto block = [&] {
    while (!go.load()) std::this_thread::yield();
  };
  std::atomic<int> blocked{0};
  workers.PostForStranger("x", [&] {
    ++blocked;
    block();
  });
  workers.Post([&] {
    ++blocked;
    block();
  });
  while (blocked.load() < 2) std::this_thread::yield();
  for (int i = 0; i < 3; ++i) workers.PostForStranger("a", note("a"));
  workers.PostForStranger("b", note("b"));
  workers.Post(note("known"));
  go = true;
  workers.Join();
  EXPECT_EQ(done.size(), 5U);
  EXPECT_EQ(done[0], "known");
  const auto b = std::find(done.begin(), done.end(), "b");
  EXPECT_LT(b - done.begin(), 3) << "b waits for one of a, not for all";
}

TEST(Workers, StrangersNeverHaveAllThreads) {
  Workers workers(2, 2);
  std::atomic<bool> go{false};
  for (int i = 0; i < 4; ++i) {
    workers.PostForStranger("a" + std::to_string(i), [&] {
      while (!go.load()) std::this_thread::yield();
    });
  }
  std::atomic<bool> known{false};
  workers.Post([&] { known = true; });
  while (!known.load()) std::this_thread::yield();
  go = true;
  workers.Join();
}

TEST(Workers, TheEndWaitsForStrangersWhoseTurnComesLate) {
  Workers workers(2, 3);
  std::latch all(3);
  for (int i = 0; i < 3; ++i) workers.Post([&] { all.arrive_and_wait(); });
  std::atomic<bool> go{false};
  std::atomic<int> done{0};
  for (int i = 0; i < 2; ++i) {
    workers.PostForStranger(std::to_string(i), [&] {
      while (!go.load()) std::this_thread::yield();
      ++done;
    });
  }
  auto ending = std::async(std::launch::async, [&] { workers.Join(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  go = true;
  EXPECT_EQ(ending.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  workers.Post([] {});  // wakes whoever should have ended
  ending.get();
  EXPECT_EQ(done, 2);
}

TEST(Workers, WhoeverIsKnownHasAThreadUpToABoundAndStrangersDoNot) {
  Workers workers(2, 5);
  std::atomic<bool> go{false};
  std::atomic<int> known{0};
  std::atomic<int> strangers{0};
  const auto wait_in = [&go](std::atomic<int>& who) {
    return [&go, &who] {
      ++who;
      while (!go.load()) std::this_thread::yield();
    };
  };
  for (int i = 0; i < 3; ++i) workers.PostForStranger(std::to_string(i), wait_in(strangers));
  while (strangers.load() < 1) std::this_thread::yield();
  for (int i = 0; i < 9; ++i) workers.Post(wait_in(known));
  const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(10)); };
  for (int i = 0; i < 500 && known.load() < 4; ++i) pause();
  pause();  // time for more than may be
  EXPECT_EQ(known, 4);
  EXPECT_EQ(strangers, 1);
  go = true;
  workers.Join();
  EXPECT_EQ(known, 9);
  EXPECT_EQ(strangers, 3);
}

TEST(Workers, ATaskThatThrowsEndsNothingElse) {
  Workers workers(1, 1);
  std::atomic<int> done{0};
  workers.Post([] { throw std::bad_alloc(); });
  workers.PostForStranger("a", [] { throw std::bad_alloc(); });
  workers.PostForStranger("a", [&] { ++done; });
  workers.Post([&] { ++done; });
  workers.Join();
  EXPECT_EQ(done, 2);
}

}  // namespace
}  // namespace tamtap::http

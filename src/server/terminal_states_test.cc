// What a gate says of itself every few seconds wears no disk, and outlives a restart of the server.
#include "server/terminal_states.h"

#include <set>

#include "server/server_fixture.h"

namespace tamtap {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class TerminalBookTest : public ServerFixture {
 protected:
  // As a restart would find it.
  TerminalRow Stored() {
    const auto rows = identity_->Terminals();
    EXPECT_TRUE(rows);
    return rows->at(0);
  }
  TerminalState State(TerminalBook& book) {
    const auto states = book.States();
    EXPECT_TRUE(states);
    return states->at(0);
  }
};

TEST_F(TerminalBookTest, AStatusEveryFiveSecondsIsWrittenOnceAMinute) {
  EnrolledTerminal("gate-1");
  TerminalBook book(*identity_, clock_);
  std::set<WallTime> written;
  for (int second = 0; second < 600; second += 5) {
    book.Note("gate-1", "{\"pending\":" + std::to_string(second) + "}");
    written.insert(Stored().last_seen);
    EXPECT_EQ(State(book).pending, second);  // what is asked for is the newest all the same
    EXPECT_EQ(State(book).last_seen, clock_.Now());
    EXPECT_LE(clock_.Now() - Stored().last_seen, seconds(60));
    clock_.Advance(seconds(5));
  }
  EXPECT_EQ(written.size(), 10u);
}

TEST_F(TerminalBookTest, TapsThatWaitForStaffAreWrittenAtOnce) {
  EnrolledTerminal("gate-1");
  TerminalBook book(*identity_, clock_);
  book.Note("gate-1", R"({"quarantined":0})");
  clock_.Advance(seconds(5));
  book.Note("gate-1", R"({"quarantined":2})");
  EXPECT_EQ(Stored().last_seen, clock_.Now());
  EXPECT_EQ(Stored().status_json, R"({"quarantined":2})");
  const WallTime then = clock_.Now();
  clock_.Advance(seconds(5));
  book.Note("gate-1", R"({"quarantined":2})");
  EXPECT_EQ(Stored().last_seen, then);
}

TEST_F(TerminalBookTest, ARestartKnowsWhenAGateWasLastHeardOf) {
  EnrolledTerminal("gate-1");
  {
    TerminalBook book(*identity_, clock_);
    book.Note("gate-1", R"({"pending":3})");
    clock_.Advance(seconds(10));
    book.Note("gate-1", "");
    book.Save();  // a clean stop
  }
  TerminalBook book(*identity_, clock_);
  EXPECT_EQ(State(book).last_seen, clock_.Now());
  EXPECT_EQ(State(book).pending, 3);
  EXPECT_TRUE(State(book).online);
  clock_.Advance(minutes(1));
  EXPECT_FALSE(State(book).online);
}

TEST_F(TerminalBookTest, WhatCouldNotBeWrittenIsWrittenLater) {
  // Not enrolled yet when it is first heard of: a row that is not there takes nothing.
  TerminalBook book(*identity_, clock_);
  book.Note("gate-1", R"({"pending":3})");
  EnrolledTerminal("gate-1");
  clock_.Advance(seconds(60));
  book.Note("gate-1", "");
  EXPECT_EQ(Stored().last_seen, clock_.Now());
  EXPECT_EQ(Stored().status_json, R"({"pending":3})");
}

TEST_F(TerminalBookTest, RevokedGatesAreNotListed) {
  EnrolledTerminal("gate-1");
  TerminalBook book(*identity_, clock_);
  book.Note("gate-1", R"({"pending":3})");
  ASSERT_TRUE(identity_->RevokeTerminal("gate-1"));
  EXPECT_TRUE(book.States()->empty());
}

}  // namespace
}  // namespace tamtap

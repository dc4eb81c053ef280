// What waits for a connection, over a real socket pair.
#include "http/outbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tamtap::http {
namespace {

class OutboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    near_ = ends[0];
    far_ = ends[1];
    outbox_ = std::make_unique<Outbox>(near_);
  }
  void TearDown() override {
    outbox_->Close();
    close(near_);
    if (far_ >= 0) close(far_);
  }

  static Outbox::Bytes Piece(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
  }
  Outbox::Sent Send(std::vector<Outbox::Bytes> pieces) { return outbox_->Send(pieces); }
  std::string Read() {
    std::string all;
    char some[65536];
    while (true) {
      const ssize_t count = read(far_, some, sizeof some);
      if (count <= 0) return all;
      all.append(some, static_cast<size_t>(count));
    }
  }

  int near_ = -1;
  int far_ = -1;
  std::unique_ptr<Outbox> outbox_;
};

TEST_F(OutboxTest, WhatTheConnectionTakesLeavesAtOnce) {
  EXPECT_EQ(Send({Piece("one"), Piece("two")}), Outbox::Sent::kDone);
  EXPECT_EQ(Read(), "onetwo");
  EXPECT_EQ(outbox_->WaitingBytes(), 0U);
}

TEST_F(OutboxTest, WhatItDoesNotTakeWaitsInOrderAndLeavesWhenThereIsRoom) {
  std::string sent;
  int waits = 0;
  for (int i = 0; i < 400; ++i) {
    const std::string piece(10'000, static_cast<char>('a' + i % 26));
    sent += piece + "x";
    if (Send({Piece(piece), Piece("x")}) == Outbox::Sent::kWaits) ++waits;
  }
  EXPECT_EQ(waits, 1);  // asked for once
  EXPECT_GT(outbox_->WaitingBytes(), 1'000'000U);
  std::string got = Read();
  while (outbox_->Flush() == Outbox::Sent::kWaits) got += Read();
  got += Read();
  EXPECT_TRUE(got == sent) << got.size() << " of " << sent.size();
  EXPECT_EQ(outbox_->WaitingBytes(), 0U);
  EXPECT_EQ(Send({Piece("y")}), Outbox::Sent::kDone);
  EXPECT_EQ(Read(), "y");
}

TEST_F(OutboxTest, TheProtocolsOwnComesInTurnAndAfterTheSeal) {
  while (Send({Piece(std::string(100'000, 'a'))}) != Outbox::Sent::kWaits) {
  }
  bool written = false;
  EXPECT_EQ(outbox_->SendLast(Piece("pong"), [&](bool left) { written = left; }),
            Outbox::Sent::kDone);
  outbox_->Seal();
  EXPECT_EQ(Send({Piece("late")}), Outbox::Sent::kClosed);
  EXPECT_EQ(outbox_->SendLast(Piece("close"), [](bool) {}), Outbox::Sent::kDone);
  EXPECT_FALSE(written);
  std::string got = Read();
  while (outbox_->Flush() == Outbox::Sent::kWaits) got += Read();
  got += Read();
  EXPECT_TRUE(written);
  EXPECT_TRUE(got.ends_with("apongclose"));
}

TEST_F(OutboxTest, AfterTheEndNothingIsWrittenAndWhoWaitsIsTold) {
  while (Send({Piece(std::string(100'000, 'a'))}) != Outbox::Sent::kWaits) {
  }
  int told = 0;
  outbox_->SendLast(Piece("x"), [&](bool left) { told += left ? 100 : 1; });
  outbox_->Close();
  EXPECT_EQ(told, 1);
  EXPECT_EQ(Send({Piece("y")}), Outbox::Sent::kClosed);
  EXPECT_EQ(outbox_->SendLast(Piece("z"), [&](bool left) { told += left ? 100 : 1; }),
            Outbox::Sent::kClosed);
  EXPECT_EQ(told, 2);
  EXPECT_EQ(outbox_->Flush(), Outbox::Sent::kClosed);
}

TEST_F(OutboxTest, ABrokenConnectionIsSaid) {
  close(far_);
  far_ = -1;
  EXPECT_EQ(Send({Piece("x")}), Outbox::Sent::kClosed);
}

TEST_F(OutboxTest, AStrandThatWritesByItselfTakesPiecesAndLetsThemGo) {
  Outbox tls(-1);
  const std::vector<Outbox::Bytes> pieces = {Piece("one"), Piece("two")};
  EXPECT_EQ(tls.Send(pieces), Outbox::Sent::kWaits);
  EXPECT_EQ(tls.Send(pieces), Outbox::Sent::kDone);
  EXPECT_EQ(tls.Waiting().size(), 4U);
  EXPECT_EQ(tls.Written(3), Outbox::Sent::kWaits);
  EXPECT_EQ(tls.Waiting().size(), 1U);
  EXPECT_EQ(*tls.Waiting().front(), "two");
  EXPECT_EQ(tls.Written(1), Outbox::Sent::kDone);
}

}  // namespace
}  // namespace tamtap::http

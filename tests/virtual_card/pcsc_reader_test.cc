// The PC/SC reader against the real pcscd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "pcsc_daemon.h"
#include "reader/reader.h"
#include "virtual_card.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class PcscReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(daemon_.Start(), "");
    reader_ = *MakeReader("pcsc", SystemClock());
  }

  std::unique_ptr<VirtualCard> Lay(std::string_view uid) {
    return std::make_unique<VirtualCard>(BytesFromHex(uid), daemon_.port());
  }

  // What the reader says within `patience`; nullopt: nothing. pcscd looks for cards several times a
  // second, so that "nothing" is believed after a second, while "something" may take its time.
  std::optional<Result<PresentedCard>> Within(milliseconds patience) {
    std::stop_source stop;
    std::jthread alarm([&](const std::stop_token& done) {
      const auto deadline = steady_clock::now() + patience;
      while (!done.stop_requested() && steady_clock::now() < deadline) {
        std::this_thread::sleep_for(milliseconds(5));
      }
      stop.request_stop();
    });
    Result<PresentedCard> card = reader_->Next(stop.get_token());
    if (!card && card.error().code == ErrorCode::kClosed) return std::nullopt;
    return card;
  }

  std::string NextCard() {
    auto card = Within(std::chrono::seconds(20));
    if (!card) return "nothing came";
    return *card ? (*card)->Name() : card->error().Message();
  }

  PcscDaemon daemon_;
  std::unique_ptr<Reader> reader_;
};

constexpr milliseconds kQuiet{1200};
constexpr milliseconds kAway{1500};  // long enough for pcscd and the reader to see it gone

TEST_F(PcscReaderTest, CardsOfEveryUidLengthAreReadWhole) {
  for (const char* uid : {"176B3325", "04A2B3C4D5E680", "08112233445566778899"}) {
    const auto card = Lay(uid);
    EXPECT_EQ(NextCard(), uid);
  }
  EXPECT_THAT(reader_->Describe(), StartsWith("pcsc:Virtual PCD"));
}

TEST_F(PcscReaderTest, ACardThatStaysIsOneTap) {
  const auto card = Lay("176B3325");
  EXPECT_EQ(NextCard(), "176B3325");
  EXPECT_FALSE(Within(std::chrono::seconds(2)));
}

TEST_F(PcscReaderTest, ACardPresentedTwiceIsTwoTaps) {
  auto card = Lay("04A2B3C4D5E680");
  EXPECT_EQ(NextCard(), "04A2B3C4D5E680");
  card.reset();
  EXPECT_FALSE(Within(kAway));
  card = Lay("04A2B3C4D5E680");
  EXPECT_EQ(NextCard(), "04A2B3C4D5E680");
  EXPECT_FALSE(Within(kQuiet));
}

TEST_F(PcscReaderTest, ACardExchangedForAnotherIsATapOfTheOther) {
  auto card = Lay("176B3325");
  EXPECT_EQ(NextCard(), "176B3325");
  card.reset();
  card = Lay("04A2B3C4D5E680");
  EXPECT_EQ(NextCard(), "04A2B3C4D5E680");
  EXPECT_FALSE(Within(kQuiet));
}

TEST_F(PcscReaderTest, ACardThatLiesThereAlreadyWhenTheTerminalStartsIsATap) {
  const auto card = Lay("176B3325");
  ASSERT_TRUE(card->WaitUntilSeen(std::chrono::seconds(20)));
  EXPECT_EQ(NextCard(), "176B3325");
}

TEST_F(PcscReaderTest, CardsWithoutAUidAreRefusedAndTheNextIsTaken) {
  for (const char* uid : {"", "0102030405060708"}) {  // a chip card; ISO/IEC 15693's 8 bytes
    const auto card = std::make_unique<VirtualCard>(BytesFromHex(uid), daemon_.port());
    const auto refused = Within(std::chrono::seconds(20));
    ASSERT_TRUE(refused);
    ASSERT_FALSE(*refused);
    EXPECT_EQ(refused->error().code, ErrorCode::kRejected);
  }
  EXPECT_FALSE(Within(kAway));
  const auto card = Lay("176B3325");
  EXPECT_EQ(NextCard(), "176B3325");
}

TEST_F(PcscReaderTest, AServiceThatDiesIsSaidOnceAndFoundAgain) {
  auto card = Lay("176B3325");
  EXPECT_EQ(NextCard(), "176B3325");
  card.reset();
  daemon_.Kill();
  const auto lost = Within(std::chrono::seconds(20));
  ASSERT_TRUE(lost);
  ASSERT_FALSE(*lost);
  EXPECT_EQ(lost->error().code, ErrorCode::kRetry);
  EXPECT_THAT(lost->error().hint, HasSubstr("pcscd"));
  // At most once more, when it is not just lost but not there.
  for (int more = 0; more < 3; ++more) {
    const auto again = Within(kQuiet);
    if (!again) break;
    EXPECT_LT(more, 1) << again->error().Message();
  }

  ASSERT_EQ(daemon_.Start(), "");
  card = Lay("04A2B3C4D5E680");
  EXPECT_EQ(NextCard(), "04A2B3C4D5E680");
}

TEST_F(PcscReaderTest, AServiceThatIsNotThereAtTheStartIsWaitedFor) {
  daemon_.Stop();
  reader_ = *MakeReader("pcsc:Virtual", SystemClock());
  EXPECT_EQ(reader_->Describe(), "pcsc:Virtual");
  const auto missing = Within(std::chrono::seconds(20));
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->error().code, ErrorCode::kRetry);
  EXPECT_THAT(missing->error().hint, HasSubstr("systemctl start pcscd"));

  ASSERT_EQ(daemon_.Start(), "");
  const auto card = Lay("176B3325");
  EXPECT_EQ(NextCard(), "176B3325");
}

TEST_F(PcscReaderTest, AReaderOfAnotherNameIsSaidToBeMissingAndItsCardsAreNotTaken) {
  reader_ = *MakeReader("pcsc:ACS ACR122U", SystemClock());
  const auto missing = Within(std::chrono::seconds(20));
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->error().code, ErrorCode::kRetry);
  EXPECT_THAT(missing->error().Message(), HasSubstr("ACS ACR122U"));
  const auto card = Lay("176B3325");
  ASSERT_TRUE(card->WaitUntilSeen(std::chrono::seconds(20)));
  EXPECT_FALSE(Within(kQuiet));
}

TEST_F(PcscReaderTest, TheProgramLaysACardAndTakesItAway) {
  for (int time = 0; time < 2; ++time) {
    std::jthread program([] {
      EXPECT_EQ(std::system(TAMTAP_VIRTUAL_CARD " --uid 04A2B3C4D5E680 --for-ms 700"), 0);
    });
    EXPECT_EQ(NextCard(), "04A2B3C4D5E680");
    program.join();
    EXPECT_FALSE(Within(kAway));
  }
  EXPECT_NE(std::system(TAMTAP_VIRTUAL_CARD " --uid 04A2B 2>/dev/null"), 0);
}

TEST_F(PcscReaderTest, AStopWakesIt) {
  const auto start = steady_clock::now();
  EXPECT_FALSE(Within(milliseconds(300)));
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(3));
}

}  // namespace
}  // namespace tamtap

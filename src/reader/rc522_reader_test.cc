#include "reader/rc522_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "reader/mfrc522_model.h"
#include "sim/fake_clock.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The model is the test's; the reader owns this.
class Wire final : public SpiBus {
 public:
  explicit Wire(Mfrc522Model& model) : model_(model) {}
  Result<> Exchange(std::span<const std::span<unsigned char>> frames) override {
    return model_.Exchange(frames);
  }
  Result<> Reset() override { return model_.Reset(); }
  const std::string& name() const override { return model_.name(); }

 private:
  Mfrc522Model& model_;
};

class Rc522ReaderTest : public ::testing::Test {
 protected:
  Rc522ReaderTest() {
    reader_ = MakeRc522Reader(
        "/dev/spidev0.0",
        [this]() -> Result<std::unique_ptr<SpiBus>> {
          ++opened_;
          if (missing_)
            return Error{ErrorCode::kRetry, "open /dev/spidev0.0", ENOENT, "switch SPI on"};
          return std::unique_ptr<SpiBus>(std::make_unique<Wire>(model_));
        },
        clock_);
  }

  void At(int ms, std::function<void()> what) {
    model_.At(begin_ + milliseconds(ms), std::move(what));
  }
  // Puts the card there for that time of the test.
  void Show(std::vector<uint8_t> uid, int from_ms, int until_ms) {
    At(from_ms, [this, uid] { model_.Put(uid); });
    At(until_ms, [this] { model_.cards.clear(); });
  }
  // What the reader gives until that time.
  std::vector<std::string> Until(int ms) {
    std::vector<std::string> given;
    std::stop_source stop;
    At(ms, [&stop] { stop.request_stop(); });
    while (true) {
      const auto card = reader_->Next(stop.get_token());
      if (card) {
        given.push_back(card->text);
      } else if (card.error().code == ErrorCode::kClosed) {
        return given;
      } else {
        given.push_back(card.error().Message());
      }
    }
  }

  sim::FakeClock clock_{WallTime{}};
  const MonotonicTime begin_ = clock_.MonotonicNow();
  Mfrc522Model model_{clock_};
  bool missing_ = false;
  int opened_ = 0;
  std::unique_ptr<Reader> reader_;
};

const std::vector<uint8_t> kAna = {0x17, 0x6B, 0x33, 0x25};
const std::vector<uint8_t> kBen = {0x04, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0x80};

TEST_F(Rc522ReaderTest, ACardIsOneTapHoweverLongItStaysAndFlickers) {
  Show(kAna, 100, 2'000);
  Show(kAna, 2'300, 4'000);
  Show(kAna, 4'600, 5'000);
  EXPECT_THAT(Until(6'000), ElementsAre("176B3325", "176B3325"));
}

TEST_F(Rc522ReaderTest, AnotherCardIsTakenAtOnceAndTwoAtOnceAreTwo) {
  Show(kAna, 100, 600);
  Show(kBen, 610, 900);
  EXPECT_THAT(Until(1'500), ElementsAre("176B3325", "04A2B3C4D5E680"));
  At(1'600, [this] { model_.Put(kAna), model_.Put(kBen); });
  EXPECT_THAT(Until(3'000), ::testing::UnorderedElementsAre("176B3325", "04A2B3C4D5E680"));
}

TEST_F(Rc522ReaderTest, ACardIsReadWithinFiftyMilliseconds) {
  for (int i = 0; i < 50; ++i) {
    const auto begin = clock_.MonotonicNow() + milliseconds(700 + i);
    model_.At(begin, [this] { model_.Put(kAna); });
    ASSERT_TRUE(reader_->Next({}));
    EXPECT_LE(clock_.MonotonicNow() - begin, milliseconds(50));
    model_.cards.clear();
    clock_.Advance(milliseconds(600));
  }
}

TEST_F(Rc522ReaderTest, ACardThatCanNotBeReadIsSaidOnceAndOneThatIsReadTheSecondTimeIsFine) {
  At(100, [this] {
    model_.Put(kAna);
    model_.cards[0].wrong_crc = true;
  });
  At(200, [this] { model_.cards[0].wrong_crc = false; });
  At(400, [this] { model_.cards.clear(); });
  At(1'000, [this] {
    model_.Put(kBen);
    model_.cards[0].wrong_check_byte = true;
  });
  At(3'000, [this] { model_.cards.clear(); });
  EXPECT_THAT(Until(4'000), ElementsAre("176B3325", HasSubstr("read the card")));
}

TEST_F(Rc522ReaderTest, AChipThatLosesItsSettingsOrStallsIsSetUpAnewByItself) {
  EXPECT_THAT(Until(500), ElementsAre());
  At(600, [this] { model_.PowerUp(); });
  Show(kAna, 1'900, 2'500);
  EXPECT_THAT(Until(3'000), ElementsAre("176B3325"));
  const int resets = model_.soft_resets;
  At(3'100, [this] { model_.stalled = true; });
  At(3'110, [this] { At(3'150, [this] { model_.stalled = false; }); });
  Show(kBen, 4'500, 5'000);
  EXPECT_THAT(Until(6'000), ElementsAre("04A2B3C4D5E680"));
  EXPECT_GT(model_.soft_resets, resets);
  const int in_time = model_.soft_resets;
  Until(200'000);
  EXPECT_NEAR(model_.soft_resets - in_time, 3, 1) << "each minute, for chips that fall silent";
}

TEST_F(Rc522ReaderTest, ABoardThatIsAwayIsSaidOnceAndTakenWhenItIsBack) {
  missing_ = true;
  std::stop_source stop;
  const auto first = reader_->Next(stop.get_token());
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::kRetry);
  EXPECT_THAT(first.error().Message(), HasSubstr("switch SPI on"));
  missing_ = false;
  model_.version = 0xFF;  // there is a bus now, and nothing on it
  EXPECT_THAT(Until(3'000), ElementsAre(HasSubstr("look at its wires")));
  model_.version = 0x91;
  Show(kAna, 5'000, 5'500);
  EXPECT_THAT(Until(7'000), ElementsAre("176B3325"));
  At(7'100, [this] { model_.fail = Error{ErrorCode::kRetry, "talk over it", EIO, ""}; });
  EXPECT_THAT(Until(20'000), ElementsAre(HasSubstr("talk over it")));
  model_.fail.reset();
  Show(kBen, 22'000, 22'500);
  EXPECT_THAT(Until(24'000), ElementsAre("04A2B3C4D5E680"));
}

TEST(ParseRc522Test, NamesTheDeviceAndTheResetLine) {
  const auto plain = ParseRc522("/dev/spidev0.0");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->device, "/dev/spidev0.0");
  EXPECT_FALSE(plain->reset);
  const auto whole = ParseRc522("/dev/spidev1.1,chip=/dev/gpiochip4,reset=25");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->device, "/dev/spidev1.1");
  EXPECT_EQ(whole->reset, 25u);
  EXPECT_EQ(whole->gpio_chip, "/dev/gpiochip4");
  for (const char* wrong :
       {"", "spidev0.0", ",reset=25", "/dev/spidev0.0,", "/dev/spidev0.0,reset",
        "/dev/spidev0.0,reset=", "/dev/spidev0.0,reset=x", "/dev/spidev0.0,reset=-1",
        "/dev/spidev0.0,chip=0", "/dev/spidev0.0,speed=1"}) {
    const auto parsed = ParseRc522(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, ErrorCode::kMisconfigured);
    EXPECT_THAT(parsed.error().Message(), HasSubstr("rc522:/dev/spidev0.0,reset=25")) << wrong;
  }
}

}  // namespace
}  // namespace tamtap

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "panel/panel.h"
#include "panel/sign_text.h"

namespace tamtap {
namespace {

Ack AckOf(Verdict verdict, Refusal reason = Refusal::kNone) {
  Ack ack;
  ack.card = "176B3325";
  ack.name = "Ana Reyes";
  ack.verdict = verdict;
  ack.reason = reason;
  return ack;
}

struct Expected {
  Refusal reason;
  const char* upper;
  const char* lower;
  int beeps;
  int beep_ms;
};

TEST(SignTest, EveryRefusalHasItsTextOfTheContract) {
  const Expected kExpected[] = {
      {Refusal::kUnknownCard, "USER NOT FOUND", "REGISTER FIRST", 2, 200},
      {Refusal::kUnreadableCard, "CARD NOT READ", "TRY AGAIN", 2, 200},
      {Refusal::kCardReplaced, "CARD REPLACED", "USE YOUR NEW ONE", 2, 200},
      {Refusal::kAmbiguousCard, "TWO CARDS MATCH", "CALL STAFF", 2, 200},
      {Refusal::kNoClassesToday, "NO CLASSES", "TODAY", 2, 150},
      {Refusal::kClassesEnded, "CLASSES ENDED", "SEE YOU TOMORROW", 2, 150},
      {Refusal::kNoFaceDetected, "NO FACE DETECT", "TRY AGAIN!", 3, 100},
      {Refusal::kFacePartiallyVisible, "FACE PARTIAL", "CENTER YOURSELF", 3, 100},
      {Refusal::kMultipleFacesDetected, "MULTIPLE FACES", "ONE PERSON ONLY", 3, 100},
      {Refusal::kEyesNotVisible, "EYES NOT VISIBLE", "OPEN YOUR EYES", 3, 100},
      {Refusal::kDetectionTimeout, "DETECTION SLOW", "TRY AGAIN", 3, 100},
      {Refusal::kCameraFailed, "CAMERA FAILED", "CALL STAFF", 3, 100},
      {Refusal::kStorageFull, "STORAGE FULL", "CALL STAFF", 3, 200},
      {Refusal::kStorageFailed, "STORAGE FAILED", "CALL STAFF", 3, 200},
  };
  for (const Expected& expected : kExpected) {
    const Sign sign = SignForAck(AckOf(Verdict::kRefused, expected.reason));
    EXPECT_EQ(sign.upper, expected.upper);
    EXPECT_EQ(sign.lower, expected.lower);
    EXPECT_EQ(sign.beeps, expected.beeps) << expected.upper;
    EXPECT_EQ(sign.light, Light::kRed);
    EXPECT_EQ(sign.beep.count(), expected.beep_ms) << expected.upper;
    EXPECT_LE(sign.upper.size(), kSignColumns);
    EXPECT_LE(sign.lower.size(), kSignColumns);
  }
}

TEST(SignTest, AcceptedAndDuplicateAreGreen) {
  const Sign accepted = SignForAck(AckOf(Verdict::kAccepted));
  EXPECT_EQ(accepted.upper, "WELCOME");
  EXPECT_EQ(accepted.lower, "ANA REYES");
  EXPECT_EQ(accepted.light, Light::kGreen);
  EXPECT_EQ(accepted.beeps, 2);
  EXPECT_EQ(accepted.beep.count(), 100);

  const Sign duplicate = SignForAck(AckOf(Verdict::kDuplicate));
  EXPECT_EQ(duplicate.upper, "ALREADY LOGGED");
  EXPECT_EQ(duplicate.lower, "ANA REYES");
  EXPECT_EQ(duplicate.light, Light::kGreen);
  EXPECT_EQ(duplicate.beeps, 1);
  EXPECT_EQ(duplicate.beep.count(), 300);
}

TEST(SignTest, StatesHaveTheirTexts) {
  const Sign idle = SignForState(GateState::kIdle, "", "WAITING FOR/TAMARAW...");
  EXPECT_EQ(idle.upper, "WAITING FOR");
  EXPECT_EQ(idle.lower, "TAMARAW...");
  EXPECT_EQ(idle.light, Light::kNone);
  EXPECT_EQ(idle.beeps, 0);
  const Sign card = SignForState(GateState::kCardDetected, "", "");
  EXPECT_EQ(card.upper, "CHECKING CARD");
  EXPECT_EQ(card.lower, "PLEASE WAIT...");
  const Sign found = SignForState(GateState::kCameraActive, "Ana", "");
  EXPECT_EQ(found.upper, "HELLO ANA");
  EXPECT_EQ(found.lower, "FACE CAMERA");
  EXPECT_EQ(SignForState(GateState::kCameraActive, "Maria Dela Cruz", "").upper,
            "HELLO MARIA DELA");
  EXPECT_EQ(SignForState(GateState::kCameraActive, "", "").upper, "HELLO");
}

TEST(SignTest, NewsOfTheGateHaveTheirTextsAndSounds) {
  const auto said = [](GateState state) {
    const Sign sign = SignForState(state, "1.2.3", "WAITING FOR/TAMARAW...");
    EXPECT_EQ(sign.light, Light::kNone);
    return fmt::format("{}/{}/{}x{}", sign.upper, sign.lower, sign.beeps, sign.beep.count());
  };
  EXPECT_EQ(said(GateState::kStarting), "TAMTAP v1.2.3/STARTING.../2x100");
  EXPECT_EQ(said(GateState::kCameraReady), "CAMERA READY/OK/1x100");
  EXPECT_EQ(said(GateState::kCameraWarning), "CAMERA WARNING/CHECK HARDWARE/3x300");
  EXPECT_EQ(SignForState(GateState::kStarting, "1.2.3+git.20261127", "").upper.size(), 16u);
  EXPECT_FALSE(IsNews(GateState::kIdle));
}

TEST(SignTest, AnIdleTextOfAnyShapeFitsTheSign) {
  const Sign one = SignForState(GateState::kIdle, "", "Good morning");
  EXPECT_EQ(one.upper, "GOOD MORNING");
  EXPECT_EQ(one.lower, "");
  const Sign wide = SignForState(GateState::kIdle, "", "A text that is too long/lower/more");
  EXPECT_EQ(wide.upper, "A TEXT THAT IS T");
  EXPECT_EQ(wide.lower, "LOWER/MORE");
  EXPECT_EQ(SignForState(GateState::kIdle, "", "").upper, "");
}

TEST(SignTest, StatesAreSpeltAsInTheContract) {
  EXPECT_EQ(ToString(GateState::kIdle), "IDLE");
  EXPECT_EQ(ToString(GateState::kCardDetected), "CARD_DETECTED");
  EXPECT_EQ(ToString(GateState::kCameraActive), "CAMERA_ACTIVE");
  EXPECT_EQ(ToString(GateState::kSuccess), "SUCCESS");
  EXPECT_EQ(ToString(GateState::kFail), "FAIL");
  EXPECT_EQ(ToString(GateState::kShutdown), "SHUTDOWN");
}

TEST(SignTextTest, NamesBecomeUpperCaseAscii) {
  EXPECT_EQ(SignText("José Peña"), "JOSE PENA");
  EXPECT_EQ(SignText("ÑAÑO ñandú"), "NANO NANDU");
  EXPECT_EQ(SignText("Weiß Ægir Œuvre Łukasz Þór"), "WEISS AEGIR OEUVRE LUKASZ THOR");
  EXPECT_EQ(SignText("Pen\xCC\x83"
                     "a"),
            "PENA")
      << "decomposed";
  EXPECT_EQ(SignText("O’Neil–Cruz"), "O'NEIL-CRUZ");
  EXPECT_EQ(SignText("  a \t b\xC2\xA0"
                     "c "),
            "A B C");
  EXPECT_EQ(SignText("李 Ana"), "? ANA");
  EXPECT_EQ(SignText(""), "");
}

TEST(SignTextTest, NothingInANameMovesTheCursor) {
  EXPECT_EQ(SignText("A\x1b[2JB\x07\x7F\xC2\x9B"
                     "C"),
            "A[2JBC");
}

TEST(SignTextTest, BytesThatAreNoUtf8BecomeQuestionMarks) {
  EXPECT_EQ(SignText("A\xFF"
                     "B"),
            "A?B");
  EXPECT_EQ(SignText("A\xC3"), "A?") << "cut in the middle";
  EXPECT_EQ(SignText("\xC0\xAF"), "??") << "overlong";
  EXPECT_EQ(SignText("\xED\xA0\x80"), "???") << "a surrogate";
  EXPECT_EQ(SignText("\xF4\x90\x80\x80"), "????") << "past the last code point";
}

TEST(SignTextTest, ANameIsCutToSixteenWithoutATrailingSpace) {
  EXPECT_EQ(CutToSign("ABCDEFGHIJKLMNOP"), "ABCDEFGHIJKLMNOP");
  EXPECT_EQ(CutToSign("ABCDEFGHIJKLMNOPQ"), "ABCDEFGHIJKLMNOP");
  EXPECT_EQ(CutToSign("ABCDEFGHIJKLMNO PQ"), "ABCDEFGHIJKLMNO");
}

}  // namespace
}  // namespace tamtap

// The texts that people at the gate read, in one table.
#include <fmt/core.h>

#include "base/check.h"
#include "panel/panel.h"
#include "panel/sign_text.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

// Of whom the gate does not know, of a day without classes, of a face, of the storage.
constexpr milliseconds kUnknown{200};
constexpr milliseconds kNoClass{150};
constexpr milliseconds kFace{100};
constexpr milliseconds kStorage{200};
constexpr milliseconds kNews{100};
constexpr milliseconds kLong{300};

Sign Green(std::string upper, std::string lower, int beeps, milliseconds beep) {
  return Sign{std::move(upper), std::move(lower), Light::kGreen, beeps, beep};
}
Sign Red(std::string upper, std::string lower, int beeps, milliseconds beep) {
  return Sign{std::move(upper), std::move(lower), Light::kRed, beeps, beep};
}
Sign Dark(std::string upper, std::string lower, int beeps = 0, milliseconds beep = {}) {
  return Sign{std::move(upper), std::move(lower), Light::kNone, beeps, beep};
}

Sign SignForRefusal(Refusal reason) {
  switch (reason) {
    case Refusal::kUnknownCard:
      return Red("USER NOT FOUND", "REGISTER FIRST", 2, kUnknown);
    case Refusal::kUnreadableCard:
      return Red("CARD NOT READ", "TRY AGAIN", 2, kUnknown);
    case Refusal::kCardReplaced:
      return Red("CARD REPLACED", "USE YOUR NEW ONE", 2, kUnknown);
    case Refusal::kAmbiguousCard:
      return Red("TWO CARDS MATCH", "CALL STAFF", 2, kUnknown);
    case Refusal::kNoClassesToday:
      return Red("NO CLASSES", "TODAY", 2, kNoClass);
    case Refusal::kClassesEnded:
      return Red("CLASSES ENDED", "SEE YOU TOMORROW", 2, kNoClass);
    case Refusal::kNoFaceDetected:
      return Red("NO FACE DETECT", "TRY AGAIN!", 3, kFace);
    case Refusal::kFacePartiallyVisible:
      return Red("FACE PARTIAL", "CENTER YOURSELF", 3, kFace);
    case Refusal::kMultipleFacesDetected:
      return Red("MULTIPLE FACES", "ONE PERSON ONLY", 3, kFace);
    case Refusal::kEyesNotVisible:
      return Red("EYES NOT VISIBLE", "OPEN YOUR EYES", 3, kFace);
    case Refusal::kDetectionTimeout:
      return Red("DETECTION SLOW", "TRY AGAIN", 3, kFace);
    case Refusal::kCameraFailed:
      return Red("CAMERA FAILED", "CALL STAFF", 3, kFace);
    case Refusal::kStorageFull:
      return Red("STORAGE FULL", "CALL STAFF", 3, kStorage);
    case Refusal::kStorageFailed:
      return Red("STORAGE FAILED", "CALL STAFF", 3, kStorage);
    case Refusal::kNone:
      break;
  }
  return Red("NOT RECORDED", "TRY AGAIN", 3, kStorage);
}

}  // namespace

std::string_view ToString(GateState state) {
  switch (state) {
    case GateState::kIdle:
      return "IDLE";
    case GateState::kCardDetected:
      return "CARD_DETECTED";
    case GateState::kCameraActive:
      return "CAMERA_ACTIVE";
    case GateState::kSuccess:
      return "SUCCESS";
    case GateState::kFail:
      return "FAIL";
    case GateState::kShutdown:
      return "SHUTDOWN";
    case GateState::kStarting:
      return "STARTING";
    case GateState::kCameraReady:
      return "CAMERA_READY";
    case GateState::kCameraWarning:
      return "CAMERA_WARNING";
  }
  CheckFailed("a GateState", __FILE_NAME__, __LINE__);
}

bool IsNews(GateState state) {
  return state == GateState::kStarting || state == GateState::kCameraReady ||
         state == GateState::kCameraWarning;
}

Sign SignForState(GateState state, std::string_view name, std::string_view idle_text) {
  switch (state) {
    case GateState::kIdle: {
      const size_t slash = idle_text.find('/');
      const std::string_view upper = idle_text.substr(0, slash);
      const std::string_view lower =
          slash == std::string_view::npos ? std::string_view() : idle_text.substr(slash + 1);
      return Dark(CutToSign(SignText(upper)), CutToSign(SignText(lower)));
    }
    case GateState::kCardDetected:
      return Dark("CHECKING CARD", "PLEASE WAIT...");
    case GateState::kCameraActive:
      return Dark(CutToSign("HELLO " + SignText(name)), "FACE CAMERA");
    case GateState::kSuccess:  // the beeps come with the Ack
      return Green("WELCOME", CutToSign(SignText(name)), 0, {});
    case GateState::kFail:
      return Red("NOT RECORDED", "TRY AGAIN", 0, {});
    case GateState::kShutdown:
      return Dark("SHUTDOWN", "TAMTAP");
    case GateState::kStarting:
      return Dark(fmt::format("TAMTAP v{}", name).substr(0, kSignColumns), "STARTING...", 2, kNews);
    case GateState::kCameraReady:
      return Dark("CAMERA READY", "OK", 1, kNews);
    case GateState::kCameraWarning:
      return Dark("CAMERA WARNING", "CHECK HARDWARE", 3, kLong);
  }
  CheckFailed("a GateState", __FILE_NAME__, __LINE__);
}

Sign SignForAck(const Ack& ack) {
  const std::string name = CutToSign(SignText(ack.name.empty() ? ack.card : ack.name));
  switch (ack.verdict) {
    case Verdict::kAccepted:
      return Green(ack.departure ? "GOODBYE" : "WELCOME", name, 2, milliseconds(100));
    case Verdict::kDuplicate:
      return Green("ALREADY LOGGED", name, 1, kLong);
    case Verdict::kRefused:
      return SignForRefusal(ack.reason);
  }
  CheckFailed("a Verdict", __FILE_NAME__, __LINE__);
}

std::string WithNotice(std::string_view idle_text, std::string_view notice) {
  if (notice.empty()) return std::string(idle_text);
  return fmt::format("{}/{}", idle_text.substr(0, idle_text.find('/')), notice);
}

}  // namespace tamtap

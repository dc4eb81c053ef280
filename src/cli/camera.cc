// tamtap camera test: shows a technician what the camera gives, and whether a face is seen.
#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/log.h"
#include "cli/camera_trial.h"
#include "cli/command.h"
#include "cli/gate_here.h"
#include "cli/stop_signal.h"

namespace tamtap::cli {
namespace {

struct CameraArguments {
  int seconds = 5;
};

void SaySight(const Settings& settings, const CameraSight& sight) {
  if (settings.json) {
    const boost::json::object line = {{"camera", settings.camera},
                                      {"width", sight.width},
                                      {"height", sight.height},
                                      {"bytes", sight.bytes},
                                      {"frames_per_second", sight.frames_a_second},
                                      {"face", Describe(*sight.face)},
                                      {"one_face", *sight.face == FaceVerdict::kOneFace},
                                      {"check_ms", sight.check_ms}};
    Print(boost::json::serialize(line) + "\n");
    return;
  }
  PrintLine(
      fmt::format("{}; {} ({:.0f} ms)", Describe(sight), Describe(*sight.face), sight.check_ms));
}

Result<> LookThrough(const Settings& settings, const CameraArguments& arguments, StopSignal& stop) {
  TAMTAP_TRY(const auto camera, MakeCamera(settings.camera, SystemClock()));
  if (!camera) {
    return Error{ErrorCode::kMisconfigured, "look through the camera", 0,
                 "there is none; name one with --camera"};
  }
  if (!settings.json) PrintLine(fmt::format("camera {}", camera->Describe()));
  CameraTrial trial(*camera);
  TAMTAP_RETURN_IF_ERROR(trial.Find());
  const auto face = LoadFaceCheck();
  for (int second = 0; second < arguments.seconds; ++second) {
    TAMTAP_TRY(const CameraSight sight, trial.Watch(std::chrono::seconds(1), face.get()));
    SaySight(settings, sight);
    if (stop.WaitFor(std::chrono::milliseconds(0))) break;
  }
  return {};
}

int TestCamera(const Settings& settings, const CameraArguments& arguments) {
  StopSignal stop;
  if (const auto free = CheckNoGateHere(settings); !free) return Fail(free.error());
  // What a camera's thread warns of is what the trial says in the end.
  if (settings.log_level == "info") {
    if (const auto quieter = SetLogLevel("error"); !quieter) return Fail(quieter.error());
  }
  const auto looked = LookThrough(settings, arguments, stop);
  return looked ? kDone : Fail(looked.error());
}

}  // namespace

void AddCamera(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const camera = app.add_subcommand("camera", "The camera of a gate");
  camera->require_subcommand(1);
  CLI::App* const test = camera->add_subcommand(
      "test", "Show size and number of its pictures, and whether a face is seen, each second");
  static CameraArguments arguments;
  AddCommonFlags(*test, settings);
  AddTerminalFlags(*test, settings);
  test->add_option("--seconds", arguments.seconds, "How long to look")
      ->check(CLI::Range(1, 86'400))
      ->configurable(false)
      ->capture_default_str();
  test->callback([&] { action = [&] { return TestCamera(settings, arguments); }; });
}

}  // namespace tamtap::cli

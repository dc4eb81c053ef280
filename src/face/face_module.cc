#include "face/face_module.h"

#include <chrono>
#include <optional>

#include "base/module.h"

namespace tamtap {
namespace {

constexpr std::chrono::seconds kLoadAgain{30};

class LoadedFaceCheck final : public FaceCheck {
 public:
  LoadedFaceCheck() { Load(); }

  Result<FaceVerdict> Check(const Frame& frame, const FaceRules& rules) override {
    if (!check_ && std::chrono::steady_clock::now() >= load_again_) Load();
    if (!check_) return *missing_;
    return check_->Check(frame, rules);
  }

 private:
  void Load() {
    auto check = Make();
    if (check) {
      check_ = *std::move(check);
      return;
    }
    missing_ = std::move(check).error();
    load_again_ = std::chrono::steady_clock::now() + kLoadAgain;
  }
  static Result<std::unique_ptr<FaceCheck>> Make() {
    TAMTAP_TRY(const void* const functions, LoadModule("camera"));
    return static_cast<const FaceModule*>(functions)->make_face_check("");
  }

  std::unique_ptr<FaceCheck> check_;
  std::optional<Error> missing_;
  std::chrono::steady_clock::time_point load_again_{};
};

}  // namespace

std::unique_ptr<FaceCheck> LoadFaceCheck() { return std::make_unique<LoadedFaceCheck>(); }

}  // namespace tamtap

// Frames for the figures of the face check: the photographs of scripts/test-photos, each in many
// variations, with what a check should say of it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "face/face_check.h"

namespace tamtap::bench {

enum class Wanted {
  kOne,  // exactly one face, where it should be
  kOffMiddle,
  kSeveral,
  kNone,
  kNotTaken,  // anything but one face: cut by the edge, the check may say what it likes
};

struct FaceFrame {
  std::string_view group;
  std::string jpeg;
  Wanted wanted;
};

// Calls `take` with each frame; those of one group come one after the other. Dies with a sentence
// if a photograph is missing.
void ForEachFaceFrame(const std::string& photos, const std::function<void(const FaceFrame&)>& take);

bool IsRight(Wanted wanted, FaceVerdict said);

}  // namespace tamtap::bench

// What the face check is measured against.
#pragma once

#include <memory>

#include "face/face_check.h"

namespace tamtap::bench {

// As existing TamTap systems look: one Haar cascade over the whole picture.
std::unique_ptr<FaceCheck> OneCascade();
// As TamTap looked before: two Haar cascades over the whole picture, and four looks for eyes, vote
// on what is a face.
std::unique_ptr<FaceCheck> TwoCascadesThatVote();

}  // namespace tamtap::bench

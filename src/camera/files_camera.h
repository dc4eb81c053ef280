// A directory of pictures as a camera: for demonstrations and tests.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "camera/camera.h"

namespace tamtap {

// The directory is listed anew each time round, so that pictures may come and go: one that has gone
// is passed over, one that cannot be read is said once a round (kRetry) and then passed.
Result<std::unique_ptr<Camera>> MakeFilesCamera(const std::string& directory);

}  // namespace tamtap

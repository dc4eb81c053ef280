// GateHealth: how a terminal's own parts are, for its status report and for the notice to staff.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "camera/camera.h"

namespace tamtap {

struct GateHealth {
  std::optional<uint64_t> disk_free;      // bytes, on the journal's disk; missing: not known
  std::optional<CameraHealth> camera;     // missing: there is none, or the school wants no photos
  std::vector<std::string> readers_away;  // by name; they are looked for
  std::string version;                    // of the program; empty: not told
};

}  // namespace tamtap

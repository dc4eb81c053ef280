// docs/openapi.yaml, built into the binary. It is written in JSON, which is YAML too, so that it
// can be served as it is.
#pragma once

#include <string>

namespace tamtap {

const std::string& OpenApiDocument();

}  // namespace tamtap

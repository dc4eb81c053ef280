// The file of a request: its body, or the first file of a form (multipart/form-data, RFC 7578), as
// existing pages send it.
#pragma once

#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace tamtap {

// The bytes of the file, within the request's body. kRejected: the body is empty, or a form without
// a file.
Result<std::string_view> UploadedFile(const http::Request& request);

}  // namespace tamtap

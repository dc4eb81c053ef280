#include "base/result.h"

#include <cerrno>
#include <cstring>

namespace tamtap {

std::string_view ToString(ErrorCode code) {
  switch (code) {
    case ErrorCode::kRetry:
      return "retry";
    case ErrorCode::kFull:
      return "full";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kRejected:
      return "rejected";
    case ErrorCode::kDenied:
      return "denied";
    case ErrorCode::kMisconfigured:
      return "misconfigured";
    case ErrorCode::kClosed:
      return "closed";
  }
  return "unknown";
}

std::string Error::Message() const {
  std::string message = operation;
  if (errno_value != 0) {
    message += ": ";
    message += std::strerror(errno_value);
  }
  if (!hint.empty()) {
    message += "; ";
    message += hint;
  }
  return message;
}

Error ErrnoError(int errno_value, std::string operation, std::string hint) {
  ErrorCode code = ErrorCode::kRetry;
  switch (errno_value) {
    case ENOSPC:
    case EDQUOT:
      code = ErrorCode::kFull;
      break;
    case EACCES:
    case EPERM:
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EROFS:
    case ENAMETOOLONG:
    case ELOOP:
    case ENODEV:
    case ENXIO:
      code = ErrorCode::kMisconfigured;
      break;
    default:
      break;
  }
  return Error{code, std::move(operation), errno_value, std::move(hint)};
}

}  // namespace tamtap

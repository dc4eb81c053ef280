// Result<T>: the outcome of any call that can fail at run time.
//
// An Error says what the *caller* can do about it (its code), which operation failed on what, the
// errno if the system gave one, and a hint that tells a person how to mend it. Libraries'
// exceptions are caught in the room that uses the library and come out as an Error; bugs hit CHECK
// (check.h).
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace tamtap {

// What the caller does about a failure.
enum class ErrorCode {
  kRetry,          // passing: the same call may succeed later
  kFull,           // no space: free some, then the same call may succeed
  kCorrupt,        // bytes are not what was written: report, keep a copy, go on
  kRejected,       // refused for good: the same input can never succeed
  kDenied,         // credentials are missing, wrong or revoked: pause and say so
  kMisconfigured,  // a person must change a setting, a device or a permission
  kClosed,         // the end of the input, or a stop was asked for: not a fault
};

std::string_view ToString(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kRetry;
  std::string operation;  // what was tried, on what: "open /var/lib/tamtap/journal/lock"
  int errno_value = 0;    // 0 when the system gave none
  std::string hint;       // what to do about it; may be empty

  // One line for a person: operation, system's reason, hint.
  std::string Message() const;
};

// An Error from errno: ENOSPC and EDQUOT are kFull; EACCES, ENOENT, EROFS and their like are
// kMisconfigured; the rest kRetry. `errno_value` is passed in, since evaluating `operation` may
// change errno.
Error ErrnoError(int errno_value, std::string operation, std::string hint = {});

template <typename T = void>
class [[nodiscard]] Result : public tl::expected<T, Error> {
  using Base = tl::expected<T, Error>;

 public:
  using Base::Base;
  Result(Error error)
      : Base(tl::unexpect, std::move(error)) {}  // NOLINT(google-explicit-constructor)
};

}  // namespace tamtap

// Two macros, so that the happy path reads straight down:
//   TAMTAP_TRY(auto file, disk.Open(path));   // declares `file`, or returns the Error
//   TAMTAP_RETURN_IF_ERROR(file->DataSync());  // returns the Error, if there is one
#define TAMTAP_CONCAT_INNER(a, b) a##b
#define TAMTAP_CONCAT(a, b) TAMTAP_CONCAT_INNER(a, b)
#define TAMTAP_TRY(declaration, expression) \
  TAMTAP_TRY_INNER(TAMTAP_CONCAT(tamtap_result_, __LINE__), declaration, expression)
#define TAMTAP_TRY_INNER(result, declaration, expression) \
  auto result = (expression);                             \
  if (!result) return std::move(result).error();          \
  declaration = std::move(*result)
#define TAMTAP_RETURN_IF_ERROR(expression)                 \
  do {                                                     \
    if (auto tamtap_result = (expression); !tamtap_result) \
      return std::move(tamtap_result).error();             \
  } while (false)

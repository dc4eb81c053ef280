// How lines are put together and taken apart: what line.cc, line_types.cc and checkpoint.cc share.
// LineWriter is in line.cc, the rest in line_types.cc.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <charconv>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/line.h"

namespace tamtap::journal {

inline constexpr std::string_view kSegmentType = "segment";
inline constexpr std::string_view kStartType = "start";
inline constexpr std::string_view kTapType = "tap";
inline constexpr std::string_view kOutcomeType = "outcome";
inline constexpr std::string_view kClockType = "clock";
inline constexpr std::string_view kStoreType = "store";
inline constexpr std::string_view kRefusalType = "refusal";
inline constexpr std::string_view kHandedType = "handed";
inline constexpr std::string_view kSealType = "seal";
inline constexpr std::string_view kRetiredType = "retired";

// Opens a line in `out` and closes it with its checksum when it goes.
class LineWriter {
 public:
  LineWriter(std::string_view type, std::string& out);
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void Text(std::string_view key, std::string_view value) { AppendJsonString(value, Raw(key)); }
  template <typename Integer>
  void Number(std::string_view key, Integer value) {
    std::array<char, 24> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    Raw(key).append(digits.data(), end);
  }
  // Where the value of that key is to be appended.
  std::string& Raw(std::string_view key);

 private:
  std::string& out_;
  const size_t start_;
};

// The error for a line that this version did not write, although its checksum holds.
Error Unexpected(std::string_view text, const char* what);
Result<boost::json::object> ParseObject(std::string_view text,
                                        boost::json::storage_ptr memory = {});
// Empty or 0 where the key is missing or of another kind.
uint64_t NumberAt(const boost::json::object& object, std::string_view key);
int64_t SignedAt(const boost::json::object& object, std::string_view key);
ClockLine ClockFrom(const boost::json::object& object);

}  // namespace tamtap::journal

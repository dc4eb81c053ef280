#include "journal/legacy_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace tamtap::journal {
namespace {

namespace json = boost::json;

constexpr size_t kEscapeLength = 6;  // of "\udcf1"
constexpr std::string_view kReplacementEscape = "\\ufffd";

Error Unreadable(std::string why) {
  return Error{ErrorCode::kRejected, "read the file to import", 0, std::move(why)};
}

// "line 3, byte 17 of it (byte 812 of the file)"; all count from 1.
std::string PlaceOf(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {}, byte {} of it (byte {} of the file)", line, offset - begin + 1,
                     offset + 1);
}

// Goes through the text once, knows in which entry it is, and puts what JSON allows in the place of
// half characters and NaN, byte for byte. In what is no JSON at all it finds something or other.
class Mender {
 public:
  explicit Mender(std::string& text) : text_(text) {}

  // Up to `end`, or all of it.
  void Run(size_t end) {
    while (at_ < std::min(end, text_.size())) Step();
  }

  // `attendance[3]`, "students"; empty: outside of all.
  std::string Where() const {
    if (open_.empty()) return {};
    if (open_.size() == 1) return section_;
    return open_[1] == '[' ? fmt::format("{}[{}]", section_, index_)
                           : fmt::format("{}[\"{}\"]", section_, entry_);
  }

  std::map<std::string, std::string> TakeDamaged() { return std::move(damaged_); }

 private:
  void Step() {
    const char c = text_[at_];
    if (c == '"') return String();
    if (c == 'N' || c == 'I' || c == '-') return Word();
    if (c == '{' || c == '[') {
      open_.push_back(c);
      is_key_ = c == '{';
      if (open_.size() == 2) index_ = 0, entry_.clear();
    } else if ((c == '}' || c == ']') && !open_.empty()) {
      open_.pop_back();
      is_key_ = false;
    } else if (c == ',' && !open_.empty()) {
      is_key_ = open_.back() == '{';
      if (open_.size() == 2) ++index_;
    } else if (c == ':') {
      is_key_ = false;
    }
    ++at_;
  }

  void String() {
    const size_t begin = ++at_;
    std::vector<size_t> halves;
    while (at_ < text_.size() && text_[at_] != '"') {
      const std::optional<unsigned> unit = UnitAt(at_);
      if (!unit) {
        at_ += text_[at_] == '\\' ? 2 : 1;
        continue;
      }
      const auto next = UnitAt(at_ + kEscapeLength);
      const bool leads = *unit >= 0xD800 && *unit < 0xDC00;
      const bool trails = *unit >= 0xDC00 && *unit < 0xE000;
      if (leads && next && *next >= 0xDC00 && *next < 0xE000) {
        at_ += kEscapeLength;
      } else if (leads || trails) {
        halves.push_back(at_);
      }
      at_ += kEscapeLength;
    }
    at_ = std::min(at_, text_.size());
    std::vector<std::string> found;
    for (const size_t half : halves) {
      found.push_back(fmt::format("half a character ({})", text_.substr(half, kEscapeLength)));
      text_.replace(half, kEscapeLength, kReplacementEscape);
    }
    if (is_key_ && open_.size() == 1) section_ = text_.substr(begin, at_ - begin);
    if (is_key_ && open_.size() == 2) entry_ = text_.substr(begin, at_ - begin);
    for (size_t i = 0; i < halves.size(); ++i) Note(halves[i], found[i]);
    if (at_ < text_.size()) ++at_;
  }

  // The code unit of the escape "\uXXXX" that begins there, if one does.
  std::optional<unsigned> UnitAt(size_t at) const {
    if (at + kEscapeLength > text_.size() || text_[at] != '\\' || text_[at + 1] != 'u') return {};
    unsigned unit = 0;
    for (size_t i = at + 2; i < at + kEscapeLength; ++i) {
      const char c = text_[i];
      const bool is_digit = c >= '0' && c <= '9';
      const char lower = static_cast<char>(c | 0x20);
      if (!is_digit && (lower < 'a' || lower > 'f')) return {};
      unit = unit * 16 + static_cast<unsigned>(is_digit ? c - '0' : lower - 'a' + 10);
    }
    return unit;
  }

  void Word() {
    for (const std::string_view word : {"NaN", "-NaN", "Infinity", "-Infinity"}) {
      if (std::string_view(text_).substr(at_, word.size()) != word) continue;
      Note(at_, fmt::format("{}, which is no number", word));
      text_.replace(at_, word.size(), std::string(word.size() - 1, ' ') + "0");
      at_ += word.size();
      return;
    }
    ++at_;
  }

  void Note(size_t at, const std::string& what) {
    damaged_.emplace(Where(), fmt::format("{} holds {}", PlaceOf(text_, at), what));
  }

  std::string& text_;
  size_t at_ = 0;
  std::vector<char> open_;
  bool is_key_ = false;
  std::string section_;
  std::string entry_;
  size_t index_ = 0;
  std::map<std::string, std::string> damaged_;
};

// Why `text` is no JSON, of which the first `good` bytes may be the beginning of some.
Error WhyNoJson(std::string text, size_t good, bool ends_early) {
  if (TrimSpace(text).empty()) {
    return Unreadable("it is empty; restore the last whole copy of it");
  }
  const std::string place = PlaceOf(text, good);
  const bool zeros = good < text.size() && text[good] == '\0';
  Mender until(text);
  until.Run(good);
  const std::string where = until.Where();
  const std::string in = where.empty() ? "" : fmt::format(", in {}", where);
  if (ends_early) {
    return Unreadable(
        fmt::format("it ends in the middle of {}, at {}: the rest is missing; restore the last "
                    "whole copy of it",
                    where.empty() ? "the file" : where, place));
  }
  if (zeros) {
    return Unreadable(
        fmt::format("from {}{} it holds zero bytes, as a power cut leaves them; restore the last "
                    "whole copy of it",
                    place, in));
  }
  return Unreadable(
      fmt::format("from {}{} it is no JSON; give a tamtap_users.json that is whole", place, in));
}

}  // namespace

Result<LegacyText> ParseLegacyText(std::string text) {
  LegacyText read;
  Mender mender(text);
  mender.Run(text.size());
  read.damaged = mender.TakeDamaged();
  json::stream_parser parser;
  boost::system::error_code failed;
  const size_t good = parser.write_some(text, failed);
  if (failed) return WhyNoJson(std::move(text), good, /*ends_early=*/false);
  if (!parser.done()) {
    parser.finish(failed);
    if (failed || !parser.done()) return WhyNoJson(text, text.size(), /*ends_early=*/true);
  }
  if (good < text.size() && !TrimSpace(std::string_view(text).substr(good)).empty()) {
    return WhyNoJson(text, good, /*ends_early=*/false);
  }
  read.value = parser.release();
  if (!read.value.is_object()) {
    return Unreadable("it is no JSON object; give a tamtap_users.json");
  }
  return read;
}

}  // namespace tamtap::journal

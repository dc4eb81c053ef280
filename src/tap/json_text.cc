// Records as JSON text, written straight into a buffer: the append path must not allocate.
#include <array>
#include <charconv>

#include "base/text.h"
#include "tap/record.h"
#include "tap/record_fields.h"

namespace tamtap {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

class TextFields {
 public:
  explicit TextFields(std::string& out) : out_(out) { out_ += '{'; }
  ~TextFields() { out_ += '}'; }
  TextFields(const TextFields&) = delete;
  TextFields& operator=(const TextFields&) = delete;

  void Text(std::string_view key, std::string_view value) {
    Key(key);
    AppendJsonString(value, out_);
  }
  void TextOrNull(std::string_view key, std::string_view value) {
    Key(key);
    if (value.empty()) {
      out_ += "null";
    } else {
      AppendJsonString(value, out_);
    }
  }
  void Tap(std::string_view key, const TapId& tap) {
    Key(key);  // terminal and generation hold no character that JSON escapes
    out_ += '"';
    out_ += tap.terminal;
    out_ += '.';
    out_ += tap.generation;
    out_ += '.';
    Digits(tap.sequence);
    out_ += '"';
  }
  void Number(std::string_view key, int64_t value) {
    Key(key);
    Digits(value);
  }

 private:
  void Key(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += key;
    out_ += "\":";
  }
  template <typename Integer>
  void Digits(Integer value) {
    std::array<char, 24> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out_.append(digits.data(), end);
  }

  std::string& out_;
};

// Whether each text is short enough for a field.
class FieldLengths {
 public:
  void Text(std::string_view, std::string_view value) {
    // What is no UTF-8 is written as U+FFFD: up to three bytes for each.
    const size_t written = IsUtf8(value) ? value.size() : value.size() * kReplacement.size();
    fit_ = fit_ && written <= kMostFieldBytes;
  }
  void TextOrNull(std::string_view key, std::string_view value) { Text(key, value); }
  void Tap(std::string_view, const TapId&) {}
  void Number(std::string_view, int64_t) {}
  bool fit() const { return fit_; }

 private:
  bool fit_ = true;
};

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
      text.remove_prefix(1);
    } else if (c < 0x20) {
      out += "\\u00";
      out += kHexDigits[c >> 4];
      out += kHexDigits[c & 15];
      text.remove_prefix(1);
    } else if (const size_t length = c < 0x80 ? 1 : Utf8Length(text); length > 0) {
      out += text.substr(0, length);
      text.remove_prefix(length);
    } else {
      out += kReplacement;
      text.remove_prefix(1);
    }
  }
  out += '"';
}

bool FieldsFit(const Record& record) {
  FieldLengths lengths;
  VisitFields(record, lengths);
  return lengths.fit();
}

void AppendJson(const Record& record, std::string& out) {
  TextFields fields(out);
  VisitFields(record, fields);
}

}  // namespace tamtap

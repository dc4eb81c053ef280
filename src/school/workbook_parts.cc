#include "school/workbook_parts.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "base/ascii.h"
#include "base/text.h"
#include "school/table.h"
#include "school/table_rows.h"
#include "school/xml.h"

namespace tamtap {
namespace {

// Of styles and relations; Excel itself allows 65,490 styles.
constexpr size_t kMostEntries = 100'000;
constexpr double kMostExact = 1e15;  // spreadsheets keep 15 digits
constexpr int kSecondsOfDay = 24 * 60 * 60;
// Formats of times that every workbook has, by their numbers.
const std::set<int> kTimeFormats{18, 19, 20, 21, 45, 46, 47};

Error TooMany(std::string_view what) {
  return NoTable(fmt::format("it has too many {}", what), "save it as \"CSV UTF-8\"");
}

int IntegerFrom(std::string_view text, int otherwise) {
  int value = otherwise;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

class SheetNamePieces : public XmlPieces {
 public:
  Result<> Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "sheet") return {};
    if (sheets.size() == kMostEntries) return TooMany("sheets");
    const std::string_view state = attributes.Get("state");
    sheets.push_back({std::string(attributes.Get("name")), std::string(attributes.Get("id")),
                      !state.empty() && state != "visible"});
    return {};
  }
  void Text(std::string_view) override {}
  Result<> End(std::string_view) override { return {}; }

  std::vector<SheetName> sheets;
};

class RelationPieces : public XmlPieces {
 public:
  Result<> Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship") return {};
    if (parts.size() == kMostEntries) return TooMany("parts");
    const std::string_view target = attributes.Get("Target");
    parts[std::string(attributes.Get("Id"))] =
        target.starts_with('/') ? std::string(target.substr(1)) : "xl/" + std::string(target);
    return {};
  }
  void Text(std::string_view) override {}
  Result<> End(std::string_view) override { return {}; }

  std::map<std::string, std::string> parts;
};

// A text may be in several runs, each with a font of its own; how it is pronounced is not the text.
class SharedStringPieces : public XmlPieces {
 public:
  Result<> Start(std::string_view name, const XmlAttributes&) override {
    if (name == "si") {
      if (texts.size() == kMostCells) return TooMany("texts");
      texts.emplace_back();
    }
    if (name == "rPh") pronounced_ = true;
    if (name == "t") in_text_ = !pronounced_ && !texts.empty();
    return {};
  }
  void Text(std::string_view text) override {
    if (in_text_) texts.back() += text;
  }
  Result<> End(std::string_view name) override {
    if (name == "rPh") pronounced_ = false;
    if (name == "t") in_text_ = false;
    return {};
  }

  std::vector<std::string> texts;

 private:
  bool pronounced_ = false;
  bool in_text_ = false;
};

// Whether a format as users write them ("hh:mm AM/PM", "[h]:mm", "0.00\"h\"", "yyyy-mm-dd") shows
// hours and no day.
bool ShowsTime(std::string_view format) {
  std::string letters;
  bool quoted = false;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '"') quoted = !quoted;
    if (format[i] == '\\') {
      ++i;
    } else if (!quoted) {
      letters += format[i];
    }
  }
  letters = LowerAscii(letters);
  for (size_t open; (open = letters.find('[')) != std::string::npos;) {
    const size_t close = std::min(letters.find(']', open), letters.size() - 1);
    const std::string inside = letters.substr(open + 1, close - open - 1);
    const bool hours = inside == "h" || inside == "hh";  // else a colour or a language
    letters.replace(open, close - open + 1, hours ? "h" : "");
  }
  return letters.find('h') != std::string::npos && letters.find_first_of("dy") == std::string::npos;
}

class StylePieces : public XmlPieces {
 public:
  Result<> Start(std::string_view name, const XmlAttributes& attributes) override {
    const int format = IntegerFrom(attributes.Get("numFmtId"), -1);
    if (name == "numFmt") {
      if (own_formats_.size() == kMostEntries) return TooMany("formats");
      own_formats_[format] = ShowsTime(attributes.Get("formatCode"));
    } else if (name == "cellXfs") {
      of_cells_ = true;
    } else if (name == "xf" && of_cells_) {
      if (times.size() == kMostEntries) return TooMany("styles");
      const auto own = own_formats_.find(format);
      times.push_back(own != own_formats_.end() ? own->second : kTimeFormats.contains(format));
    }
    return {};
  }
  void Text(std::string_view) override {}
  Result<> End(std::string_view name) override {
    if (name == "cellXfs") of_cells_ = false;
    return {};
  }

  std::vector<bool> times;

 private:
  std::map<int, bool> own_formats_;
  bool of_cells_ = false;
};

}  // namespace

Result<std::vector<SheetName>> ReadSheetNames(std::string_view xml) {
  SheetNamePieces pieces;
  TAMTAP_RETURN_IF_ERROR(ReadXml(xml, "workbook.xml", pieces));
  return std::move(pieces.sheets);
}

Result<std::map<std::string, std::string>> ReadRelations(std::string_view xml) {
  RelationPieces pieces;
  TAMTAP_RETURN_IF_ERROR(ReadXml(xml, "workbook.xml.rels", pieces));
  return std::move(pieces.parts);
}

Result<std::vector<std::string>> ReadSharedStrings(std::string_view xml) {
  SharedStringPieces pieces;
  TAMTAP_RETURN_IF_ERROR(ReadXml(xml, "sharedStrings.xml", pieces));
  return std::move(pieces.texts);
}

Result<std::vector<bool>> ReadTimeStyles(std::string_view xml) {
  StylePieces pieces;
  TAMTAP_RETURN_IF_ERROR(ReadXml(xml, "styles.xml", pieces));
  return std::move(pieces.times);
}

std::string NumberText(std::string_view value, bool time_style) {
  value = TrimSpace(value);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number)) {
    return std::string(value);
  }
  if (time_style && number >= 0 && number < 2) {
    const auto seconds = static_cast<int>(std::lround(number * kSecondsOfDay));
    return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
  if (number == std::trunc(number) && std::abs(number) < kMostExact) {
    return fmt::format("{:.0f}", number == 0 ? 0.0 : number);
  }
  return fmt::format("{:.15G}", number);
}

}  // namespace tamtap

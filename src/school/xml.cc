#include "school/xml.h"

#include <expat.h>
#include <fmt/core.h>

#include <memory>

#include "school/table_rows.h"

namespace tamtap {
namespace {

// Far more than any workbook has, and little enough to keep in memory.
constexpr int kMostDepth = 64;

std::string_view LocalName(std::string_view name) {
  const size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

struct Reading {
  XML_Parser parser;
  std::string_view name;
  XmlPieces& pieces;
  Result<> outcome;
  int depth = 0;

  void Stop(Error error) {
    outcome = std::move(error);
    XML_StopParser(parser, XML_FALSE);
  }
  void Refuse(std::string_view why) {
    Stop(NoTable(fmt::format("{} in it {}", name, why), "save it as \"CSV UTF-8\""));
  }
};

Reading& Of(void* data) { return *static_cast<Reading*>(data); }

}  // namespace

std::string_view XmlAttributes::Get(std::string_view name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    if (LocalName(pair[0]) == name) return pair[1];
  }
  return {};
}

Result<> ReadXml(std::string_view xml, std::string_view name, XmlPieces& pieces) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate(nullptr), XML_ParserFree);
  Reading reading{parser.get(), name, pieces, {}};
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(
      parser.get(),
      [](void* data, const char* element, const char** attributes) {
        Reading& now = Of(data);
        if (++now.depth > kMostDepth) return now.Refuse("is nested too deeply");
        auto started = now.pieces.Start(LocalName(element), XmlAttributes(attributes));
        if (!started) now.Stop(std::move(started).error());
      },
      [](void* data, const char* element) {
        Reading& now = Of(data);
        --now.depth;
        auto ended = now.pieces.End(LocalName(element));
        if (!ended) now.Stop(std::move(ended).error());
      });
  XML_SetCharacterDataHandler(parser.get(), [](void* data, const char* text, int length) {
    Of(data).pieces.Text({text, static_cast<size_t>(length)});
  });
  // Entities that the file defines itself can name other files, and grow without end.
  XML_SetStartDoctypeDeclHandler(parser.get(),
                                 [](void* data, const char*, const char*, const char*, int) {
                                   Of(data).Refuse("has a document type, as no workbook does");
                                 });
  // At once: the parser reads what it has not seen the end of anew with each piece.
  const auto status = XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE);
  if (!reading.outcome) return reading.outcome;
  if (status != XML_STATUS_OK) {
    return NoTable(fmt::format("{} in it is damaged ({})", name,
                               XML_ErrorString(XML_GetErrorCode(parser.get()))),
                   "open it in the spreadsheet and save it again");
  }
  return {};
}

}  // namespace tamtap

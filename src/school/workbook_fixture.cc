#include "school/workbook_fixture.h"

#include <fmt/core.h>
#include <zlib.h>

#include "base/check.h"

namespace tamtap {
namespace {

constexpr int kRawDeflate = -15;
constexpr uint16_t kVersion = 20;
constexpr uint16_t kDeflated = 8;

void Put(std::string& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

std::string Deflated(const std::string& text) {
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kRawDeflate, 8, Z_DEFAULT_STRATEGY) ==
        Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// What the local header and the list of contents have in common.
void PutEntry(std::string& out, const std::string& name, const std::string& content,
              const std::string& packed) {
  Put(out, kVersion, 2);
  Put(out, 0, 2);  // flags
  Put(out, kDeflated, 2);
  Put(out, 0, 4);  // time and date
  Put(out,
      static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(content.data()),
                                  static_cast<uInt>(content.size()))),
      4);
  Put(out, static_cast<uint32_t>(packed.size()), 4);
  Put(out, static_cast<uint32_t>(content.size()), 4);
  Put(out, static_cast<uint32_t>(name.size()), 2);
  Put(out, 0, 2);  // no extra field
}

}  // namespace

std::string Zip(const ZipEntries& entries) {
  std::string zip;
  std::string contents;
  for (const auto& [name, content] : entries) {
    const std::string packed = Deflated(content);
    const auto offset = static_cast<uint32_t>(zip.size());
    zip += "PK\x03\x04";
    PutEntry(zip, name, content, packed);
    zip += name + packed;
    contents += "PK\x01\x02";
    Put(contents, kVersion, 2);
    PutEntry(contents, name, content, packed);
    Put(contents, 0, 2);  // no comment
    Put(contents, 0, 2);  // disk
    Put(contents, 0, 2);  // attributes
    Put(contents, 0, 4);
    Put(contents, offset, 4);
    contents += name;
  }
  const auto start = static_cast<uint32_t>(zip.size());
  zip += contents + "PK\x05\x06";
  Put(zip, 0, 4);
  Put(zip, static_cast<uint32_t>(entries.size()), 2);
  Put(zip, static_cast<uint32_t>(entries.size()), 2);
  Put(zip, static_cast<uint32_t>(contents.size()), 4);
  Put(zip, start, 4);
  Put(zip, 0, 2);
  return zip;
}

ZipEntries WorkbookParts(std::string_view sheet_data, std::string_view texts,
                         std::string_view styles) {
  constexpr std::string_view kXml = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";
  constexpr std::string_view kMain =
      R"(xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main")";
  ZipEntries parts = {
      {"[Content_Types].xml", std::string(kXml) + "<Types/>"},
      {"xl/workbook.xml",
       fmt::format(R"({}<workbook {} xmlns:r="http://schemas.openxmlformats.org/officeDocument/)"
                   R"(2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/>)"
                   R"(</sheets></workbook>)",
                   kXml, kMain)},
      {"xl/_rels/workbook.xml.rels",
       fmt::format(R"({}<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>)"
                   R"(</Relationships>)",
                   kXml)},
      {"xl/worksheets/sheet1.xml",
       fmt::format("{}<worksheet {}><sheetData>{}</sheetData></worksheet>", kXml, kMain,
                   sheet_data)}};
  if (!texts.empty()) {
    parts.emplace_back("xl/sharedStrings.xml",
                       fmt::format("{}<sst {}>{}</sst>", kXml, kMain, texts));
  }
  if (!styles.empty()) {
    parts.emplace_back("xl/styles.xml",
                       fmt::format("{}<styleSheet {}>{}</styleSheet>", kXml, kMain, styles));
  }
  return parts;
}

std::string Workbook(std::string_view sheet_data, std::string_view texts, std::string_view styles) {
  return Zip(WorkbookParts(sheet_data, texts, styles));
}

std::string Row(int number, const std::vector<std::string>& cells) {
  std::string row = fmt::format(R"(<row r="{}">)", number);
  char column = 'A';
  for (const std::string& cell : cells) {
    row +=
        fmt::format(R"(<c r="{}{}" t="inlineStr"><is><t>{}</t></is></c>)", column++, number, cell);
  }
  return row + "</row>";
}

}  // namespace tamtap

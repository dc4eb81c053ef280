#include "school/json_pieces.h"

#include <gmock/gmock.h>

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "key[index]=text" or "key=text" of each piece, read so many bytes at a time; "broken" at the end
// of what is no object.
std::vector<std::string> PiecesOf(std::string_view text, size_t at_once = 1) {
  std::vector<std::string> pieces;
  JsonPieces reader([&](const JsonPieces::Piece& piece) -> Result<> {
    std::string name(piece.key);
    if (piece.in_list) name += "[" + std::to_string(piece.index) + "]";
    pieces.push_back(name + "=" + std::string(piece.text));
    return {};
  });
  bool good = true;
  for (size_t at = 0; good && at < text.size(); at += at_once) {
    good = reader.Feed(text.substr(at, at_once)).has_value();
  }
  if (!good || !reader.End()) pieces.push_back("broken");
  return pieces;
}

TEST(JsonPiecesTest, ListsComeByTheirElementsAndOtherMembersWhole) {
  constexpr const char* kText =
      " { \"students\" : [ {\"a\": [1, {\"b\": \"]}\"}]} , \"x\\\"\\\\\", 7 ,null], \"none\":[],\n"
      "\"version\":\"v\", \"at\" :12 , \"more\":{\"c\":[2]} }\n";
  for (const size_t at_once : std::initializer_list<size_t>{1, 2, 3, 7, 1000}) {
    EXPECT_THAT(PiecesOf(kText, at_once),
                ElementsAre("students[0]={\"a\": [1, {\"b\": \"]}\"}]}",
                            "students[1]=\"x\\\"\\\\\"", "students[2]=7", "students[3]=null",
                            "none=[]", "version=\"v\"", "at=12", "more={\"c\":[2]}"))
        << at_once;
  }
}

TEST(JsonPiecesTest, AnEmptyObjectHasNone) { EXPECT_THAT(PiecesOf("{}"), IsEmpty()); }

TEST(JsonPiecesTest, WhatIsNoObjectIsBroken) {
  for (const char* text :
       {"", "no JSON", "[]", "7", "{", "{\"a\"", "{\"a\":", "{\"a\":[", "{\"a\":[1", "{\"a\":[1]",
        "{\"a\":[1,]}", "{\"a\":1,}", "{\"a\":[,1]}", "{a:1}", "{\"a\":1}}", "{\"a\" 1}",
        "{\"a\":[1}", "{\"a\":\"", "{\"a\":[{]}"}) {
    const auto pieces = PiecesOf(text);
    EXPECT_TRUE(!pieces.empty() && pieces.back() == "broken") << text;
  }
}

TEST(JsonPiecesTest, AnErrorOfWhoTakesThemEndsIt) {
  JsonPieces reader([](const JsonPieces::Piece&) -> Result<> {
    return Error{ErrorCode::kRejected, "take it", 0, {}};
  });
  const auto fed = reader.Feed("{\"a\":1,\"b\":2}");
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, ErrorCode::kRejected);
}

}  // namespace
}  // namespace tamtap

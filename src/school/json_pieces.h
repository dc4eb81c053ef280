// JsonPieces: takes a large JSON object apart while it is read, so that the whole of it is never in
// memory: each element of a list that is a member of it is a piece, and so is every other member,
// an empty list among them.
//
// It follows brackets and texts only. Whether a piece is JSON, whoever takes it finds out.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

class JsonPieces {
 public:
  struct Piece {
    std::string_view key;   // of the member
    bool in_list = false;   // an element of the list that it is
    size_t index = 0;       // in the list
    std::string_view text;  // of the element or the member, as it stands
  };
  using Take = std::function<Result<>(const Piece&)>;
  // An error of `take` ends the reading, and is returned.
  explicit JsonPieces(Take take) : take_(std::move(take)) {}

  // kCorrupt: this is no JSON object.
  Result<> Feed(std::string_view bytes);
  Result<> End();

 private:
  enum class State {
    kBegin,     // before the object
    kFirstKey,  // a key, or the end of the object
    kKey,       // a key
    kInKey,     // within one
    kColon,
    kValue,         // a member's value begins
    kFirstElement,  // an element, or the end of the list
    kElement,
    kInPiece,     // within a value or an element
    kAfterPiece,  // a comma, or the end of what it is in
    kDone
  };

  Result<> Step(char c);
  Result<> BeginPiece(char c);
  Result<> InPiece(char c);
  Result<> AfterPiece(char c);
  Result<> EndPiece();
  Result<> Broken() const;

  const Take take_;
  State state_ = State::kBegin;
  std::string key_;
  std::string piece_;
  bool in_list_ = false;
  size_t index_ = 0;
  int depth_ = 0;         // of brackets within the piece
  bool in_text_ = false;  // within the piece
  bool escaped_ = false;  // the next character of a text is no end of it
  bool is_bare_ = false;  // the piece is a number or a word: it ends where something else begins
};

}  // namespace tamtap

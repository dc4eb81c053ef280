#include "school/json_pieces.h"

namespace tamtap {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

Result<> JsonPieces::Broken() const {
  return Error{ErrorCode::kCorrupt, "read a JSON object", 0, "it is none"};
}

Result<> JsonPieces::Feed(std::string_view bytes) {
  for (const char c : bytes) TAMTAP_RETURN_IF_ERROR(Step(c));
  return {};
}

Result<> JsonPieces::End() { return state_ == State::kDone ? Result<>() : Broken(); }

Result<> JsonPieces::Step(char c) {
  const bool within = state_ == State::kInPiece || state_ == State::kInKey;
  if (!within && IsBlank(c)) return {};
  switch (state_) {
    case State::kBegin:
      if (c != '{') return Broken();
      state_ = State::kFirstKey;
      return {};
    case State::kFirstKey:
    case State::kKey:
      if (c == '}' && state_ == State::kFirstKey) {
        state_ = State::kDone;
        return {};
      }
      if (c != '"') return Broken();
      key_.clear();
      state_ = State::kInKey;
      return {};
    case State::kInKey:
      if (c == '"' && !escaped_) {
        state_ = State::kColon;
        return {};
      }
      escaped_ = c == '\\' && !escaped_;
      key_ += c;
      return {};
    case State::kColon:
      if (c != ':') return Broken();
      in_list_ = false;
      index_ = 0;
      state_ = State::kValue;
      return {};
    case State::kValue:
      if (c == '[') {
        in_list_ = true;
        state_ = State::kFirstElement;
        return {};
      }
      return BeginPiece(c);
    case State::kFirstElement:
      if (c == ']') {
        in_list_ = false;
        piece_ = "[]";
        return EndPiece();
      }
      return BeginPiece(c);
    case State::kElement:
      return BeginPiece(c);
    case State::kInPiece:
      return InPiece(c);
    case State::kAfterPiece:
      return AfterPiece(c);
    case State::kDone:
      return Broken();
  }
  return Broken();
}

Result<> JsonPieces::BeginPiece(char c) {
  if (c == ',' || c == ':' || c == ']' || c == '}') return Broken();
  piece_.clear();
  depth_ = 0;
  in_text_ = false;
  is_bare_ = c != '"' && c != '{' && c != '[';
  state_ = State::kInPiece;
  return InPiece(c);
}

Result<> JsonPieces::InPiece(char c) {
  if (is_bare_) {
    if (!IsBlank(c) && c != ',' && c != ']' && c != '}') {
      piece_ += c;
      return {};
    }
    TAMTAP_RETURN_IF_ERROR(EndPiece());
    return Step(c);
  }
  piece_ += c;
  if (in_text_) {
    in_text_ = c != '"' || escaped_;
    escaped_ = c == '\\' && !escaped_;
  } else if (c == '"') {
    in_text_ = true;
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if (c == '}' || c == ']') {
    --depth_;
  }
  return in_text_ || depth_ > 0 ? Result<>() : EndPiece();
}

Result<> JsonPieces::EndPiece() {
  state_ = State::kAfterPiece;
  return take_({key_, in_list_, index_++, piece_});
}

Result<> JsonPieces::AfterPiece(char c) {
  if (c == ',') {
    state_ = in_list_ ? State::kElement : State::kKey;
    return {};
  }
  if (in_list_ && c == ']') {
    in_list_ = false;
    return {};
  }
  if (in_list_ || c != '}') return Broken();
  state_ = State::kDone;
  return {};
}

}  // namespace tamtap

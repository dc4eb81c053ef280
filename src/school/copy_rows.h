// CopyRows: the text of a copy of the school (copy_file.h) becomes the copy, row by row as it is
// read. Internal to this room.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "school/copy_file.h"
#include "school/json_pieces.h"

namespace tamtap {

class CopyRows {
 public:
  // `path` names the file in what is said of rows that can't be read. Who is the same as one of
  // `known` is shared with it; both must outlive this.
  CopyRows(const std::string& path, const People& known);

  // kCorrupt: it is no JSON, or no school.
  Result<> Feed(std::string_view bytes);
  Result<> End();

  bool whole() const { return whole_; }  // no row was left out
  CopyOfSchool Take() { return std::move(copy_); }

 private:
  Result<> TakePiece(const JsonPieces::Piece& piece);
  Result<> TakeRow(const JsonPieces::Piece& piece, const boost::json::value& value);
  Result<> TakeMember(const JsonPieces::Piece& piece, const boost::json::value& value);
  Result<> TakePerson(const boost::json::value& value, Role role);
  Error NoRoster() const;

  const std::string& path_;
  const People& known_;
  CopyOfSchool copy_;
  bool whole_ = true;
  std::vector<unsigned char> memory_;  // of one row
  JsonPieces pieces_;
};

}  // namespace tamtap

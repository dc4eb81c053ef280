// PhotoUplink: brings a gate's photos to our server, behind the taps: a piece goes only while no
// tap waits to be sent, and pieces are so small that a tap never waits long. A photo that the
// server holds whole, by its hash and durably, is removed here: it is a child's face, and one copy
// is enough. Newest day first. What a stranger answers removes nothing and refuses nothing.
//
//   GET /api/terminal/photos/DAY/FILE?length=BYTES&sha256=HEX             {received, complete}
//   PUT /api/terminal/photos/DAY/FILE?length=..&sha256=..&offset=BYTES    the same, with a piece
//
// Of one thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/disk.h"
#include "http/our_server.h"

namespace tamtap {

class PhotoUplink {
 public:
  // `directory` has the photos, by day. `taps_wait` tells whether anything more important does.
  PhotoUplink(Disk& disk, Clock& clock, std::string directory, std::unique_ptr<http::Client> client,
              std::string secret, std::function<bool()> taps_wait);

  // One piece at most. Returns how long nothing needs to be done; 0: there is more.
  std::chrono::milliseconds Step();

 private:
  struct Photo {
    std::string path;
    std::string target;  // without the offset
    std::string content;
    std::optional<uint64_t> received;  // nothing: not asked yet
  };
  // The next photo to send; nothing: none is left.
  Result<std::optional<Photo>> Next();
  Result<std::optional<Photo>> NextOf(const std::string& day);
  // Asks how much is there, or sends the next piece.
  Result<> Advance();
  Result<http::Response> Send(std::string method, std::string target, std::string body);
  // What the photo's owner answered: how much of it is there.
  Result<uint64_t> ReadReceived(const http::Response& response);
  std::chrono::milliseconds Failed(const Error& error);

  Disk& disk_;
  Clock& clock_;
  const std::string directory_;
  http::OurServer server_;
  const std::string secret_;
  const std::function<bool()> taps_wait_;
  std::optional<Photo> photo_;
  size_t piece_;
  int failures_ = 0;  // in a row
  std::set<std::string>
      refused_;  // paths that the server does not want; asked again after a restart
};

}  // namespace tamtap

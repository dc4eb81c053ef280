// PhotoUplink: brings a gate's photos to our server, behind the taps. A piece of a photo is sent
// only while no tap waits to be sent, and pieces are so small that a tap never waits long. The
// newest day goes first. When the server says that it holds the whole photo durably (its hash
// proves it), the photo is removed here: it shows a child's face, and one copy is enough. The
// answer of a stranger has no effect (law 13b).
//
//   GET /api/terminal/photos/DAY/FILE?length=BYTES&sha256=HEX             {received, complete}
//   PUT /api/terminal/photos/DAY/FILE?length=..&sha256=..&offset=BYTES    the same, with a piece
//
// All calls come from one thread.
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
  // `directory` has a directory of photos for each day. `secret` is the terminal's. `taps_wait`
  // says whether taps wait to be sent.
  PhotoUplink(Disk& disk, Clock& clock, std::string directory, std::unique_ptr<http::Client> client,
              std::string secret, std::function<bool()> taps_wait);

  // Sends at most one piece. Returns how long nothing needs to be done; 0 means that there is more.
  std::chrono::milliseconds Step();

 private:
  struct Photo {
    std::string path;
    std::string target;  // without the offset
    std::string content;
    std::optional<uint64_t> received;  // bytes that the server has; missing: not asked yet
  };
  // Returns the next photo to send, or nothing if none is left.
  Result<std::optional<Photo>> Next();
  Result<std::optional<Photo>> NextOf(const std::string& day);
  // Asks the server how much it has of the photo, or sends the next piece.
  Result<> Advance();
  Result<http::Response> Send(std::string method, std::string target, std::string body);
  // Reads from the server's answer how much it has of the photo, in bytes.
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

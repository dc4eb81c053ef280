#include "sync/photo_uplink.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.h"
#include "base/sha256.h"
#include "base/text.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{10'000};
constexpr milliseconds kTapsFirst{1'000};
constexpr milliseconds kFirstBackoff{1'000};
constexpr milliseconds kLongestBackoff{60'000};
constexpr int kMostDoublings = 6;

// What is sent at once is found by trying, as the sync finds its batches: about half a second of
// the link, so that a tap that comes meanwhile does not wait longer for its turn.
constexpr size_t kFirstPiece = 8 << 10;
constexpr size_t kLeastPiece = 1 << 10;
constexpr size_t kMostPiece = 256 << 10;
constexpr milliseconds kQuick{250};
constexpr milliseconds kSlow{1'000};

constexpr std::string_view kEnding = ".jpg";

constexpr size_t kMostAnswerBytes = 4 << 10;  // of our server's, which says two facts
constexpr uint64_t kLargestPhoto = 8 << 20;   // that our server takes

// kRejected: nothing that can ever be sent (a FIFO, a link, a film) lies under that name.
Result<std::string> ReadPhoto(Disk& disk, const std::string& path) {
  {
    TAMTAP_TRY(const std::unique_ptr<File> file, disk.Open(path, OpenMode::kRead));
    TAMTAP_TRY(const uint64_t size, file->Size());
    if (size == 0 || size > kLargestPhoto) {
      return Error{ErrorCode::kRejected, fmt::format("send {} of {} bytes", path, size), 0,
                   "photos have 1 byte to 8 MiB"};
    }
  }
  return ReadFile(disk, path);
}

bool IsRefusal(int status) { return status == 400 || status == 404 || status == 413; }

}  // namespace

PhotoUplink::PhotoUplink(Disk& disk, Clock& clock, std::string directory,
                         std::unique_ptr<http::Client> client, std::string secret,
                         std::function<bool()> taps_wait)
    : disk_(disk),
      clock_(clock),
      directory_(std::move(directory)),
      server_(std::move(client)),
      secret_(std::move(secret)),
      taps_wait_(std::move(taps_wait)),
      piece_(kFirstPiece) {}

milliseconds PhotoUplink::Step() {
  if (taps_wait_()) return kTapsFirst;
  if (!photo_) {
    auto next = Next();
    if (!next) return Failed(next.error());
    photo_ = *std::move(next);
    if (!photo_) return kLookEvery;
  }
  if (const auto advanced = Advance(); !advanced) return Failed(advanced.error());
  failures_ = 0;
  return milliseconds(0);
}

Result<std::optional<PhotoUplink::Photo>> PhotoUplink::Next() {
  TAMTAP_TRY(const bool there, disk_.Exists(directory_));
  if (!there) return std::optional<Photo>();
  TAMTAP_TRY(std::vector<std::string> days, disk_.List(directory_));
  std::sort(days.rbegin(), days.rend());
  for (const std::string& day : days) {
    if (!IsDay(day)) continue;
    TAMTAP_TRY(std::optional<Photo> photo, NextOf(day));
    if (photo) return photo;
  }
  return std::optional<Photo>();
}

Result<std::optional<PhotoUplink::Photo>> PhotoUplink::NextOf(const std::string& day) {
  const std::string directory = JoinPath(directory_, day);
  TAMTAP_TRY(const std::vector<std::string> files, disk_.List(directory));
  for (const std::string& file : files) {
    Photo photo;
    photo.path = JoinPath(directory, file);
    // Beside photos there may be one that is being written.
    if (!file.ends_with(kEnding) || refused_.contains(photo.path)) continue;
    auto content = ReadPhoto(disk_, photo.path);
    if (!content && content.error().code == ErrorCode::kRejected) {
      LogWarning("photos: {}; it stays here", content.error().Message());
      refused_.insert(photo.path);
      continue;
    }
    if (!content) return content.error();
    photo.content = *std::move(content);
    photo.target = fmt::format("/api/terminal/photos/{}/{}?length={}&sha256={}", day, file,
                               photo.content.size(), Sha256Hex(photo.content));
    return std::optional(std::move(photo));
  }
  return std::optional<Photo>();
}

Result<> PhotoUplink::Advance() {
  const MonotonicTime begin = clock_.MonotonicNow();
  size_t count = 0;
  Result<http::Response> response;
  if (!photo_->received) {
    response = Send("GET", photo_->target, {});
  } else {
    count = std::min<uint64_t>(piece_, photo_->content.size() - *photo_->received);
    response = Send("PUT", fmt::format("{}&offset={}", photo_->target, *photo_->received),
                    photo_->content.substr(*photo_->received, count));
  }
  const auto took = clock_.MonotonicNow() - begin;
  if (!response) return response.error();
  TAMTAP_TRY(photo_->received, ReadReceived(*response));
  if (count == piece_ && took < kQuick) piece_ = std::min(piece_ * 2, kMostPiece);
  if (took > kSlow) piece_ = std::max(piece_ / 2, kLeastPiece);
  if (*photo_->received == photo_->content.size()) {
    TAMTAP_RETURN_IF_ERROR(disk_.Remove(photo_->path));
    LogDebug("photos: {} is with the server", photo_->path);
    photo_.reset();
  }
  return {};
}

Result<http::Response> PhotoUplink::Send(std::string method, std::string target, std::string body) {
  http::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = {{"Authorization", "Bearer " + secret_}, {"Content-Type", "image/jpeg"}};
  request.body = std::move(body);
  return server_.Ask(std::move(request));
}

Result<uint64_t> PhotoUplink::ReadReceived(const http::Response& response) {
  if (response.status != 200) {
    const ErrorCode code = IsRefusal(response.status) ? ErrorCode::kRejected : ErrorCode::kRetry;
    return Error{code, fmt::format("send {}: HTTP status {}", photo_->path, response.status), 0,
                 Shortened(response.body, 200)};
  }
  boost::system::error_code failed;
  const json::value answer = response.body.size() > kMostAnswerBytes
                                 ? json::value()  // read, it would take many times its bytes
                                 : json::parse(response.body, failed);
  const json::object* const object = failed ? nullptr : answer.if_object();
  const json::value* const received = object ? object->if_contains("received") : nullptr;
  const json::value* const complete = object ? object->if_contains("complete") : nullptr;
  const bool sane = received && received->is_int64() && received->get_int64() >= 0 && complete &&
                    complete->is_bool();
  const uint64_t count = sane ? static_cast<uint64_t>(received->get_int64()) : 0;
  const uint64_t length = photo_->content.size();
  // Never gone from here by a misunderstanding.
  if (!sane || count > length || complete->get_bool() != (count == length)) {
    return Error{ErrorCode::kRetry, fmt::format("send {}", photo_->path), 0,
                 "the server's answer makes no sense"};
  }
  return count;
}

milliseconds PhotoUplink::Failed(const Error& error) {
  if (error.code == ErrorCode::kRejected && photo_) {
    LogWarning("photos: {}; it stays here", error.Message());
    refused_.insert(photo_->path);
    photo_.reset();
    return milliseconds(0);
  }
  if (failures_ == 0) LogWarning("photos: {}; they stay here until it works", error.Message());
  piece_ = std::max(piece_ / 2, kLeastPiece);
  if (photo_) photo_->received.reset();  // what came of the last piece is not known
  const milliseconds pause =
      std::min(kFirstBackoff * (1 << std::min(failures_, kMostDoublings)), kLongestBackoff);
  ++failures_;
  return pause;
}

}  // namespace tamtap

#include "camera/mjpeg_splitter.h"

namespace tamtap {
namespace {

constexpr std::string_view kStart = "\xFF\xD8\xFF";
constexpr size_t kMarkerBytes = 2;
constexpr size_t kLengthBytes = 2;
// Cameras' pictures have about ten, those in many passes a hundred. Without a limit, bytes that
// were made for it would be gone through again and again.
constexpr int kMostSegments = 256;

unsigned char ByteAt(const std::string& bytes, size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

constexpr unsigned kStartOfImage = 0xD8;
constexpr unsigned kEndOfImage = 0xD9;
constexpr unsigned kStartOfScan = 0xDA;
constexpr unsigned kFill = 0xFF;
constexpr unsigned kStuffed = 0x00;

bool IsRestart(unsigned marker) { return marker >= 0xD0 && marker <= 0xD7; }
bool HasNoLength(unsigned marker) { return IsRestart(marker) || marker == 0x01; }

}  // namespace

void MjpegSplitter::Reset() { Drop(buffer_.size()); }

void MjpegSplitter::Feed(std::string_view bytes, const Take& take) {
  // In pieces, so that the limit holds whatever comes at once.
  constexpr size_t kPiece = 256 << 10;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPiece);
    bytes.remove_prefix(piece.size());
    buffer_.append(piece);
    while (Step(take)) {
    }
    if (buffer_.size() > kLargestFrame) Drop(buffer_.size());
  }
  // A picture of the size that was, and not of the largest that ever came, is what memory is for.
  if (buffer_.empty() && buffer_.capacity() > kPiece) buffer_.shrink_to_fit();
}

bool MjpegSplitter::Step(const Take& take) {
  switch (place_) {
    case Place::kBetween:
      return FindStart();
    case Place::kMarker:
      return PassMarker(take);
    case Place::kScan:
      return PassScan();
  }
  return false;
}

bool MjpegSplitter::FindStart() {
  const size_t start = buffer_.find(kStart);
  if (start == std::string::npos) {
    // The last two may be the beginning of one.
    if (buffer_.size() >= kStart.size()) Drop(buffer_.size() - (kStart.size() - 1));
    return false;
  }
  Drop(start);
  place_ = Place::kMarker;
  at_ = kMarkerBytes;
  return true;
}

bool MjpegSplitter::PassMarker(const Take& take) {
  if (at_ + kMarkerBytes > buffer_.size()) return false;
  if (ByteAt(buffer_, at_) != kFill) return GiveUp(scanned_ ? at_ : kMarkerBytes);
  const unsigned marker = ByteAt(buffer_, at_ + 1);
  if (marker == kFill) {  // any number of these may stand before a marker
    ++at_;
    return true;
  }
  if (marker == kStartOfImage) return GiveUp(at_);  // the one before has no end
  if (marker == kEndOfImage) {
    const size_t size = at_ + kMarkerBytes;
    if (!scanned_ || size > kLargestFrame) return GiveUp(size);
    ++pictures_;
    take(std::string_view(buffer_).substr(0, size));
    buffer_.erase(0, size);
    place_ = Place::kBetween;
    at_ = 0;
    segments_ = 0;
    scanned_ = false;
    return true;
  }
  if (HasNoLength(marker)) {
    at_ += kMarkerBytes;
    return true;
  }
  if (at_ + kMarkerBytes + kLengthBytes > buffer_.size()) return false;
  const size_t length =
      size_t{ByteAt(buffer_, at_ + 2)} * 256 + ByteAt(buffer_, at_ + 3);  // of itself and the rest
  if (marker == kStuffed || length < kLengthBytes || ++segments_ > kMostSegments) {
    return GiveUp(scanned_ ? at_ : kMarkerBytes);
  }
  // It may lie beyond what is there: then the next step waits for it.
  at_ += kMarkerBytes + length;
  if (marker == kStartOfScan) {
    place_ = Place::kScan;
    scanned_ = true;
  }
  return true;
}

bool MjpegSplitter::PassScan() {
  while (at_ + 1 < buffer_.size()) {
    const size_t found = buffer_.find('\xFF', at_);
    if (found == std::string::npos) {
      at_ = buffer_.size();
      return false;
    }
    at_ = found;
    if (found + 1 == buffer_.size()) return false;
    const unsigned marker = ByteAt(buffer_, found + 1);
    if (marker != kStuffed && !IsRestart(marker)) {
      place_ = Place::kMarker;
      return true;
    }
    at_ += kMarkerBytes;
  }
  return false;
}

bool MjpegSplitter::GiveUp(size_t from) {
  Drop(from);
  return true;
}

void MjpegSplitter::Drop(size_t count) {
  wasted_ += count;
  buffer_.erase(0, count);
  place_ = Place::kBetween;
  at_ = 0;
  segments_ = 0;
  scanned_ = false;
}

}  // namespace tamtap

#include "http/outbox.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace tamtap::http {
namespace {

iovec PartOf(const std::string& bytes, size_t from) {
  // The kernel reads what it is to send; that the type says otherwise is history.
  return {const_cast<char*>(bytes.data()) + from, bytes.size() - from};
}

}  // namespace

ssize_t Outbox::Write(std::span<iovec> parts) {
  constexpr int kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  while (true) {
    // As a rule it is one frame, and the plainer call is the cheaper one.
    const ssize_t written = parts.size() == 1
                                ? send(descriptor_, parts[0].iov_base, parts[0].iov_len, kFlags)
                                : sendmsg(descriptor_, &message, kFlags);
    if (written >= 0) return written;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) return -1;
  }
}

void Outbox::Wait(Bytes bytes, Done done) {
  waiting_bytes_ += bytes->size() + kOverhead;
  waiting_.push_back({std::move(bytes), std::move(done)});
}

Outbox::Sent Outbox::AfterWait() {
  if (waiting_.empty() || std::exchange(flush_due_, true)) return Sent::kDone;
  return Sent::kWaits;
}

Outbox::Sent Outbox::AfterFlush() {
  flush_due_ = !closed_ && !waiting_.empty();
  return closed_ ? Sent::kClosed : flush_due_ ? Sent::kWaits : Sent::kDone;
}

Outbox::Sent Outbox::Send(std::span<const Bytes> pieces) {
  MutexLock lock(mutex_);
  if (closed_ || sealed_) return Sent::kClosed;
  size_t next = 0;
  while (descriptor_ >= 0 && waiting_.empty() && next < pieces.size()) {
    std::array<iovec, kMostTogether> parts;
    const size_t count = std::min(pieces.size() - next, parts.size());
    size_t bytes = 0;
    for (size_t i = 0; i < count; ++i) {
      parts[i] = PartOf(*pieces[next + i], 0);
      bytes += parts[i].iov_len;
    }
    const ssize_t written = Write({parts.data(), count});
    if (written < 0) {
      closed_ = true;
      return Sent::kClosed;
    }
    size_t left = static_cast<size_t>(written);
    const bool all = left == bytes;
    while (next < pieces.size() && left >= pieces[next]->size()) left -= pieces[next++]->size();
    if (all) continue;
    front_written_ = left;
    break;
  }
  for (; next < pieces.size(); ++next) Wait(pieces[next], nullptr);
  return AfterWait();
}

Outbox::Sent Outbox::SendLast(Bytes piece, Done done) {
  bool written = false;
  {
    MutexLock lock(mutex_);
    if (!closed_) {
      if (descriptor_ >= 0 && waiting_.empty()) {
        iovec part = PartOf(*piece, 0);
        const ssize_t left = Write({&part, 1});
        if (left < 0) closed_ = true;
        front_written_ = left > 0 ? static_cast<size_t>(left) : 0;
        written = front_written_ == piece->size();
        if (written) front_written_ = 0;
      }
      if (!closed_ && !written) {
        Wait(std::move(piece), std::move(done));
        return AfterWait();
      }
    }
  }
  done(written);
  return written ? Sent::kDone : Sent::kClosed;
}

void Outbox::Seal() {
  MutexLock lock(mutex_);
  sealed_ = true;
}

void Outbox::Close() {
  std::vector<Done> told;
  {
    MutexLock lock(mutex_);
    closed_ = true;
    LetGo(waiting_.size(), told);
  }
  for (const Done& each : told) each(false);
}

void Outbox::LetGo(size_t pieces, std::vector<Done>& told) {
  size_t bytes = 0;
  for (size_t i = 0; i < pieces; ++i) {
    bytes += waiting_[i].bytes->size() + kOverhead;
    if (waiting_[i].done) told.push_back(std::move(waiting_[i].done));
  }
  waiting_bytes_ -= bytes;
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(pieces));
  if (waiting_.empty()) waiting_ = {};  // an idle connection keeps nothing
}

Outbox::Sent Outbox::Flush() {
  std::vector<Done> told;
  Sent sent = Sent::kDone;
  {
    MutexLock lock(mutex_);
    while (!closed_ && !waiting_.empty()) {
      std::array<iovec, kMostTogether> parts;
      const size_t count = std::min(waiting_.size(), parts.size());
      size_t bytes = 0;
      for (size_t i = 0; i < count; ++i) {
        parts[i] = PartOf(*waiting_[i].bytes, i == 0 ? front_written_ : 0);
        bytes += parts[i].iov_len;
      }
      const ssize_t written = Write({parts.data(), count});
      if (written < 0) {
        closed_ = true;
        break;
      }
      size_t left = static_cast<size_t>(written);
      size_t gone = 0;
      while (gone < count && left >= parts[gone].iov_len) left -= parts[gone++].iov_len;
      front_written_ = gone == 0 ? front_written_ + left : left;
      LetGo(gone, told);
      if (static_cast<size_t>(written) < bytes) break;
    }
    sent = AfterFlush();
  }
  for (const Done& each : told) each(true);
  return sent;
}

std::vector<Outbox::Bytes> Outbox::Waiting() {
  std::vector<Bytes> pieces;
  MutexLock lock(mutex_);
  if (closed_) return pieces;
  const size_t count = std::min(waiting_.size(), kMostTogether);
  for (size_t i = 0; i < count; ++i) pieces.push_back(waiting_[i].bytes);
  return pieces;
}

Outbox::Sent Outbox::Written(size_t pieces) {
  std::vector<Done> told;
  Sent sent = Sent::kDone;
  {
    MutexLock lock(mutex_);
    if (!closed_) LetGo(pieces, told);
    sent = AfterFlush();
  }
  for (const Done& each : told) each(true);
  return sent;
}

}  // namespace tamtap::http

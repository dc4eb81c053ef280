// Outbox: what waits to be written to one WebSocket, in order. Whoever sends writes by itself if
// the connection takes it, so that no other thread has to wake up. What the connection does not
// take waits, and all that waits leaves in one system call as soon as there is room. Bytes are
// shared: a frame that a thousand sockets wait for is kept once. Internal to this room.
//
// Thread-safe, but for what belongs to the strand of the connection: Flush, Waiting and Written.
#pragma once

#include <sys/uio.h>

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/mutex.h"

namespace tamtap::http {

class Outbox {
 public:
  using Bytes = std::shared_ptr<const std::string>;
  using Done = std::function<void(bool written)>;
  static constexpr size_t kOverhead = 64;  // counted for each piece that waits, besides its bytes

  enum class Sent {
    kDone,    // or it waits, and Flush() is due anyhow
    kWaits,   // the strand is to call Flush() when the connection takes more
    kClosed,  // nothing goes to this connection any more
  };

  // `descriptor` takes bytes without blocking; -1: only the strand can write (TLS).
  explicit Outbox(int descriptor) : descriptor_(descriptor) {}
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  Sent Send(std::span<const Bytes> pieces) EXCLUDES(mutex_);
  // Also after Seal(). `done` is called once, on any thread: when the bytes have left, or never
  // will.
  Sent SendLast(Bytes piece, Done done) EXCLUDES(mutex_);
  void Seal() EXCLUDES(mutex_);   // Send() is refused from now on; what waits goes on
  void Close() EXCLUDES(mutex_);  // before the descriptor is closed: nobody uses it afterwards
  size_t WaitingBytes() const { return waiting_bytes_.load(); }

  // Writes what waits. kDone: nothing waits any more.
  Sent Flush() EXCLUDES(mutex_);
  // Some of what waits, for a strand that writes by itself; Written() then lets go of it.
  std::vector<Bytes> Waiting() EXCLUDES(mutex_);
  Sent Written(size_t pieces) EXCLUDES(mutex_);

 private:
  struct Piece {
    Bytes bytes;
    Done done;
  };
  static constexpr size_t kMostTogether = 64;

  // How many bytes left; -1: the connection is broken.
  ssize_t Write(std::span<iovec> parts) REQUIRES(mutex_);
  void Wait(Bytes bytes, Done done) REQUIRES(mutex_);
  Sent AfterWait() REQUIRES(mutex_);
  Sent AfterFlush() REQUIRES(mutex_);
  // Takes the first pieces away, and returns whom to tell.
  void LetGo(size_t pieces, std::vector<Done>& told) REQUIRES(mutex_);

  Mutex mutex_;
  const int descriptor_;
  bool sealed_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
  bool flush_due_ GUARDED_BY(mutex_) = false;
  std::vector<Piece> waiting_ GUARDED_BY(mutex_);
  size_t front_written_ GUARDED_BY(mutex_) = 0;  // bytes of the first piece that have left
  std::atomic<size_t> waiting_bytes_{0};
};

}  // namespace tamtap::http

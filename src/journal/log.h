// Log: lines on a disk, whole, in order, and durable when asked. What a line means is none of its
// business; that is the ledger's (ledger.h).
//
// Callers of several threads share flushes (group commit): lines that are added while a write is
// under way go together in the next one, written by whichever caller comes first. A write is in one
// segment or fails; where a flush fails, the same bytes go into a new segment
// (segment_writer.h, law 3).
//
// Threads: every method may be called from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/result.h"
#include "journal/segment_writer.h"

namespace tamtap::journal {

// Names a write. Tickets count up by one, in the order in which writes happen. Two writes are never
// under way at once, so at most two are not done: the one under way, and the one that is filled
// meanwhile.
using WriteTicket = uint64_t;

// Hears of every write from the thread that makes it, one write at a time, in order. No lock of the
// log is held meanwhile.
class LogListener {
 public:
  virtual ~LogListener() = default;
  // May append lines that are to go along with this write. True: it must be flushed for their sake.
  virtual bool BeforeWrite(std::string& lines) = 0;
  // `written`: the segment and the offset of its first byte. After an error any part of it may be
  // on the disk.
  virtual void AfterWrite(WriteTicket ticket, size_t bytes, const Result<Placement>& written) = 0;
};

class Log {
 public:
  Log(SegmentWriter& writer, LogListener& listener);

  // Waits while the write that is being filled is full, so that it stays bounded. Call it before
  // locks are taken that Add() is called with.
  void WaitForRoom() EXCLUDES(mutex_);

  struct Added {
    WriteTicket ticket = 0;
    size_t offset = 0;  // of the lines in that write
  };
  // Adds whole lines to the next write; `flush`: they must be durable when Commit() returns. Waits
  // for nothing, so a caller may hold a lock of its own over it, and thereby say in which order its
  // lines come.
  Added Add(std::string_view lines, bool flush) EXCLUDES(mutex_);

  // Returns when that write is done, or has failed; one of those who wait for it makes it. Each
  // Add() must be followed by one Commit() of its ticket.
  Result<> Commit(WriteTicket ticket) EXCLUDES(mutex_);

 private:
  struct Batch {
    std::string bytes;
    bool flush = false;
    size_t waiters = 0;
  };
  struct Failure {
    Error error;
    size_t waiters = 0;
  };
  // Makes the write that is being filled.
  void Lead() REQUIRES(mutex_);

  SegmentWriter& writer_;  // used by the leader alone
  LogListener& listener_;
  Mutex mutex_;
  CondVar done_;
  Batch batches_[2] GUARDED_BY(mutex_);
  Batch* filling_ GUARDED_BY(mutex_) = &batches_[0];
  WriteTicket filling_ticket_ GUARDED_BY(mutex_) = 1;
  WriteTicket done_ticket_ GUARDED_BY(mutex_) = 0;
  bool leading_ GUARDED_BY(mutex_) = false;
  std::map<WriteTicket, Failure> failures_ GUARDED_BY(mutex_);
};

}  // namespace tamtap::journal

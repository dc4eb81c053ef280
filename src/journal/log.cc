#include "journal/log.h"

#include "base/check.h"

namespace tamtap::journal {
namespace {

constexpr size_t kMaxBatchBytes = 256 << 10;

}  // namespace

Log::Log(SegmentWriter& writer, LogListener& listener) : writer_(writer), listener_(listener) {
  for (Batch& batch : batches_) batch.bytes.reserve(2 * kMaxBatchBytes);
}

void Log::WaitForRoom() {
  MutexLock lock(mutex_);
  while (filling_->bytes.size() >= kMaxBatchBytes) {
    if (leading_) {
      done_.Wait(mutex_);
    } else {
      Lead();
    }
  }
}

Log::Added Log::Add(std::string_view lines, bool flush) {
  MutexLock lock(mutex_);
  const Added added{filling_ticket_, filling_->bytes.size()};
  filling_->bytes += lines;
  filling_->flush |= flush;
  ++filling_->waiters;
  return added;
}

Result<> Log::Commit(WriteTicket ticket) {
  MutexLock lock(mutex_);
  while (done_ticket_ < ticket) {
    if (leading_) {
      done_.Wait(mutex_);
    } else {
      Lead();
    }
  }
  const auto failure = failures_.find(ticket);
  if (failure == failures_.end()) return {};
  Error error = failure->second.error;
  if (--failure->second.waiters == 0) failures_.erase(failure);
  return error;
}

void Log::Lead() {
  CHECK(!leading_);
  leading_ = true;
  Batch& batch = *filling_;
  const WriteTicket ticket = filling_ticket_++;
  filling_ = filling_ == &batches_[0] ? &batches_[1] : &batches_[0];

  mutex_.Unlock();
  const bool flush = listener_.BeforeWrite(batch.bytes) || batch.flush;
  const Result<Placement> written = writer_.Write(batch.bytes, flush);
  listener_.AfterWrite(ticket, batch.bytes.size(), written);
  mutex_.Lock();

  if (!written && batch.waiters > 0) {
    failures_.emplace(ticket, Failure{written.error(), batch.waiters});
  }
  batch.bytes.clear();
  batch.flush = false;
  batch.waiters = 0;
  done_ticket_ = ticket;
  leading_ = false;
  done_.NotifyAll();
}

}  // namespace tamtap::journal

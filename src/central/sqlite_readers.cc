#include "central/sqlite_readers.h"

namespace tamtap::central {
namespace {

constexpr int kMostReaders = 3;

}  // namespace

Result<std::unique_ptr<SqliteDatabase>> SqliteReaders::Take() {
  {
    MutexLock lock(mutex_);
    while (taken_ >= kMostReaders) returned_.Wait(mutex_);
    ++taken_;
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  auto reader = SqliteDatabase::OpenToRead(path_);
  if (!reader) Return(nullptr);
  return reader;
}

void SqliteReaders::Return(std::unique_ptr<SqliteDatabase> reader) {
  MutexLock lock(mutex_);
  --taken_;
  if (reader) idle_.push_back(std::move(reader));
  returned_.NotifyAll();
}

}  // namespace tamtap::central

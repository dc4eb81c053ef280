// DeferredStore: a central store that is opened by the thread that first uses it. If that fails, it
// is tried again at later calls until it succeeds. The database may be locked, the disk full, the
// directory not mounted yet, or the name servers silent, and a gate must not wait for any of these.
//
// Until the store is open, every call returns the error of the last attempt as kRetry, and
// AskedToWait() says when the next attempt makes sense: after half a second at first, then after
// twice as long each time, and after at most fifteen seconds.
#pragma once

#include <memory>

#include "base/mutex.h"
#include "sync/central_store.h"

namespace tamtap {

class DeferredStore final : public CentralStore {
 public:
  // Opens the store. It is called again until it succeeds once, and may take seconds.
  using OpenFunction = std::function<Result<std::unique_ptr<CentralStore>>()>;

  explicit DeferredStore(OpenFunction open) : open_(std::move(open)) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override;
  Result<std::optional<SchoolUpdate>> PullSchool(std::string_view known_version) override;
  Result<std::optional<SchoolUpdate>> PullSlice(std::string_view known_version,
                                                const SlicePlace& place) override;
  Result<std::vector<std::string>> ChangeSchool(std::span<const SchoolChange> changes) override;
  Result<> KeepRefusals(std::span<const RefusalRecord> refusals) override;
  Result<std::vector<Record>> ArrivalsOf(std::string_view day) override;
  Result<StoreIdentity> Identity() override;
  Result<StoreIdentity> WentBack(const StoreIdentity& known) override;
  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override;
  Result<> Ping() override;
  void OnAnswering(std::function<void()> answering) override EXCLUDES(mutex_);
  std::optional<ToldTime> TimeTold() override;
  std::chrono::milliseconds AskedToWait() const override;

 private:
  // The store, opened if it was not.
  Result<CentralStore*> Opened() EXCLUDES(mutex_);

  const OpenFunction open_;
  CentralStore* opened_ = nullptr;  // of the thread that uses the store
  std::chrono::milliseconds wait_{0};
  Mutex mutex_;
  std::unique_ptr<CentralStore> store_ GUARDED_BY(mutex_);
  std::function<void()> answering_ GUARDED_BY(mutex_);
};

}  // namespace tamtap

#include "sync/deferred_store.h"

#include <algorithm>

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstWait{500};
constexpr milliseconds kLongestWait{15'000};

}  // namespace

Result<CentralStore*> DeferredStore::Opened() {
  if (opened_ != nullptr) return opened_;
  auto store = open_();
  if (!store) {
    // Whatever it is, it may be mended while the gate runs.
    Error error = std::move(store).error();
    error.code = ErrorCode::kRetry;
    wait_ = wait_ == milliseconds(0) ? kFirstWait : std::min(wait_ * 2, kLongestWait);
    return error;
  }
  MutexLock lock(mutex_);
  store_ = *std::move(store);
  opened_ = store_.get();
  if (answering_) opened_->OnAnswering(answering_);
  return opened_;
}

Result<std::vector<Outcome>> DeferredStore::Store(std::span<const Record> records) {
  TAMTAP_TRY(CentralStore* const store, Opened());
  return store->Store(records);
}

Result<std::optional<SchoolUpdate>> DeferredStore::PullSchool(std::string_view known_version) {
  TAMTAP_TRY(CentralStore* const store, Opened());
  return store->PullSchool(known_version);
}

Result<std::optional<SchoolUpdate>> DeferredStore::PullSlice(std::string_view known_version,
                                                             const SlicePlace& place) {
  TAMTAP_TRY(CentralStore* const store, Opened());
  return store->PullSlice(known_version, place);
}

Result<std::vector<std::string>> DeferredStore::ChangeSchool(
    std::span<const SchoolChange> changes) {
  TAMTAP_TRY(CentralStore* const store, Opened());
  return store->ChangeSchool(changes);
}

Result<> DeferredStore::KeepRefusals(std::span<const RefusalRecord> refusals) {
  TAMTAP_TRY(CentralStore* const store, Opened());
  return store->KeepRefusals(refusals);
}

Result<std::vector<Record>> DeferredStore::ArrivalsOf(std::string_view day) {
  TAMTAP_TRY(CentralStore* const store, Opened());
  return store->ArrivalsOf(day);
}

Result<StoreIdentity> DeferredStore::Identity() {
  TAMTAP_TRY(CentralStore* const store, Opened());
  return store->Identity();
}

Result<StoreIdentity> DeferredStore::WentBack(const StoreIdentity& known) {
  TAMTAP_TRY(CentralStore* const store, Opened());
  return store->WentBack(known);
}

Result<std::vector<size_t>> DeferredStore::Lacking(std::span<const Record> records) {
  TAMTAP_TRY(CentralStore* const store, Opened());
  return store->Lacking(records);
}

Result<> DeferredStore::Ping() {
  TAMTAP_TRY(CentralStore* const store, Opened());
  return store->Ping();
}

void DeferredStore::OnAnswering(std::function<void()> answering) {
  MutexLock lock(mutex_);
  answering_ = std::move(answering);
  if (store_) store_->OnAnswering(answering_);
}

std::optional<ToldTime> DeferredStore::TimeTold() {
  return opened_ == nullptr ? std::nullopt : opened_->TimeTold();
}

milliseconds DeferredStore::AskedToWait() const {
  return opened_ == nullptr ? wait_ : opened_->AskedToWait();
}

}  // namespace tamtap

#include "sim/network.h"

#include <algorithm>
#include <tuple>

namespace tamtap::sim {
namespace {

constexpr int64_t kMs = 1'000;
constexpr int64_t kTimeOutUs = 5'000 * kMs;

}  // namespace

Result<std::vector<Outcome>> StoreFront::Apply(std::span<const Record> records) {
  std::vector<Outcome> outcomes(records.size());
  std::vector<Record> taken;
  std::vector<size_t> places;
  for (size_t i = 0; i < records.size(); ++i) {
    if (refused.contains(records[i].person) && !stored_.contains(records[i].tap.ToString())) {
      outcomes[i] = {OutcomeKind::kRejected, "refused by the plan"};
    } else if (const auto off = put_off.find(records[i].person);
               off != put_off.end() && off->second > 0) {
      --off->second;
      outcomes[i] = {OutcomeKind::kRetry, "put off by the plan"};
    } else {
      taken.push_back(records[i]);
      places.push_back(i);
    }
  }
  const std::optional<bool> crashes = std::exchange(crash, std::nullopt);
  const Error crashed{ErrorCode::kRetry, "reach the store: it crashed", 0, {}};
  if (crashes && !*crashes) {
    central_->Reopen();
    return crashed;
  }
  auto stored = central_->Store(taken);
  if (!stored) return stored.error();
  for (size_t i = 0; i < taken.size(); ++i) {
    stored_.insert(taken[i].tap.ToString());
    observer_(taken[i], (*stored)[i]);
    outcomes[places[i]] = (*stored)[i];
  }
  if (crashes) {
    central_->Reopen();
    return crashed;
  }
  return outcomes;
}

StoreIdentity StoreFront::Identity() const {
  return {"store-" + std::to_string(store), "epoch-" + std::to_string(epoch)};
}

StoreIdentity StoreFront::WentBack(const StoreIdentity& known) {
  if (known == Identity()) epoch = ++last_drawn;
  return Identity();
}

void StoreFront::Copy() {
  central_->Copy();
  master_.Copy();
  copied_ = {store, epoch};
}

bool StoreFront::PutBack() {
  if (!copied_) {
    Replace();
    return false;
  }
  central_->PutBack();
  const bool same = copied_->first == store;
  if (same) master_.PutBack();
  went_back_ |= same;
  std::tie(store, epoch) = *copied_;
  return same;
}

void StoreFront::Replace() {
  central_->Empty();
  replaced_after_it_went_back_ |= went_back_;
  store = ++last_drawn;
  epoch = ++last_drawn;
}

Result<std::vector<Record>> StoreFront::ArrivalsOf(std::string_view day) {
  TAMTAP_TRY(const std::vector<Attendance> all, central_->Everything());
  std::vector<Record> arrivals;
  for (const Attendance& attendance : all) {
    if (attendance.arrival.day == day) arrivals.push_back(attendance.arrival);
  }
  return arrivals;
}

Result<> StoreFront::KeepRefusals(std::span<const RefusalRecord> refusals) {
  for (const RefusalRecord& each : refusals) {
    const auto [known, added] = refusals_.emplace(each.id.ToString(), each);
    // When it was may be known otherwise, where the words on its boot were lost with a disk.
    const RefusalRecord& first = known->second;
    refusals_at_odds_ |=
        first.reason != each.reason || first.card != each.card || first.person != each.person;
  }
  return {};
}

void StoreFront::Later(int64_t at_us, std::function<void()> request) {
  late_.push_back({at_us, std::move(request)});
}

void StoreFront::ApplyDue() {
  std::stable_sort(late_.begin(), late_.end(),
                   [](const Late& a, const Late& b) { return a.at_us < b.at_us; });
  while (!late_.empty() && late_.front().at_us <= now_us_) {
    const std::function<void()> request = std::move(late_.front().request);
    late_.erase(late_.begin());
    if (!WhyNot()) request();  // a store that is away takes no late ones either
  }
}

void StoreFront::ApplyAll() {
  for (Late& late : late_) late.at_us = now_us_;
  ApplyDue();
}

std::optional<Error> StoreFront::WhyNot() const {
  if (now_us_ < down_until_us) return Error{ErrorCode::kRetry, "reach the store", 0, {}};
  if (now_us_ < denies_until_us) return Error{ErrorCode::kDenied, "ask the store", 0, {}};
  if (now_us_ < busy_until_us) return Error{ErrorCode::kRetry, "ask a busy store", 0, {}};
  return std::nullopt;
}

void StoreFront::Heal() {
  down_until_us = busy_until_us = denies_until_us = closed_until_us = 0;
  crash.reset();
  put_off.clear();
}

Error Link::TimeOut() {
  front_->now_us() += kTimeOutUs;
  return Error{ErrorCode::kRetry, "wait for the store", 0, {}};
}

bool Link::MeetsStranger() {
  if (state != NetworkState::kStranger) return false;
  front_->now_us() += static_cast<int64_t>(1 + random_.Below(60)) * kMs;
  return true;
}

Result<> Link::Travel() {
  if (state == NetworkState::kCut) return TimeOut();
  // The driver of a database understands nothing of what a stranger says.
  if (MeetsStranger()) return Error{ErrorCode::kRetry, "understand who answered", 0, {}};
  if (state == NetworkState::kLossy && random_.Below(3) == 0) return TimeOut();
  const uint64_t most_ms = state == NetworkState::kSlow ? 2'500 : 60;
  front_->now_us() += static_cast<int64_t>(1 + random_.Below(most_ms)) * kMs;
  if (to_server && !front_->IsDown()) return {};
  if (auto why = front_->WhyNot()) return *std::move(why);
  return {};
}

void Link::Hear() {
  if (clock_ == nullptr) return;
  const std::chrono::milliseconds told(clock_->TrueNowUs() / kMs);
  told_ = ToldTime{WallTime(told), clock_->MonotonicNow(), true};
}

void Link::DeliverLater(uint64_t within_ms, std::function<void()> deliver) {
  front_->Later(front_->now_us() + static_cast<int64_t>(random_.Below(within_ms)) * kMs,
                std::move(deliver));
}

Result<std::vector<Outcome>> Link::Store(std::span<const Record> records) {
  return Exchange<std::vector<Outcome>>(
      [front = front_, copy = std::vector<Record>(records.begin(), records.end())] {
        return front->Apply(copy);
      });
}

Result<std::optional<SchoolUpdate>> Link::PullSchool(std::string_view known_version) {
  return Ask<std::optional<SchoolUpdate>>([&]() -> Result<std::optional<SchoolUpdate>> {
    return front_->master().Pull(known_version);
  });
}

Result<std::optional<SchoolUpdate>> Link::PullSlice(std::string_view known_version,
                                                    const SlicePlace& place) {
  return Ask<std::optional<SchoolUpdate>>([&]() -> Result<std::optional<SchoolUpdate>> {
    const auto update = front_->master().Pull(known_version);
    if (!update) return std::optional<SchoolUpdate>();
    return std::optional(SliceOf(*update, place, kPeopleInSlice));
  });
}

Result<std::vector<std::string>> Link::ChangeSchool(std::span<const SchoolChange> changes) {
  return Exchange<std::vector<std::string>>(
      [front = front_, copy = std::vector<SchoolChange>(
                           changes.begin(), changes.end())]() -> Result<std::vector<std::string>> {
        return front->master().Change(copy, front->Wall());
      });
}

Result<> Link::KeepRefusals(std::span<const RefusalRecord> refusals) {
  const auto kept =
      Exchange<bool>([front = front_, copy = std::vector<RefusalRecord>(
                                          refusals.begin(), refusals.end())]() -> Result<bool> {
        TAMTAP_RETURN_IF_ERROR(front->KeepRefusals(copy));
        return true;
      });
  if (!kept) return kept.error();
  return {};
}

Result<std::vector<Record>> Link::ArrivalsOf(std::string_view day) {
  return Ask<std::vector<Record>>([&] { return front_->ArrivalsOf(day); });
}

Result<StoreIdentity> Link::Identity() {
  return Ask<StoreIdentity>([&]() -> Result<StoreIdentity> { return front_->Identity(); });
}

Result<StoreIdentity> Link::WentBack(const StoreIdentity& known) {
  return Ask<StoreIdentity>([&]() -> Result<StoreIdentity> { return front_->WentBack(known); });
}

Result<std::vector<size_t>> Link::Lacking(std::span<const Record> records) {
  return Ask<std::vector<size_t>>([&] { return front_->central().Lacking(records); });
}

Result<> Link::Ping() {
  if (state == NetworkState::kHalfOpen) return TimeOut();
  TAMTAP_RETURN_IF_ERROR(Travel());
  Hear();
  return {};
}

std::chrono::milliseconds Link::AskedToWait() const {
  return std::chrono::milliseconds(front_->BusyForUs() / kMs);
}

}  // namespace tamtap::sim

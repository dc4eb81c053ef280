#include "sim/network.h"

#include <algorithm>

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

void StoreFront::ApplyLater(int64_t at_us, std::span<const Record> records) {
  late_.push_back({at_us, {records.begin(), records.end()}});
}

void StoreFront::ApplyDue() {
  std::stable_sort(late_.begin(), late_.end(),
                   [](const Late& a, const Late& b) { return a.at_us < b.at_us; });
  while (!late_.empty() && late_.front().at_us <= now_us_) {
    const std::vector<Record> records = std::move(late_.front().records);
    late_.erase(late_.begin());
    if (WhyNot()) continue;  // a store that is away takes no late ones either
    if (const auto applied = Apply(records); !applied) continue;
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
  down_until_us = busy_until_us = denies_until_us = 0;
  crash.reset();
  put_off.clear();
}

Error Link::TimeOut() {
  front_.now_us() += kTimeOutUs;
  return Error{ErrorCode::kRetry, "wait for the store", 0, {}};
}

Result<> Link::Travel() {
  if (state == NetworkState::kCut) return TimeOut();
  if (state == NetworkState::kLossy && random_.Below(3) == 0) return TimeOut();
  const uint64_t most_ms = state == NetworkState::kSlow ? 2'500 : 60;
  front_.now_us() += static_cast<int64_t>(1 + random_.Below(most_ms)) * kMs;
  if (auto why = front_.WhyNot()) return *std::move(why);
  return {};
}

Result<std::vector<Outcome>> Link::Store(std::span<const Record> records) {
  if (during_call && random_.Below(2) == 0) during_call();
  if (state == NetworkState::kHalfOpen) {
    // It goes out, and arrives when nobody waits for the answer any more.
    front_.ApplyLater(front_.now_us() + static_cast<int64_t>(random_.Below(120'000)) * kMs,
                      records);
    return TimeOut();
  }
  TAMTAP_RETURN_IF_ERROR(Travel());
  auto outcomes = front_.Apply(records);
  if (during_call) during_call();
  if (gate_is_dead) return TimeOut();
  if (state == NetworkState::kLossy && random_.Below(3) == 0) {
    front_.ApplyLater(front_.now_us() + static_cast<int64_t>(random_.Below(60'000)) * kMs,
                      records);  // a proxy that tries again
  }
  if (lose_replies > 0) {
    --lose_replies;
    return TimeOut();
  }
  if (state == NetworkState::kLossy && random_.Below(3) == 0) return TimeOut();
  return outcomes;
}

Result<std::optional<SchoolVersion>> Link::PullSchool(std::string_view known_version) {
  constexpr std::string_view kVersion = "v1";
  if (state == NetworkState::kHalfOpen) return TimeOut();
  TAMTAP_RETURN_IF_ERROR(Travel());
  if (known_version == kVersion) return std::optional<SchoolVersion>();
  return std::optional(SchoolVersion{school_, std::string(kVersion)});
}

Result<> Link::AddPeople(std::span<const Person>) {
  if (state == NetworkState::kHalfOpen) return TimeOut();
  return Travel();
}

Result<std::vector<Record>> Link::ArrivalsOf(std::string_view) { return std::vector<Record>{}; }

Result<> Link::Ping() {
  if (state == NetworkState::kHalfOpen) return TimeOut();
  return Travel();
}

std::chrono::milliseconds Link::AskedToWait() const {
  const int64_t left_us = front_.busy_until_us - front_.now_us();
  return std::chrono::milliseconds(std::max<int64_t>(left_us, 0) / kMs);
}

}  // namespace tamtap::sim

// LiveFeed: what the store has taken, in its order, and how it is told.
#include <algorithm>
#include <boost/json.hpp>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "base/log.h"
#include "server/live_feed.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kReadTogether = 500;
// Taps that are told ahead of a store that does not answer. Of further ones the pages hear when the
// store has them.
constexpr size_t kMostAhead = 2'000;
// How far back the order is followed when the store answers for the first time.
constexpr int64_t kMostBacklog = 2'000;
constexpr std::chrono::seconds kReadWithin{2};

// When the last of somebody's taps was.
int64_t LastTap(const Attendance& attendance) {
  int64_t last_us = INT64_MIN;
  for (const TapReference& tap : attendance.taps) {
    if (tap.terminal != kStaffTerminal) last_us = std::max(last_us, tap.tapped_at_us);
  }
  return last_us;
}

}  // namespace

void LiveFeed::Look() {
  ReadStore(/*tell=*/true);
  Deliver();
}

void LiveFeed::Tell() {
  bool due = false;
  {
    MutexLock lock(mutex_);
    // While nobody listens, and nothing waits to be found in the store, it is asked nothing.
    if (!pages_.empty() || !ahead_.empty()) due = std::exchange(news_due_, false);
  }
  if (due) ReadStore(/*tell=*/true);
  Deliver();
}

void LiveFeed::ReadStore(bool tell) {
  {
    MutexLock lock(mutex_);
    read_due_ = true;
    if (std::exchange(reading_, true)) return;
  }
  const auto stop = [this]() REQUIRES(mutex_) {
    reading_ = false;
    read_.NotifyAll();
    TakeRecords(std::exchange(notified_, {}), /*arrivals=*/true, /*stored=*/false);
  };
  const auto end = [&] {
    MutexLock lock(mutex_);
    if (read_due_) return false;
    stop();
    return true;
  };
  try {
    do {
      {
        MutexLock lock(mutex_);
        read_due_ = false;
      }
      ReadOnce(tell);
    } while (!end());
  } catch (...) {  // for want of memory; the next look may have it
    MutexLock lock(mutex_);
    stop();
    throw;
  }
}

void LiveFeed::ReadOnce(bool tell) {
  const std::string today = zone_.ToLocal(clock_.Now()).day;
  bool in_order = false;
  std::string known_version;
  {
    MutexLock lock(mutex_);
    in_order = !epoch_.empty() && !day_due_;
    known_version = day_due_ || store_error_ ? std::string() : version_;
    std::erase_if(ahead_, [yesterday = AddDays(today, -1)](const auto& each) {
      return each.second.message.at("day").get_string() < yesterday;
    });
  }
  if (in_order) return ReadNews();
  const auto last = store_.NewsSince(std::numeric_limits<int64_t>::max(), 0);
  if (!last) return NoteAnswer(last.error());
  if (*last) {
    FollowOrder(**last, tell);
    ReadNews();
    return ReadDay(today, /*in_order=*/true, tell);
  }
  // The version is taken before the day is read, so that what changes in between is found by the
  // next look.
  const auto version = store_.AttendanceVersion(today);
  if (!version) return NoteAnswer(version.error());
  if (*version == known_version) return;
  {
    MutexLock lock(mutex_);
    keeps_no_order_ = true;
    version_ = *version;
  }
  ReadDay(today, /*in_order=*/false, tell);
}

void LiveFeed::FollowOrder(const News& last, bool tell) {
  MutexLock lock(mutex_);
  const std::string epoch = FeedPlace::EpochOf(last.epoch);
  if (epoch == epoch_) return;
  epoch_ = epoch;
  // What was told ahead is looked for among what the store has.
  const bool from_before = tell || !ahead_.empty();
  number_ = from_before ? std::max<int64_t>(last.last - kMostBacklog, 0) : last.last;
  tells_backlog_ = tell;
  backlog_until_ = last.last;
}

void LiveFeed::NoteAnswer(const std::optional<Error>& error) {
  if (error) LogWarning("live feed: {}", error->Message());
  MutexLock lock(mutex_);
  if (store_error_.has_value() != error.has_value()) {
    status_due_ = true;
    wake_.NotifyAll();
  }
  store_error_ = error;
}

void LiveFeed::ReadDay(const std::string& today, bool in_order, bool tell) {
  const auto found = FindDay(today);
  if (!found) {
    MutexLock lock(mutex_);
    version_.clear();
  }
  NoteAnswer(found ? std::nullopt : std::optional(found.error()));
  if (!found) return;
  MutexLock lock(mutex_);
  day_due_ = false;
  if (!in_order) DropStored(*found);
  for (const Attendance& each : *found) {
    const Record& arrival = each.arrival;
    if (told_.Tell(arrival, today) && tell && !in_order) Say(ArrivalEvent(arrival));
    if (each.departed_at.empty()) continue;
    if (told_.TellDeparture(arrival, LastTap(each)) && tell) {
      Say(DepartureEvent(arrival, each.departed_at, each.departure));
    }
  }
}

// Without an order, the day tells what the store has: who has arrived, and, if departures are asked
// for, by which taps.
void LiveFeed::DropStored(std::span<const Attendance> found) {
  if (ahead_.empty()) return;
  std::map<std::string, const Attendance*> there;
  std::set<std::string> hashes;
  for (const Attendance& each : found) {
    there.emplace(each.arrival.AttendanceId(), &each);
    for (const TapReference& tap : each.taps) hashes.insert(ShortHash(tap.tap));
  }
  std::erase_if(ahead_, [&](const auto& told) {
    const auto& [hash, event] = told;
    if (hashes.contains(hash)) return true;
    const json::value* const arrived_us = event.message.if_contains("tapped_at_us");
    const auto same = there.find(json::value_to<std::string>(event.message.at("_id")));
    return same != there.end() && arrived_us != nullptr &&
           same->second->arrival.tapped_at_us <= json::value_to<int64_t>(*arrived_us);
  });
}

Result<std::vector<Attendance>> LiveFeed::FindDay(const std::string& day) {
  bool with_departures = false;
  {
    MutexLock lock(mutex_);
    with_departures = rule_.on;
  }
  if (with_departures) return store_.FindAttendance({day, day, {}, {}});
  TAMTAP_TRY(auto arrivals, store_.ArrivalsOf(day));
  std::vector<Attendance> found;
  found.reserve(arrivals.size());
  for (Record& record : arrivals) {
    Attendance attendance;
    attendance.arrival = std::move(record);
    found.push_back(std::move(attendance));
  }
  return found;
}

void LiveFeed::ReadNews() {
  while (true) {
    int64_t number = 0;
    {
      MutexLock lock(mutex_);
      number = number_;
    }
    const auto news = store_.NewsSince(number, kReadTogether);
    NoteAnswer(news ? std::nullopt : std::optional(news.error()));
    if (!news || !*news) return;
    {
      MutexLock lock(mutex_);
      if (FeedPlace::EpochOf((*news)->epoch) != epoch_) {
        day_due_ = true;
        read_due_ = true;
        return;
      }
      TakeNews(**news);
    }
    if ((*news)->items.size() < kReadTogether) return;
    Deliver();
  }
}

void LiveFeed::TakeNews(const News& news) {
  const std::string today = zone_.ToLocal(clock_.Now()).day;
  for (const NewsItem& item : news.items) {
    number_ = item.number;
    const bool heard = ahead_.erase(ShortHash(item.record.tap.ToString())) > 0;
    std::optional<FeedEvent> event = EventOf(item, rule_);
    // Remembered also so that a notification which comes after the sync is not told.
    const bool fresh = told_.Tell(item.record, today);
    bool due = event.has_value();
    if (due && item.number <= backlog_until_) {
      // Of what was stored while nobody followed the order, only today's is told, and of departures
      // the day tells.
      due = tells_backlog_ && item.arrival && fresh && item.record.day == today;
    } else if (due && !item.arrival) {
      due = told_.TellDeparture(item.record, item.record.tapped_at_us);
    }
    if (due && !heard) Say(*std::move(event));
  }
  if (news.items.size() < kReadTogether) number_ = std::max(number_, news.last);
}

bool LiveFeed::ReadUpTo(int64_t number) {
  const auto until = std::chrono::steady_clock::now() + kReadWithin;
  while (true) {
    {
      MutexLock lock(mutex_);
      if (!epoch_.empty() && number_ >= number) return true;
    }
    ReadStore(/*tell=*/true);
    MutexLock lock(mutex_);
    while (reading_) {  // by another thread
      const auto left = until - std::chrono::steady_clock::now();
      if (left <= left.zero()) return false;
      read_.WaitFor(mutex_, left);
    }
    if (number_ < number && (store_error_ || std::chrono::steady_clock::now() > until)) {
      return false;
    }
  }
}

FeedEvent LiveFeed::ArrivalEvent(const Record& record) {
  FeedEvent event{.name = "attendance:new", .section = record.section};
  event.message = ToJson(record);
  event.message.emplace("_id", record.AttendanceId());
  event.message.emplace("timestamp", Timestamp());
  event.tap_hash = ShortHash(record.tap.ToString());
  return event;
}

// An event of its own: a page counts an `attendance:new` as somebody who has come.
FeedEvent LiveFeed::DepartureEvent(const Record& who, const std::string& at,
                                   const std::string& time) {
  FeedEvent event{.name = "attendance:departure", .section = who.section};
  event.message = {{"_id", who.AttendanceId()}, {"day", who.day},    {"person", who.person},
                   {"nfc_id", who.NfcId()},     {"name", who.name},  {"section", who.section},
                   {"departed_at", at},         {"departure", time}, {"timestamp", Timestamp()}};
  return event;
}

std::optional<FeedEvent> LiveFeed::EventOf(const NewsItem& item, const DepartureRule& rule) {
  const Record& record = item.record;
  if (item.arrival) return ArrivalEvent(record);
  if (IsMark(record) || !rule.IsDeparture(item.arrived_us, record.tapped_at_us) ||
      record.tapped_at_us <= item.left_before_us) {
    return std::nullopt;
  }
  FeedEvent event = DepartureEvent(record, record.tapped_at, record.time);
  event.tap_hash = ShortHash(record.tap.ToString());
  return event;
}

void LiveFeed::Arrived(std::span<const Record> records) { Stored(records, /*arrivals=*/true); }

void LiveFeed::Merged(std::span<const Record> records) { Stored(records, /*arrivals=*/false); }

void LiveFeed::Stored(std::span<const Record> records, bool arrivals) {
  if (records.empty()) return;
  MutexLock lock(mutex_);
  if (epoch_.empty()) return TakeRecords(records, arrivals, /*stored=*/true);
  news_due_ = true;  // they are read from the store, in its order
}

void LiveFeed::Notified(const Record& record) {
  MutexLock lock(mutex_);
  if (ahead_.size() + notified_.size() >= kMostAhead) return;
  if (reading_ && day_due_ && !epoch_.empty()) return notified_.push_back(record);
  TakeRecords({&record, 1}, /*arrivals=*/true, /*stored=*/false);
}

void LiveFeed::TakeRecords(std::span<const Record> records, bool arrivals, bool stored) {
  const std::string today = zone_.ToLocal(clock_.Now()).day;
  for (const Record& record : records) {
    if (stored && keeps_no_order_) ahead_.erase(ShortHash(record.tap.ToString()));
    std::optional<FeedEvent> event;
    if (arrivals && told_.Tell(record, today)) {
      event = ArrivalEvent(record);
    } else {
      const auto arrived_us = told_.ArrivedAt(record);
      if (!arrived_us || IsMark(record)) continue;
      if (!rule_.IsDeparture(*arrived_us, record.tapped_at_us)) continue;
      if (!told_.TellDeparture(record, record.tapped_at_us)) continue;
      event = DepartureEvent(record, record.tapped_at, record.time);
      event->tap_hash = ShortHash(record.tap.ToString());
    }
    // Before its own place is told, which says that it was.
    if (!stored || !keeps_no_order_) ahead_.insert_or_assign(event->tap_hash, *event);
    Say(*std::move(event));
  }
}

void LiveFeed::FollowRule(const DepartureRule& rule) {
  MutexLock lock(mutex_);
  if (rule == rule_) return;
  rule_ = rule;
  day_due_ = true;  // it is read again, by the new rule
}

FeedPlace LiveFeed::PlaceNow() const {
  FeedPlace place{epoch_, number_, {}};
  for (const auto& [hash, event] : ahead_) {
    if (place.ahead.size() > kMostHashes) break;  // it can't be told anyhow
    place.ahead.insert(hash);
  }
  return place;
}

void LiveFeed::Say(FeedEvent event) {
  if (pages_.empty()) return;
  if (!epoch_.empty()) event.place = PlaceNow();
  pending_.push_back(std::move(event));
}

void LiveFeed::FormPending() {
  pages_.Form(pending_, formed_);
  pending_.clear();
}

void LiveFeed::Deliver() {
  {
    MutexLock lock(mutex_);
    if (std::exchange(delivering_, true)) return;  // that thread takes it along
  }
  try {
    while (true) {
      std::vector<LivePages::Delivery> deliveries;
      {
        MutexLock lock(mutex_);
        FormPending();
        deliveries.swap(formed_);
        if (deliveries.empty()) {
          delivering_ = false;
          return;
        }
      }
      LivePages::Deliver(deliveries);
    }
  } catch (...) {
    MutexLock lock(mutex_);
    delivering_ = false;
    throw;
  }
}

}  // namespace tamtap

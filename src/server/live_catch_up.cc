// LiveFeed: how a page joins, and how one that was away catches up.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "server/live_feed.h"
#include "server/router.h"

namespace tamtap {
namespace {

constexpr size_t kReplayedTogether = 200;
constexpr size_t kAnsweredTogether = 500;  // of MissedSince

}  // namespace

void LiveFeed::Join(LivePages::Page page, const Place& place) {
  if (place) {
    const std::string id = page.socket->id();
    const auto socket = page.socket;
    if (CatchUp(std::move(page), *place)) return;
    // What it would hear after this would not say what it missed: it comes again.
    {
      MutexLock lock(mutex_);
      pages_.Remove(id);
    }
    return socket->HangUp();
  }
  MutexLock lock(mutex_);
  FormPending();
  std::vector<socketio::SharedEvent> events;
  const FeedPlace now = PlaceNow();
  for (const auto& [hash, event] : ahead_) {  // the store, where pages look, lacks these
    if (Sees(page.account, *event.section)) events.push_back(Encode(event, now));
  }
  if (!events.empty()) page.socket->EmitShared(events);
  pages_.Add(std::move(page));
  status_due_ = true;
  wake_.NotifyAll();
}

bool LiveFeed::CatchUp(LivePages::Page page, FeedPlace place) {
  bool behind = false;
  {
    MutexLock lock(mutex_);
    behind = pages_.empty() || news_due_;  // while nobody listens, nobody reads the news
  }
  if (behind) ReadStore(/*tell=*/true);
  // What another server has told already is not told to it again.
  if (!ReadUpTo(place.number)) return false;
  Deliver();
  const auto socket = page.socket;
  const Account account = page.account;
  std::map<std::string, FeedEvent> ahead;
  FeedPlace now;
  DepartureRule rule;
  {
    MutexLock lock(mutex_);
    FormPending();
    if (epoch_ != place.epoch) return false;
    ahead = ahead_;
    now = PlaceNow();
    rule = rule_;
    page.catching_up = true;
    pages_.Add(std::move(page));
    status_due_ = true;
    wake_.NotifyAll();
  }
  std::set<std::string> had = place.ahead;
  std::vector<socketio::SharedEvent> events;
  while (place.number < now.number) {
    const auto news = store_.NewsSince(place.number, kReplayedTogether);
    if (!news || !*news || FeedPlace::EpochOf((*news)->epoch) != place.epoch) return false;
    for (const NewsItem& item : (*news)->items) {
      if (item.number > now.number) break;
      place.number = item.number;
      const bool heard = had.erase(ShortHash(item.record.tap.ToString())) > 0;
      if (heard || !Sees(account, item.record.section)) continue;
      if (const auto event = EventOf(item, rule)) events.push_back(Encode(*event, place));
    }
    if ((*news)->items.size() < kReplayedTogether) place.number = now.number;
    if (!events.empty()) socket->EmitShared(events);
    events.clear();
  }
  for (const auto& [hash, event] : ahead) {
    had.erase(hash);  // this server knows that it is ahead of the store
    if (place.ahead.contains(hash) || !Sees(account, *event.section)) continue;
    place.ahead.insert(hash);
    events.push_back(Encode(event, place));
  }
  if (!events.empty()) socket->EmitShared(events);
  MutexLock lock(mutex_);
  pages_.Release(socket->id(), std::move(had));
  return true;
}

Result<LiveFeed::Missed> LiveFeed::MissedSince(const std::string& text, const Account& account) {
  Place place = FeedPlace::Parse(text);
  const int64_t from = place ? place->number : 0;
  TAMTAP_TRY(const auto news, store_.NewsSince(from, place ? kAnsweredTogether : 0));
  Missed missed;
  if (!news) return missed;
  const std::string epoch = FeedPlace::EpochOf(news->epoch);
  missed.known = place && place->epoch == epoch && place->number <= news->last;
  if (!missed.known) {
    missed.place = FeedPlace{epoch, news->last, {}}.ToString();
    return missed;
  }
  DepartureRule rule;
  {
    MutexLock lock(mutex_);
    rule = rule_;
  }
  for (const NewsItem& item : news->items) {
    place->number = item.number;
    const bool heard = place->ahead.erase(ShortHash(item.record.tap.ToString())) > 0;
    if (heard || !Sees(account, item.record.section)) continue;
    if (auto event = EventOf(item, rule)) missed.events.push_back(*std::move(event));
  }
  missed.more = news->items.size() == kAnsweredTogether;
  if (!missed.more) place->number = news->last;
  missed.place = place->ToString();
  return missed;
}

}  // namespace tamtap

// What servers share besides accounts and gates, in MongoDB: see shared_state.h.
//
// News are numbered by a counter, so that whoever listens knows what it lacks: a number that was
// drawn and is not there yet is waited for, and given up when its server must have died before it
// wrote. No clock is compared with another. News are kept for some minutes.
#include <boost/json.hpp>
#include <set>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "central/mongo_identity.h"
#include "central/mongo_wake.h"
#include "tap/json_fields.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;
using Kind = MongoFailure::Kind;
using std::chrono::milliseconds;

constexpr const char* kNewsCounter = "news";
constexpr milliseconds kTailEvery{150};  // where there are no change streams
constexpr std::chrono::seconds kHoleIsLost{5};
constexpr size_t kMostBehindHole = 200;
constexpr int64_t kMostAtOnce = 1'000;
constexpr std::chrono::minutes kTidyEvery{1};

class MongoSharedState final : public SharedState {
 public:
  explicit MongoSharedState(MongoPool& pool) : pool_(pool), wake_(pool, kNews) {}

  bool HasOthers() const override { return true; }

  Result<std::optional<std::string>> Read(std::string_view key) override {
    MongoSession session(pool_.get(), pool_.database());
    const auto found = session.Find(kNotes, {{"_id", key}});
    if (!found) return IdentityError(found.error(), "read what servers share");
    if (found->empty()) return std::optional<std::string>();
    return std::optional(TextAt(found->front(), "text"));
  }

  Result<bool> Exchange(std::string_view key, const std::optional<std::string>& was,
                        const std::optional<std::string>& next, WallTime until) override
      EXCLUDES(mutex_) {
    constexpr std::string_view kOperation = "change what servers share";
    MongoSession session(pool_.get(), pool_.database());
    Tidy(session);
    if (!was && !next) {
      const auto there = session.Count(kNotes, {{"_id", key}});
      if (!there) return IdentityError(there.error(), kOperation);
      return *there == 0;
    }
    if (!was) {
      const auto inserted = session.Insert(
          kNotes, {{"_id", key}, {"text", *next}, {"until_us", Microseconds(until)}});
      if (inserted) return true;
      if (inserted.error().kind == Kind::kDuplicateKey) return false;
      return IdentityError(inserted.error(), kOperation);
    }
    const Object as_it_was{{"_id", key}, {"text", *was}};
    const auto changed =
        next ? session.UpdateOne(kNotes, as_it_was,
                                 {{"$set", {{"text", *next}, {"until_us", Microseconds(until)}}}})
             : session.RemoveOne(kNotes, as_it_was);
    if (!changed) return IdentityError(changed.error(), kOperation);
    return *changed > 0;
  }

  Result<> Tell(std::span<const std::string> news) override EXCLUDES(mutex_) {
    constexpr std::string_view kOperation = "tell other servers";
    if (news.empty()) return {};
    json::array texts;
    for (const std::string& each : news) texts.emplace_back(each);
    MongoSession session(pool_.get(), pool_.database());
    const auto number = DrawNumber(session, kNewsCounter);
    if (!number) return IdentityError(number.error(), kOperation);
    const auto told = session.Insert(kNews, {{"_id", *number}, {"news", std::move(texts)}});
    if (!told) return IdentityError(told.error(), kOperation);
    ForgetOldNews(session, *number);
    return {};
  }

  Result<std::vector<std::string>> Hear(milliseconds patience) override {
    std::vector<std::string> news;
    if (!heard_) {
      TAMTAP_TRY(heard_, NewestNumber());
      return news;
    }
    const MonotonicTime end = SystemClock().MonotonicNow() + patience;
    while (true) {
      TAMTAP_RETURN_IF_ERROR(Look(news));
      const auto left = end - SystemClock().MonotonicNow();
      if (!news.empty() || left <= left.zero()) return news;
      if (wake_.Wait()) continue;
      std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, kTailEvery));
    }
  }

 private:
  Result<int64_t> NewestNumber() {
    MongoSession session(pool_.get(), pool_.database());
    const auto found = session.Find(kCounters, {{"_id", kNewsCounter}});
    if (!found) return IdentityError(found.error(), "listen to other servers");
    return found->empty() ? 0 : IntegerAt(found->front(), "number");
  }

  Result<> Look(std::vector<std::string>& news) {
    MongoSession session(pool_.get(), pool_.database());
    const auto found = session.Find(kNews, {{"_id", {{"$gt", *heard_}}}},
                                    {{"sort", Object{{"_id", 1}}}, {"limit", kMostAtOnce}});
    if (!found) return IdentityError(found.error(), "listen to other servers");
    for (const Object& document : *found) {
      if (!ahead_.insert(IntegerAt(document, "_id")).second) continue;
      const json::value* const texts = document.if_contains("news");
      if (texts == nullptr || !texts->is_array()) continue;
      for (const json::value& each : texts->get_array()) {
        if (each.is_string()) news.emplace_back(each.get_string());
      }
    }
    Advance();
    return {};
  }

  // Numbers that follow without a hole need not be looked at again.
  void Advance() {
    const auto take = [this] {
      while (!ahead_.empty() && *ahead_.begin() == *heard_ + 1) {
        ++*heard_;
        ahead_.erase(ahead_.begin());
      }
    };
    const int64_t before = *heard_;
    take();
    const MonotonicTime now = SystemClock().MonotonicNow();
    if (ahead_.empty() || *heard_ != before) hole_since_ = now;
    if (ahead_.empty()) return;
    if (now - hole_since_ < kHoleIsLost && ahead_.size() < kMostBehindHole) return;
    heard_ = *ahead_.begin() - 1;
    hole_since_ = now;
    take();
  }

  // Those that were the newest two minutes ago have been heard by all who listen.
  void ForgetOldNews(MongoSession& session, int64_t newest) EXCLUDES(mutex_) {
    int64_t old = 0;
    {
      const MonotonicTime now = SystemClock().MonotonicNow();
      MutexLock lock(mutex_);
      if (now < next_forgetting_) return;
      next_forgetting_ = now + kTidyEvery;
      old = a_minute_more_ago_;
      a_minute_more_ago_ = a_minute_ago_;
      a_minute_ago_ = newest;
    }
    if (old > 0) static_cast<void>(session.RemoveAll(kNews, {{"_id", {{"$lte", old}}}}));
  }

  void Tidy(MongoSession& session) EXCLUDES(mutex_) {
    {
      const MonotonicTime now = SystemClock().MonotonicNow();
      MutexLock lock(mutex_);
      if (now < next_tidying_) return;
      next_tidying_ = now + kTidyEvery;
    }
    const int64_t now_us = Microseconds(SystemClock().Now());
    static_cast<void>(session.RemoveAll(kNotes, {{"until_us", {{"$lt", now_us}}}}));
  }

  MongoPool& pool_;
  // Of whoever listens: all up to this number are heard, and these behind a hole.
  std::optional<int64_t> heard_;
  std::set<int64_t> ahead_;
  MonotonicTime hole_since_{};
  MongoWake wake_;
  Mutex mutex_;
  MonotonicTime next_tidying_ GUARDED_BY(mutex_){};
  MonotonicTime next_forgetting_ GUARDED_BY(mutex_){};
  int64_t a_minute_ago_ GUARDED_BY(mutex_) = 0;
  int64_t a_minute_more_ago_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

std::unique_ptr<SharedState> MakeMongoSharedState(MongoPool& pool) {
  return std::make_unique<MongoSharedState>(pool);
}

}  // namespace tamtap::central

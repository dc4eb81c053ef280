#include "server/server_news.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "tap/json_fields.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds kHearingPatience{1'000};
constexpr milliseconds kLookForPagesEvery{200};
constexpr milliseconds kAfterFailure{1'000};
constexpr size_t kMostToTell = 10'000;  // while the store is away; others look at the store then
constexpr size_t kMostAtOnce = 200;

}  // namespace

ServerNews::ServerNews(SharedState& shared, LiveFeed& feed, const SchoolZone& zone, Clock& clock,
                       Random& random)
    : shared_(shared),
      feed_(feed),
      zone_(zone),
      clock_(clock),
      own_name_(shared.HasOthers() ? random.Hex(8) : std::string()) {}

void ServerNews::Start() {
  if (!shared_.HasOthers()) return;
  Hear(milliseconds(0));  // from here on
  telling_ = std::jthread([this](const std::stop_token& stop) { RunTelling(stop); });
  listening_ = std::jthread([this](const std::stop_token& stop) { RunHearing(stop); });
}

void ServerNews::Stop() {
  {
    MutexLock lock(mutex_);
    telling_.request_stop();
    listening_.request_stop();
  }
  wake_.NotifyAll();
  if (telling_.joinable()) telling_.join();
  if (listening_.joinable()) listening_.join();
}

void ServerNews::Arrived(std::span<const Record> records) {
  feed_.Arrived(records);
  SendRecords("arrived", records);
}

void ServerNews::Merged(std::span<const Record> records) {
  feed_.Merged(records);
  SendRecords("merged", records);
}

void ServerNews::Notified(const Record& record) {
  feed_.Notified(record);
  SendRecords("notified", {&record, 1});
}

void ServerNews::Refused(RefusalNotice notice) {
  if (shared_.HasOthers()) {
    Send(json::serialize(json::object{{"from", own_name_},
                                      {"what", "refused"},
                                      {"terminal", notice.terminal},
                                      {"nfc_id", notice.nfc_id},
                                      {"name", notice.name},
                                      {"reason", notice.reason},
                                      {"decline_code", notice.decline_code},
                                      {"section", notice.section},
                                      {"refusal", notice.refusal}}));
  }
  feed_.Refused(std::move(notice));
}

// Of today alone: that is what pages show, and a gate that was away brings much more.
void ServerNews::SendRecords(std::string_view what, std::span<const Record> records) {
  if (records.empty() || !shared_.HasOthers()) return;
  const std::string today = zone_.ToLocal(clock_.Now()).day;
  for (const Record& record : records) {
    if (record.day != today) continue;
    Send(json::serialize(
        json::object{{"from", own_name_}, {"what", what}, {"record", ToJson(record)}}));
  }
}

void ServerNews::Send(std::string text) {
  MutexLock lock(mutex_);
  if (to_tell_.size() >= kMostToTell) to_tell_.pop_front();
  to_tell_.push_back(std::move(text));
  wake_.NotifyAll();
}

void ServerNews::RunTelling(const std::stop_token& stop) {
  std::vector<std::string> news;
  while (true) {
    news.clear();
    {
      MutexLock lock(mutex_);
      while (to_tell_.empty() && !stop.stop_requested()) wake_.Wait(mutex_);
      if (to_tell_.empty()) return;
      while (!to_tell_.empty() && news.size() < kMostAtOnce) {
        news.push_back(std::move(to_tell_.front()));
        to_tell_.pop_front();
      }
    }
    const auto told = shared_.Tell(news);
    MutexLock lock(mutex_);
    if (!told && !failed_) {
      LogWarning("server: {}; pages of other servers hear of it when these look at the store",
                 told.error().Message());
    }
    failed_ = !told;
    if (!told && stop.stop_requested()) return;
  }
}

void ServerNews::RunHearing(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const bool has_pages = feed_.sockets().ClientCount() > 0;
    {
      MutexLock lock(mutex_);
      hearing_ = has_pages;
      if (!has_pages) {
        if (!stop.stop_requested()) wake_.WaitFor(mutex_, kLookForPagesEvery);
        continue;
      }
    }
    Hear(kHearingPatience);
  }
}

void ServerNews::CatchUp() {
  if (!shared_.HasOthers()) return;
  {
    MutexLock lock(mutex_);
    if (hearing_) return;
  }
  Hear(milliseconds(0));
}

void ServerNews::Hear(milliseconds patience) {
  MutexLock lock(hear_mutex_);
  const auto heard = shared_.Hear(patience);
  if (!heard) {
    LogDebug("server: {}", heard.error().Message());
    if (patience.count() > 0) std::this_thread::sleep_for(kAfterFailure);
    return;
  }
  try {
    for (const std::string& each : *heard) Take(each);
    feed_.Tell();
  } catch (const std::exception& error) {  // there is no memory
    LogFailure("hearing of other servers", error);
  }
}

void ServerNews::Take(const std::string& text) {
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  const json::object* const news = failed ? nullptr : value.if_object();
  if (news == nullptr || TextAt(*news, "from") == own_name_) return;
  const std::string what = TextAt(*news, "what");
  if (what == "refused") {
    RefusalNotice notice;
    notice.terminal = TextAt(*news, "terminal");
    notice.nfc_id = TextAt(*news, "nfc_id");
    notice.name = TextAt(*news, "name");
    notice.reason = TextAt(*news, "reason");
    notice.decline_code = TextAt(*news, "decline_code");
    notice.section = TextAt(*news, "section");
    notice.refusal = TextAt(*news, "refusal");
    return feed_.Refused(std::move(notice));
  }
  const json::value* const given = news->if_contains("record");
  if (given == nullptr) return;
  const auto record = RecordFromJson(*given);
  if (!record) return LogWarning("server: another server's news: {}", record.error().Message());
  if (what == "arrived") feed_.Arrived({&*record, 1});
  if (what == "merged") feed_.Merged({&*record, 1});
  if (what == "notified") feed_.Notified(*record);
}

}  // namespace tamtap

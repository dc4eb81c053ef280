#include "notify/notifier.h"

#include <fmt/core.h>

#include "base/ascii.h"
#include "base/log.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kAttendance = "/api/hardware/attendance";
constexpr std::string_view kFail = "/api/hardware/fail";
constexpr std::string_view kStatus = "/api/hardware/status";
constexpr std::string_view kNobody = "Unknown card";  // in the place of a name

std::string RefusalBody(std::string_view card, std::string_view name, std::string_view reason,
                        const TapId& refusal = {}) {
  std::string body = "{\"nfc_id\":";
  AppendJsonString(card, body);
  body += ",\"name\":";
  if (name.empty()) {
    body += "null";
  } else {
    AppendJsonString(name, body);
  }
  body += ",\"reason\":";
  AppendJsonString(reason, body);
  if (!refusal.empty()) {
    body += ",\"refusal\":";
    AppendJsonString(refusal.ToString(), body);
  }
  body += '}';
  return body;
}

// The servers of earlier installations say all that they say in JSON; sign-in pages and proxies
// don't.
bool MayBeAnEarlierServers(const http::Response& response) {
  return LowerAscii(response.Header("Content-Type")).starts_with("application/json");
}

}  // namespace

Notifier::Notifier(std::unique_ptr<http::Client> client, NotifierOptions options)
    : client_(std::move(client)),
      options_(std::move(options)),
      thread_("telling the server", [this] { return Step(); }) {}

void Notifier::Accepted(const Record& record, bool departure) {
  Event event{std::string(kAttendance), {}};
  AppendJson(record, event.body);
  event.for_ours_alone = departure;
  Enqueue(std::move(event));
}

void Notifier::Refused(std::string_view card, std::string_view name, std::string_view reason,
                       const TapId& refusal) {
  Event event{std::string(kFail), RefusalBody(card, name, reason, refusal)};
  // Servers of earlier installations are told what they always were.
  event.body_for_others = RefusalBody(card, name.empty() ? kNobody : name, reason);
  Enqueue(std::move(event));
}

void Notifier::StatusChanged() {
  {
    MutexLock lock(mutex_);
    status_due_ = true;
  }
  thread_.Wake();
}

void Notifier::Enqueue(Event event) {
  {
    MutexLock lock(mutex_);
    if (queue_.size() >= options_.queue_capacity) queue_.pop_front();
    queue_.push_back(std::move(event));
  }
  thread_.Wake();
}

milliseconds Notifier::Step() {
  Event event;
  {
    MutexLock lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (!queue_.empty()) {
      event = std::move(queue_.front());
      queue_.pop_front();
    } else if (status_due_ || now >= next_status_) {
      status_due_ = false;
      next_status_ = now + options_.status_interval;
    } else {
      return std::chrono::ceil<milliseconds>(next_status_ - now);
    }
  }
  const bool is_status = event.target.empty();
  if (is_status) {
    if (!options_.status) return options_.status_interval;
    event = {std::string(kStatus), options_.status()};
  }
  // Whose server it is shows in its first answer. Until then a departure waits for the sync.
  if (event.for_ours_alone && !is_ours_) return milliseconds(0);
  const auto response = Post(event);
  NoteAnswer(event, response);
  if (response) is_ours_ = http::IsOurServers(*response);
  if (is_status && response && is_ours_ && response->status == 200 && options_.answered) {
    if (options_.answered(response->body)) StatusChanged();
  }
  return milliseconds(0);
}

Result<http::Response> Notifier::Post(const Event& event) {
  http::Request request;
  request.method = "POST";
  request.target = event.target;
  request.headers = {{"Content-Type", "application/json"}};
  if (!options_.secret.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + options_.secret);
  }
  const bool otherwise = !is_ours_ && !event.body_for_others.empty();
  request.body = otherwise ? event.body_for_others : event.body;
  return client_->Send(std::move(request));
}

void Notifier::NoteAnswer(const Event& event, const Result<http::Response>& response) {
  std::string complaint;
  if (!response) {
    complaint = response.error().Message();
  } else if (http::IsOurServers(*response)) {
    if (response->status >= 400) {
      LogDebug("notify: {} answered {}", event.target, response->status);
    }
  } else if (!MayBeAnEarlierServers(*response)) {
    complaint = http::OnlyOurs(*response).error().Message();
  } else if (response->status >= 400 && event.target != kStatus) {
    complaint =
        fmt::format("the server refuses {} with HTTP status {}", event.target, response->status);
  } else if (event.target == kStatus) {
    return;  // earlier servers need not know it, and it says nothing of the rest
  }
  if (!complaint.empty() && said_.empty()) {
    LogWarning("notify: {}; the dashboard hears of these taps by the sync", complaint);
  }
  said_ = std::move(complaint);
}

}  // namespace tamtap

#include "notify/notifier.h"

#include "base/log.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kAttendance = "/api/hardware/attendance";
constexpr std::string_view kFail = "/api/hardware/fail";
constexpr std::string_view kStatus = "/api/hardware/status";

}  // namespace

Notifier::Notifier(std::unique_ptr<http::Client> client, NotifierOptions options)
    : server_(std::move(client)),
      options_(std::move(options)),
      thread_([this] { return Step(); }) {}

void Notifier::Accepted(const Record& record) {
  Event event{std::string(kAttendance), {}};
  AppendJson(record, event.body);
  Enqueue(std::move(event));
}

void Notifier::Refused(std::string_view card, std::string_view name, std::string_view reason) {
  Event event{std::string(kFail), "{\"nfc_id\":"};
  AppendJsonString(card, event.body);
  event.body += ",\"name\":";
  if (name.empty()) {
    event.body += "null";
  } else {
    AppendJsonString(name, event.body);
  }
  event.body += ",\"reason\":";
  AppendJsonString(reason, event.body);
  event.body += '}';
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
  const auto response = Post(event);
  if (is_status && response && response->status == 200 && options_.answered) {
    if (options_.answered(response->body)) StatusChanged();
  }
  if (!response && was_reached_) {
    LogWarning("notify: {}; the dashboard hears of these taps by the sync",
               response.error().Message());
  }
  was_reached_ = response.has_value();
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
  request.body = event.body;
  auto response = server_.Ask(std::move(request));
  if (response && response->status >= 400) {
    LogDebug("notify: {} answered {}", event.target, response->status);
  }
  return response;
}

}  // namespace tamtap

#include "notify/notifier.h"

#include "base/log.h"

namespace tamtap {
namespace {

constexpr std::string_view kAttendance = "/api/hardware/attendance";
constexpr std::string_view kFail = "/api/hardware/fail";
constexpr std::string_view kStatus = "/api/hardware/status";

}  // namespace

Notifier::Notifier(std::unique_ptr<http::Client> client, NotifierOptions options)
    : client_(std::move(client)),
      options_(std::move(options)),
      thread_([this](std::stop_token stop) { Run(stop); }) {}

Notifier::~Notifier() {
  {
    MutexLock lock(mutex_);
    thread_.request_stop();
  }
  condition_.NotifyAll();
}

void Notifier::Accepted(const Record& record) {
  Event event{std::string(kAttendance), {}};
  AppendJson(record, event.body);
  Enqueue(std::move(event));
}

void Notifier::Refused(const CardId& card, std::string_view name, std::string_view reason) {
  Event event{std::string(kFail), "{\"nfc_id\":"};
  AppendJsonString(card.text(), event.body);
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
  MutexLock lock(mutex_);
  status_due_ = true;
  condition_.NotifyAll();
}

void Notifier::Enqueue(Event event) {
  MutexLock lock(mutex_);
  if (queue_.size() >= options_.queue_capacity) queue_.pop_front();
  queue_.push_back(std::move(event));
  condition_.NotifyAll();
}

bool Notifier::StopWithin(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  MutexLock lock(mutex_);
  thread_.request_stop();
  condition_.NotifyAll();
  while (!finished_) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) return false;
    condition_.WaitFor(mutex_, left);
  }
  return true;
}

void Notifier::Run(std::stop_token stop) {
  auto next_status = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    Event event;
    {
      MutexLock lock(mutex_);
      const auto now = std::chrono::steady_clock::now();
      if (!queue_.empty()) {
        event = std::move(queue_.front());
        queue_.pop_front();
      } else if (status_due_ || now >= next_status) {
        status_due_ = false;
        next_status = now + options_.status_interval;
      } else {
        condition_.WaitFor(mutex_, next_status - now);
        continue;
      }
    }
    if (event.target.empty()) {
      if (!options_.status) continue;
      event = {std::string(kStatus), options_.status()};
    }
    const auto response = Post(event);
    const bool reached = response.has_value();
    if (reached && response->status == 200 && event.target == kStatus && options_.answered) {
      if (options_.answered(response->body)) StatusChanged();
    }
    if (!reached && was_reached_) {
      LogWarning("notify: the dashboard's server is away; it will hear of these taps by the sync");
    }
    was_reached_ = reached;
  }
  MutexLock lock(mutex_);
  finished_ = true;
  condition_.NotifyAll();
}

std::optional<http::Response> Notifier::Post(const Event& event) {
  http::Request request;
  request.method = "POST";
  request.target = event.target;
  request.headers = {{"Content-Type", "application/json"}};
  if (!options_.secret.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + options_.secret);
  }
  request.body = event.body;
  const auto response = client_->Send(std::move(request));
  if (!response) {
    LogDebug("notify: {}", response.error().Message());
    return std::nullopt;
  }
  if (response->status >= 400) {
    LogDebug("notify: {} answered {}", event.target, response->status);
  }
  return *response;
}

}  // namespace tamtap

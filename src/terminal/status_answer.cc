#include "terminal/status_answer.h"

#include <boost/json.hpp>
#include <vector>

#include "base/log.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostToRequeue = 10'000;     // by name, at once
constexpr size_t kMostAnswerBytes = 1 << 20;  // as many tap ids have half of it
constexpr std::chrono::hours kDay{24};

}  // namespace

StatusAnswer StatusAnswers::Take(std::string_view body) {
  StatusAnswer taken;
  // What is read takes many times its bytes.
  if (body.size() > kMostAnswerBytes) return taken;
  boost::system::error_code failed;
  const json::value answer = json::parse(body, failed);
  if (failed || !answer.is_object()) return taken;
  const json::object& object = answer.get_object();
  if (const json::value* const school = object.if_contains("school");
      school && school->is_string()) {
    taken.school_version = json::value_to<std::string>(*school);
  }
  if (const json::value* const asked = object.if_contains("requeue")) {
    if (asked->is_string() && asked->get_string() == "all") all_ = true;
    if (asked->is_array()) {
      for (const json::value& tap : asked->get_array()) {
        if (tap.is_string() && asked_.size() < kMostToRequeue) {
          asked_.insert(json::value_to<std::string>(tap));
        }
      }
    }
  }
  if ((all_ || !asked_.empty()) && MayRequeue()) taken.requeued = RequeueAsked();
  return taken;
}

bool StatusAnswers::MayRequeue() {
  const MonotonicTime now = clock_.MonotonicNow();
  if (!has_requeued_ || now - day_began_ >= kDay) {
    day_began_ = now;
    taps_of_day_ = 0;
  }
  if (has_requeued_ && now - last_ < kLeastPause) return false;
  return taps_of_day_ < most_taps_a_day_;
}

uint64_t StatusAnswers::RequeueAsked() {
  const bool all = std::exchange(all_, false);
  const std::set<std::string> asked = std::exchange(asked_, {});
  uint64_t requeued = 0;
  if (all) {
    requeued = journal_.Requeue({});
  } else {
    const auto taps = journal_.ReadQuarantined(kMostToRequeue);
    if (!taps) {
      LogWarning("requeue: {}", taps.error().Message());
      return 0;
    }
    std::vector<uint64_t> sequences;
    for (const journal::QuarantinedTap& tap : *taps) {
      if (tap.record && asked.contains(tap.record->tap.ToString())) {
        sequences.push_back(tap.sequence);
      }
    }
    if (!sequences.empty()) requeued = journal_.Requeue(sequences);
  }
  if (requeued == 0) return 0;
  has_requeued_ = true;
  last_ = clock_.MonotonicNow();
  taps_of_day_ += requeued;
  if (taps_of_day_ >= most_taps_a_day_) {
    LogWarning("the server had {} refused taps tried again today; more are tried again tomorrow",
               taps_of_day_);
  }
  return requeued;
}

}  // namespace tamtap

// StatusAnswer: what the server's answer to a terminal's status asks of the terminal.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "journal/journal.h"

namespace tamtap {

// What the server answers to a report: {success, school: VERSION, requeue: [tap ids] or "all"}.
// `school` and `requeue` are optional. An answer of any other form asks for nothing.
struct StatusAnswer {
  std::string school_version;  // of the school's facts at the server; empty if it did not say
  uint64_t requeued = 0;       // taps that are pending again, because the server asked for it
};

// Makes refused taps pending again that the server asks for. Each time costs lines in the journal
// and a flush, and a server that has lost its mind asks again and again: so it is done once in
// kLeastPause at most, and no more in a day once kMostTapsADay taps are reached. What is asked for
// meanwhile waits, and is done with the first answer afterwards. Not thread-safe.
class StatusAnswers {
 public:
  static constexpr std::chrono::minutes kLeastPause{1};
  static constexpr uint64_t kMostTapsADay = 50'000;

  // `journal` and `clock` outlive this.
  StatusAnswers(journal::Journal& journal, Clock& clock, uint64_t most_taps_a_day = kMostTapsADay)
      : journal_(journal), clock_(clock), most_taps_a_day_(most_taps_a_day) {}

  StatusAnswer Take(std::string_view body);

 private:
  bool MayRequeue();
  uint64_t RequeueAsked();

  journal::Journal& journal_;
  Clock& clock_;
  uint64_t most_taps_a_day_;
  bool all_ = false;             // asked for, and not yet done
  std::set<std::string> asked_;  // the same, by tap id; empty while `all_`
  bool has_requeued_ = false;
  MonotonicTime last_{};
  MonotonicTime day_began_{};
  uint64_t taps_of_day_ = 0;
};

}  // namespace tamtap

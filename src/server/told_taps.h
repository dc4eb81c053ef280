// ToldTaps: remembers which taps the pages have heard of, so that each is told once (law 17). Not
// thread-safe.
//
// A page counts persons. Therefore a tap is told only if it is the arrival of its person on that
// day: the first tap that the server hears of, or a later message of an earlier tap (from a gate
// that was offline), which then takes the place of the first on the page. The other taps of a
// person on that day are not told. A tap whose time was corrected keeps its id, and is not told
// again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tap/record.h"

namespace tamtap {

class ToldTaps {
 public:
  // Returns whether the pages must be told of this tap now, and remembers it as told. `today`
  // ("YYYY-MM-DD") is never forgotten, whatever other days the taps are of. A tap of a day that was
  // forgotten may be told again.
  bool Tell(const Record& record, std::string_view today);

  // When the person of that record arrived on its day, as the pages were told; nothing if they were
  // not. Record::tapped_at_us.
  std::optional<int64_t> ArrivedAt(const Record& record) const;
  // Returns whether the pages must be told that the person of that record left at `left_us`, and
  // remembers it as told. They are told of each departure that is later than the one before, of
  // persons of whose arrival they were told.
  bool TellDeparture(const Record& record, int64_t left_us);

 private:
  struct Told {
    int64_t arrived_us = 0;
    int64_t left_us = INT64_MIN;
    std::string arrival;            // tap id
    std::vector<std::string> taps;  // the ids of all taps that were told, including the arrival
  };
  using Persons = std::map<std::string, Told>;

  void ForgetDays(std::string_view today);

  std::map<std::string, Persons, std::less<>> days_;
};

}  // namespace tamtap

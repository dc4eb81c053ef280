// ToldTaps: which taps the pages have heard of, so that each is told once (law 17). Not
// thread-safe.
//
// What a page counts is persons, so a tap is told when it is its person's arrival of that day: the
// first that is heard of, and one that turns out to be earlier (from a gate that was offline),
// which takes its place on the page. A person's later taps of the day are not told. A tap whose
// time was corrected meanwhile keeps its id and is not told again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tap/record.h"

namespace tamtap {

class ToldTaps {
 public:
  // Whether pages are to hear of it now; from then on they have. `today` ("YYYY-MM-DD") is never
  // forgotten, whatever other days terminals speak of; a tap of a day that was forgotten may be
  // told again.
  bool Tell(const Record& record, std::string_view today);

 private:
  struct Told {
    int64_t arrived_us = 0;
    std::string arrival;            // tap id
    std::vector<std::string> taps;  // all that were told, the arrival among them
  };
  using Persons = std::map<std::string, Told>;

  void ForgetDays(std::string_view today);

  std::map<std::string, Persons, std::less<>> days_;
};

}  // namespace tamtap

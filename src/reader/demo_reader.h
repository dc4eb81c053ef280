// The demonstration's reader: `demo:FILE` taps cards by itself the way a school's gate sees them in
// the morning, and takes typed lines of standard input at once.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "reader/reader.h"

namespace tamtap {

// Who comes next, and when: repeatable for a given Random.
class DemoCrowd {
 public:
  struct Arrival {
    std::chrono::milliseconds gap;  // after the arrival before
    CardId card;
  };

  // `cards` must not be empty; `random` must outlive this.
  DemoCrowd(std::vector<CardId> cards, Random& random);

  // Everybody comes once in random order before anybody is due again. Mostly 1 to 3 s apart, now
  // and then a few close together; about every 12th is the card before once more, every 25th is a
  // card that nobody has registered. The first comes within a second.
  Arrival Next();

 private:
  CardId Stranger();

  std::vector<CardId> cards_;
  Random& random_;
  std::vector<CardId> due_;  // still to come in this round
  CardId last_;
  bool first_ = true;
  uint64_t hurrying_ = 0;  // so many more come close together
};

// `file`: one card id a line, '#' starts a comment. When typed input ends the crowd goes on.
// kMisconfigured: the file is missing, has no card, or a line that is none.
Result<std::unique_ptr<Reader>> MakeDemoReader(const std::string& file, int typed_fd, Clock& clock,
                                               Random& random);

}  // namespace tamtap

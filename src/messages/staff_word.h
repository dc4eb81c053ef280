// StaffWord: the daily word to staff. At a time of day on class days it says which gates are silent
// and which have taps that do not get through; if all is well nothing is sent, unless staff want it
// always. A message's id is derived from the day and whom it goes to, so there is one a day, over
// restarts and however many servers there are.
//
// One thread.
#pragma once

#include <string>
#include <vector>

#include "messages/words_parts.h"

namespace tamtap {

class StaffWord {
 public:
  // The parts must outlive it.
  explicit StaffWord(const WordsParts& parts) : parts_(parts) {}

  // Adds what is due to the outbox.
  Result<> Plan(WallTime now);

 private:
  struct Trouble {
    std::string gate;
    std::string what;  // "silent" | "backlog"
    std::string text;
  };
  std::vector<Trouble> TroublesOf(const std::vector<GateNews>& gates, WallTime now) const;
  Result<> PlanDaily(const std::string& day, const std::vector<Trouble>& troubles, WallTime now);
  Result<> PlanAtOnce(const std::string& day, const std::vector<Trouble>& troubles, WallTime now);
  // One message each to whom the settings name.
  std::vector<Message> MessagesOf(const std::string& day, const std::string& about,
                                  const std::string& text, WallTime now) const;
  Result<std::string> Heading() const;

  const WordsParts& parts_;
  std::string told_day_;
};

}  // namespace tamtap

// MessagePlanner: what guardians are to be told, derived from what the store holds: the attendance
// of today. It keeps no place in a stream, so a restart misses nothing; and a message's id is
// derived from what it is about, so nothing is planned twice, whoever plans it.
//
// News that is older than the school's rule allows is put into the outbox as dropped, so that staff
// see it and nobody is told.
//
// That somebody has not come is told only while every gate answers and has nothing left to hand
// over: a gate that is cut off may hold the very tap.
//
// One thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "messages/words_parts.h"

namespace tamtap {

class MessagePlanner {
 public:
  // The parts must outlive it.
  explicit MessagePlanner(const WordsParts& parts) : parts_(parts) {}

  // Adds what is due by now to the outbox. Errors are the store's; the next call makes up for it.
  Result<> Plan(WallTime now);

  // Why absences are not told at the moment; empty: nothing is in the way.
  const std::string& held() const { return held_; }

 private:
  struct News {
    MessageKind kind;
    std::string person;
    std::string time;  // "HH:MM"
    WallTime at{};
  };
  struct Seen {
    std::string version;
    MonotonicTime again{};
    std::set<std::string> recorded;  // who is known to have come or to be excused
    std::set<std::string> told;      // "kind person": planned, or nothing to plan
    MonotonicTime next_absences{};
  };

  Result<> PlanDay(const std::string& day, const Roster& roster, WallTime now);
  Result<> PlanAbsences(const std::string& day, const Roster& roster, WallTime now);
  Result<> Add(const std::string& day, const std::vector<News>& news, const WordsRule& rule,
               WallTime now);
  Message MessageOf(const std::string& day, const News& news, const Guardian& guardian,
                    const WordsRule& rule, WallTime now) const;
  Result<std::string> WhyHeld(WallTime now);

  const WordsParts& parts_;
  std::map<std::string, Seen> days_;
  std::string held_;
};

// What a day's attendance of somebody says that guardians may be told; empty times: nothing.
struct ToTell {
  std::string arrival;  // "HH:MM"
  WallTime arrived{};
  std::string departure;
  WallTime departed{};
};
ToTell ToTellOf(Attendance attendance, const SchoolSettings& settings);

// By which channel a guardian is written to, and under which address; empty: by none of these.
struct Way {
  Channel channel = Channel::kMail;
  std::string address;
};
Way WayTo(const Guardian& guardian, const WordsOptions& options);

}  // namespace tamtap

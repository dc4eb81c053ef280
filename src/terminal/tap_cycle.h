// TapCycle: what happens between a card and SUCCESS. Start reading here: Run() in tap_cycle.cc
// takes the steps in their order, and each step is one call. Everything that it asks is on this
// machine; no step waits for a network (law 13 in docs/laws.md).
#pragma once

#include <optional>

#include "base/clock.h"
#include "camera/camera.h"
#include "journal/journal.h"
#include "panel/panel.h"
#include "roster/roster_holder.h"
#include "tap/refusal_record.h"
#include "tap/school_time.h"
#include "terminal/append_times.h"
#include "terminal/photographer.h"
#include "terminal/visit.h"

namespace tamtap {

// Is told what became of a tap, after the person was told; nobody is told of duplicates. The calls
// are made on the tap thread, so they must return at once.
class TapListener {
 public:
  virtual ~TapListener() = default;
  // The tap is durable in the journal; `record` has its id. `departure`: the person leaves by it.
  virtual void OnAccepted(const Record& record, bool departure) = 0;
  // The person was turned away. `ack` is what they were told, and `refusal` what may be kept of it,
  // which has no id yet.
  virtual void OnRefused(const Ack& ack, RefusalRecord refusal) = 0;
  // The card that is being refused may belong to any of `owner.rivals`, and only staff can say to
  // whom. It is called before OnRefused().
  virtual void OnContested(const Ack& ack, const CardOwner& owner) = 0;
  // `frame` is the picture of an accepted tap. It is to be stored under the name `record.photo`, at
  // a time that the listener chooses.
  virtual void OnPhoto(const Record& record, Frame frame) = 0;
};

// All calls but append_times() come from one thread, the tap thread.
class TapCycle {
 public:
  // Everything must outlive the cycle. `clock` is the one that taps are dated by (CorrectedClock).
  TapCycle(journal::Journal& journal, RosterHolder& roster, const SchoolZone& zone, Clock& clock,
           Panel& panel, TapListener& listener, Photographer& photographer);

  // Handles one tap from the card to the panel, and returns what the person was told. `read_at` is
  // the monotonic time at which the card was read: the tap may have waited in a queue since then,
  // and the wall clock may have been set in the meantime. The panel shows SUCCESS only if the
  // verdict is kAccepted (this tap is durable) or kDuplicate (an earlier one of that day is).
  Ack Run(const PresentedCard& card, MonotonicTime read_at);

  // How long the journal took. From any thread.
  AppendTimes& append_times() { return append_times_; }

 private:
  // The ways in which a tap ends. Each tells the person, then the listener (but for a duplicate),
  // and returns the finished `ack`.
  Ack Accept(Ack ack, const Record& record, std::optional<Frame> photo);
  Ack Duplicate(Ack ack);
  Ack Refuse(Ack ack, Refusal reason, const Person* person, const TapTime& time);
  Ack BackToIdle(Ack ack);

  journal::Journal& journal_;
  RosterHolder& roster_;
  const SchoolZone& zone_;
  Clock& clock_;
  Panel& panel_;
  TapListener& listener_;
  Photographer& photographer_;
  AppendTimes append_times_;
};

}  // namespace tamtap

// TapCycle: what happens between a card and SUCCESS. Start reading here: tap_cycle.cc has one call
// a step, in order. Everything it asks is local; nothing in it waits for a network.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "camera/camera.h"
#include "journal/journal.h"
#include "panel/panel.h"
#include "roster/roster.h"
#include "tap/school_time.h"
#include "terminal/photographer.h"

namespace tamtap {

// Who hears of a tap afterwards. Calls return at once.
class TapListener {
 public:
  virtual ~TapListener() = default;
  virtual void OnAccepted(const Record& record) = 0;
  virtual void OnRefused(const CardId& card, std::string_view name, Refusal reason) = 0;
  // Stores the frame as `record.photo`, in its own time.
  virtual void OnPhoto(const Record& record, Frame frame) = 0;
};

// Of one thread, the tap thread.
class TapCycle {
 public:
  TapCycle(journal::Journal& journal, RosterHolder& roster, const TimeZone& zone, Clock& clock,
           Panel& panel, TapListener& listener, Photographer& photographer);

  // One tap of a card that was read at `read_at`, on the clock's monotonic time: it may have
  // waited, and the wall clock may have been put right meanwhile. The panel has said SUCCESS only
  // if the returned verdict is kAccepted (the tap is durable) or kDuplicate (an earlier one is).
  Ack Run(const CardId& card, MonotonicTime read_at);

 private:
  // Whether that person has tapped on that day, as far as is known here. `right_time`: the day is
  // right; then only taps whose day is right too count.
  bool HasTapped(const std::string& day, const std::string& person, bool right_time);
  Ack Accept(Ack ack, const Record& record, std::optional<Frame> photo);
  Ack Duplicate(Ack ack);
  Ack Refuse(Ack ack, Refusal reason);
  Ack BackToIdle(Ack ack);

  journal::Journal& journal_;
  RosterHolder& roster_;
  const TimeZone& zone_;
  Clock& clock_;
  Panel& panel_;
  TapListener& listener_;
  Photographer& photographer_;
};

}  // namespace tamtap

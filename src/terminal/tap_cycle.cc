#include "terminal/tap_cycle.h"

#include "tap/photo_name.h"
#include "terminal/tap_record.h"

namespace tamtap {

TapCycle::TapCycle(journal::Journal& journal, RosterHolder& roster, const SchoolZone& zone,
                   Clock& clock, Panel& panel, TapListener& listener, Photographer& photographer)
    : journal_(journal),
      roster_(roster),
      zone_(zone),
      clock_(clock),
      panel_(panel),
      listener_(listener),
      photographer_(photographer) {}

Ack TapCycle::Run(const PresentedCard& card, MonotonicTime read_at) {
  // Whether the time can be trusted is asked before the time itself: the clock may be set at any
  // moment, and a right time that counts as doubtful does less harm than the opposite.
  const bool vouched = clock_.Synchronised();
  const WallTime tapped_at = clock_.Now() - (clock_.MonotonicNow() - read_at);
  const TapTime time{tapped_at, zone_.ToLocal(tapped_at), vouched};
  Ack ack;
  ack.card = card.Name();
  ack.at = time.local.iso;
  panel_.ShowState(GateState::kCardDetected, ack.card, "");

  // Who is this?
  const std::shared_ptr<const Roster> roster = roster_.Current();
  const CardOwner owner = roster->OwnerOf(card);
  const Person* const person = owner.person;
  if (!owner.card.empty()) ack.card = owner.card.text();
  if (person != nullptr) ack.nfc_id = person->NfcId();
  if (person != nullptr) ack.name = person->name;
  if (!owner.rivals.empty()) listener_.OnContested(ack, owner);
  const auto refuse = [&](Refusal reason) { return Refuse(ack, reason, person, time); };
  if (owner.refusal != Refusal::kNone) return refuse(owner.refusal);

  // May they tap now, and are they on time?
  const Admission admission = roster->Admit(*person, time.local);
  // A clock that nobody vouches for may show the wrong day. Nobody is turned away because of a day
  // that is certainly wrong (it lies before the last right one), or that may be wrong (the machine
  // was started again since the first tap in the journal).
  const bool doubtful_day =
      !vouched && (time.local.day < journal_.LastVouchedDay() || journal_.HasTapsOfEarlierBoots());

  // Have they tapped today, and if so, do they leave? They may, also when classes are over.
  const Visit visit = VisitOf(journal_, *roster, *person, admission, time);
  ack.departure = visit.kind == Visit::Kind::kDeparture;
  if (admission.refusal != Refusal::kNone && !ack.departure && !doubtful_day) {
    return refuse(admission.refusal);
  }
  if (visit.kind == Visit::Kind::kDuplicate) return Duplicate(ack);

  // Is there exactly one face?
  Record record = MakeRecord(*person, owner.card, time, visit.day, admission.status);
  std::optional<Frame> photo;
  if (photographer_.TakesPhotos(roster->settings())) {
    panel_.ShowState(GateState::kCameraActive, ack.card, person->name);
    Look look = photographer_.LookAtFace(read_at, roster->settings());
    if (look.refusal != Refusal::kNone) return refuse(look.refusal);
    photo = std::move(look.frame);
    if (photo) record.photo = PhotoName(record, journal_.terminal());
  }

  const MonotonicTime before = clock_.MonotonicNow();
  // The moment that counts: once Append has returned, no power cut can take the tap away.
  if (const Result<> appended = journal_.Append(record); !appended) {
    return refuse(appended.error().code == ErrorCode::kFull ? Refusal::kStorageFull
                                                            : Refusal::kStorageFailed);
  }
  append_times_.Note(clock_.MonotonicNow() - before);
  if (owner.is_first_of_its_beginning) roster_.Bind({{person->person, owner.card}});
  return Accept(ack, record, std::move(photo));
}

Ack TapCycle::Accept(Ack ack, const Record& record, std::optional<Frame> photo) {
  ack.verdict = Verdict::kAccepted;
  ack.tap = record.tap.ToString();
  panel_.ShowState(GateState::kSuccess, ack.card, ack.name);
  panel_.ShowAck(ack);
  listener_.OnAccepted(record, ack.departure);
  if (photo) listener_.OnPhoto(record, *std::move(photo));
  return BackToIdle(std::move(ack));
}

Ack TapCycle::Duplicate(Ack ack) {
  ack.verdict = Verdict::kDuplicate;
  panel_.ShowState(GateState::kSuccess, ack.card, ack.name);
  panel_.ShowAck(ack);
  return BackToIdle(std::move(ack));
}

Ack TapCycle::Refuse(Ack ack, Refusal reason, const Person* person, const TapTime& time) {
  ack.verdict = Verdict::kRefused;
  ack.reason = reason;
  panel_.ShowState(GateState::kFail, ack.card, ack.name);
  panel_.ShowAck(ack);
  listener_.OnRefused(ack, MakeRefusal(ack, person, time));
  return BackToIdle(std::move(ack));
}

Ack TapCycle::BackToIdle(Ack ack) {
  panel_.ShowState(GateState::kIdle, "", "");
  return ack;
}

}  // namespace tamtap

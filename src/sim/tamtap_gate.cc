#include "sim/gate.h"
#include "sim/simulated_school.h"
#include "sync/deferred_store.h"
#include "sync/forwarding_store.h"
#include "sync/journal_confirmations.h"
#include "sync/sync.h"
#include "terminal/card_learning.h"
#include "terminal/take_over.h"
#include "terminal/tap_cycle.h"

namespace tamtap::sim {
namespace {

class SimulatedPanel final : public Panel {
 public:
  void ShowState(GateState state, std::string_view, std::string_view) override {
    success_shown |= state == GateState::kSuccess;
  }
  void ShowAck(const Ack&) override {}
  bool success_shown = false;
};

class TamTapGate final : public Gate, private TapListener {
 public:
  TamTapGate(const GateParts& parts, std::unique_ptr<journal::Journal> journal)
      : disk_(parts.disk),
        clock_(parts.clock),
        journal_(std::move(journal)),
        corrected_(parts.clock, *journal_, parts.zone),
        school_(parts.school_disk, parts.clock, kSchoolCopyPath, SchoolCopy::Former::kKeep),
        correction_(*journal_, school_.roster(), parts.zone, parts.clock, corrected_),
        photographer_(nullptr, nullptr, parts.clock),
        cycle_(*journal_, school_.roster(), parts.zone, corrected_, panel_, *this, photographer_),
        store_([&store = parts.store,
                opens = parts.store_opens]() -> Result<std::unique_ptr<CentralStore>> {
          if (!opens()) {
            return Error{ErrorCode::kMisconfigured, "open the store", 0, "it can't be opened"};
          }
          return std::unique_ptr<CentralStore>(std::make_unique<ForwardingStore>(store));
        }),
        sync_(*journal_, store_, school_, parts.clock, parts.random, Options(parts)),
        confirmations_(*journal_, parts.zone),
        check_(confirmations_, store_, parts.clock, CheckOptions(parts)) {
    LearnCards(*journal_, school_.roster());
    sync_.CheckStoreBy(&check_);
    sync_.CorrectWith(&correction_);
    sync_.PullArrivalsBy(corrected_, parts.zone);
    journal_->OnPending(parts.wake);
    store_.OnAnswering([this] { sync_.StoreAnswers(); });
  }

  TapResult Tap(const CardId& card, WallTime) override {
    accepted_.reset();
    panel_.success_shown = false;
    TapResult result;
    result.ack = cycle_.Run(PresentedCard::Uid(card), clock_.MonotonicNow());
    result.success_shown = panel_.success_shown;
    result.record = std::move(accepted_);
    SayBoundCards();
    return result;
  }
  std::chrono::milliseconds Step() override {
    SayBoundCards();
    return sync_.Step();
  }
  void Maintain() override {
    // A failure is tried again at the next call, as the journal's own thread would.
    maintained_ = journal_->Maintain().has_value();
  }
  void Requeue() override { journal_->Requeue({}); }
  void TakeOver(const journal::JournalImport& import) override {
    const auto taken =
        tamtap::TakeOver(import, *journal_, disk_, clock_, std::string(kJournalDirectory));
    if (!taken) return;  // seen as a loss
  }
  SchoolCopy* School() override { return &school_; }
  Clock& TapClock() override { return corrected_; }
  GateStatus Status() override {
    journal::JournalStatus status = journal_->Status();
    return {status.journal,
            maintained_ ? status.mirror_problem : "upkeep did not come to it",
            status.records,
            status.pending,
            status.quarantined,
            journal_->GetBacklog().unchecked,
            status.refusals - status.handed_refusals,
            std::move(status.damage)};
  }

 private:
  static SyncOptions Options(const GateParts& parts) {
    SyncOptions options;
    options.batch = parts.batch;
    return options;
  }
  static StoreCheckOptions CheckOptions(const GateParts& parts) {
    StoreCheckOptions options;
    options.batch = parts.batch;
    return options;
  }
  // As the gate's watch does.
  void SayBoundCards() {
    const auto said = school_.SayBoundCards();
    if (said && *said) sync_.SchoolChanged();
  }
  void OnAccepted(const Record& record, bool) override { accepted_ = record; }
  void OnRefused(const Ack&, RefusalRecord refusal) override {
    if (journal_->NoteRefusal(std::move(refusal)).empty()) return;  // no promise was made
  }
  void OnContested(const Ack&, const CardOwner&) override {}
  void OnPhoto(const Record&, Frame) override {}

  Disk& disk_;
  Clock& clock_;
  std::unique_ptr<journal::Journal> journal_;
  CorrectedClock corrected_;
  SchoolCopy school_;
  ClockCorrection correction_;
  SimulatedPanel panel_;
  Photographer photographer_;
  TapCycle cycle_;
  DeferredStore store_;
  Sync sync_;
  JournalConfirmations confirmations_;
  StoreCheck check_;
  std::optional<Record> accepted_;
  bool maintained_ = false;
};

}  // namespace

Result<std::unique_ptr<Gate>> OpenTamTap(const GateParts& parts) {
  journal::JournalOptions options;
  options.directory = kJournalDirectory;
  options.terminal = parts.name;
  options.first_indexed_day = AddDays(parts.zone.ToLocal(parts.clock.Now()).day, -1);
  options.segment_bytes = parts.segment_bytes;
  options.retention.days = static_cast<uint32_t>(parts.retention_days);
  if (parts.mirror) options.mirror = kMirrorDirectory;
  options.maintenance_thread = false;  // the plan says when
  TAMTAP_TRY(auto journal,
             journal::Journal::Open(std::move(options), parts.disk, parts.clock, parts.random));
  return std::unique_ptr<Gate>(std::make_unique<TamTapGate>(parts, std::move(journal)));
}

}  // namespace tamtap::sim

// Terminal: one gate. It owns the gate's threads and joins the rooms: reader, roster, camera, face,
// journal, panel, sync, notify.
//
// Threads, and what each does (docs/architecture.md says what each owns):
//   readers       each reads cards and puts them into a queue
//   tap           takes them out and runs the tap cycle
//   photo         stores photos, which the tap thread puts into a second queue
//   sync          sends taps to the central store
//   photo uplink  sends photos to our server
//   notify        tells the dashboard's server of taps at once
//   watch         carries out the inbox, and takes a roster that was changed on disk
//   maintenance   prepares, seals and retires the journal's segments
// A stop takes a bounded time: it waits at most a moment for a network, a camera or a reader.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/random.h"
#include "base/step_thread.h"
#include "http/client.h"
#include "journal/journal.h"
#include "notify/notifier.h"
#include "panel/panel.h"
#include "reader/reader.h"
#include "roster/roster_holder.h"
#include "school/copy.h"
#include "sync/journal_confirmations.h"
#include "sync/photo_uplink.h"
#include "sync/sync.h"
#include "terminal/bounded_queue.h"
#include "terminal/contested_cards.h"
#include "terminal/directory_watch.h"
#include "terminal/gate_health.h"
#include "terminal/gate_retention.h"
#include "terminal/photo_store.h"
#include "terminal/photographer.h"
#include "terminal/refusal_book.h"
#include "terminal/tap_cycle.h"

namespace tamtap {

struct TerminalOptions {
  std::string data_directory;
  std::string terminal_id;
  std::string version;   // of the program
  std::string timezone;  // that a flag names; empty: the school's
  PhotographerOptions photographer;
  // The secrets by which the server that is notified, and the one that gets the photos, know this
  // terminal. Empty: it is told none.
  std::string notify_secret;
  std::string photo_secret;
  uint64_t segment_bytes = 4 << 20;
  std::string idle_text;  // that a flag names; empty: the school's, or the panel's own
  std::optional<uint32_t> journal_days;  // that a flag names; missing: the school's
  journal::RetentionOptions retention;   // its days hold if nobody names any
  std::string journal_mirror;            // a directory on another medium; empty: none
  // What becomes of a roster.json that an earlier release left.
  SchoolCopy::Former former_school = SchoolCopy::Former::kKeep;
  SyncOptions sync;
};

// What a terminal is made of besides its own state. A test may replace each of them.
struct TerminalParts {
  std::vector<std::unique_ptr<Reader>> readers;  // at least one
  std::unique_ptr<Camera> camera;                // null: no photos
  std::unique_ptr<FaceCheck> face;               // null: no photos
  std::unique_ptr<Panel> panel;
  std::unique_ptr<CentralStore> store;
  std::unique_ptr<http::Client> notify_client;  // null: nobody to notify
  std::unique_ptr<http::Client> photo_client;   // null: photos stay here
  std::unique_ptr<Disk> photo_disk;  // of DATA/photos (base/disk_beneath.h); null: the journal's
  // Journal::Lock of DATA/journal; null: Start() takes it, before it changes anything.
  std::unique_ptr<DiskLock> journal_lock;
};

class Terminal final : private TapListener {
 public:
  // Opens the journal, loads the roster and starts the threads: from here on taps are taken.
  static Result<std::unique_ptr<Terminal>> Start(TerminalOptions options, TerminalParts parts,
                                                 Disk& disk, Clock& clock, Random& random);
  ~Terminal() override;

  // `ended` is called once, when the reader's input has ended and every tap of it was handled. If
  // that has happened already, it is called at once, on this thread.
  void OnEndOfInput(const std::function<void()>& ended) EXCLUDES(mutex_);

  // Stops taking taps and ends the threads. Returns false if a thread is still inside a call to a
  // peer; everything is durable then, and the process may simply end.
  bool Stop();

  // How long the tap that is in the tap cycle has been there; zero between taps. From any thread.
  std::chrono::microseconds TapInHand();

  journal::Journal& journal() { return *journal_; }

 private:
  static constexpr int64_t kNoTap = -1;
  struct ReadCard {
    PresentedCard card;
    MonotonicTime at;
  };
  Terminal(TerminalOptions options, TerminalParts parts, TimeZone asked,
           std::unique_ptr<SchoolCopy> school, std::unique_ptr<journal::Journal> journal,
           Disk& disk, Clock& clock, Random& random);

  void StartSync(Random& random);
  void StartPhotoUplink();
  void StartNotifier();

  void OnAccepted(const Record& record, bool departure) override;
  void OnRefused(const Ack& ack, RefusalRecord refusal) override;
  void OnContested(const Ack& ack, const CardOwner& owner) override;
  void OnPhoto(const Record& record, Frame frame) override;

  void ReadCards(Reader& reader, const std::stop_token& stop);
  void TakeTaps();
  void WatchDirectories(std::stop_token stop);
  // Carries out the requests in the inbox, takes a roster that was changed on disk, and keeps the
  // panel's notice up to date; `notice` is the one it shows.
  void LookAtDirectories(std::string& notice);
  // Puts into effect what has changed in the school's settings.
  void FollowSettings();
  void AskForNewPeople();
  // Makes the sync exchange the school with the master at its next step, which comes at once.
  void ExchangeSchoolNow();
  // Puts cards that were bound to people (roster/roster_holder.h) into the outbox for the master.
  // Returns whether there were any.
  bool SayBoundCards();
  std::optional<uint64_t> DiskFree();  // bytes, where the journal is
  Disk& PhotoDisk() { return parts_.photo_disk ? *parts_.photo_disk : disk_; }
  GateHealth Health();

  const TerminalOptions options_;
  TerminalParts parts_;
  Disk& disk_;
  Clock& clock_;
  SchoolZone zone_;
  const std::unique_ptr<SchoolCopy> school_;
  RosterHolder& roster_;
  const std::unique_ptr<journal::Journal> journal_;
  CorrectedClock corrected_clock_;  // dates the taps
  ClockCorrection correction_;
  std::unique_ptr<PhotoUplink> photo_uplink_;
  std::unique_ptr<StepThread> photo_thread_;  // null: photos stay here
  PhotoStore photos_;                         // wakes photo_thread_, so it is destroyed first
  GateRetention retention_;
  Photographer photographer_;
  TapCycle cycle_;
  ContestedCards contested_;
  RefusalBook refusals_;
  JournalConfirmations confirmations_;
  std::unique_ptr<StoreCheck> store_check_;
  std::unique_ptr<Sync> sync_;
  std::unique_ptr<StepThread> sync_thread_;
  std::unique_ptr<Notifier> notifier_;  // wakes sync_thread_, so it is destroyed first
  BoundedQueue<ReadCard> cards_;
  std::atomic<int64_t> in_hand_since_ = kNoTap;  // monotonic, microseconds
  std::atomic<size_t> readers_left_;             // whose input has not ended
  Mutex mutex_;
  std::function<void()> ended_ GUARDED_BY(mutex_);
  bool has_ended_ GUARDED_BY(mutex_) = false;
  std::string idle_text_;                     // that the panel was told
  std::optional<CameraHealth> shown_camera_;  // of the watch thread
  MonotonicTime next_question_{};             // of the tap thread
  std::string said_zone_;  // the school's, when it was said that a flag names another
  DirectoryWatch watch_;
  std::jthread watch_thread_;
  std::jthread tap_thread_;
  std::vector<std::jthread> reader_threads_;  // one a reader
};

}  // namespace tamtap

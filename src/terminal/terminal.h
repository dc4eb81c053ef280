// Terminal: one gate. Owns its threads and joins the rooms: reader, roster, camera, face, journal,
// panel, sync, notify.
//
// Threads: reader -> (queue) -> tap -> (queue) -> photo; sync; photo uplink; notify; watch (inbox
// and roster); the journal's maintenance. A stop is bounded: it never waits for a network, a camera
// or a reader for more than a moment.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/disk.h"
#include "base/random.h"
#include "base/step_thread.h"
#include "http/client.h"
#include "journal/journal.h"
#include "notify/notifier.h"
#include "panel/panel.h"
#include "reader/reader.h"
#include "roster/roster.h"
#include "sync/journal_confirmations.h"
#include "sync/photo_uplink.h"
#include "sync/sync.h"
#include "terminal/bounded_queue.h"
#include "terminal/directory_watch.h"
#include "terminal/photo_store.h"
#include "terminal/photographer.h"
#include "terminal/tap_cycle.h"

namespace tamtap {

struct TerminalOptions {
  std::string data_directory;
  std::string terminal_id;
  std::string timezone;
  PhotographerOptions photographer;
  std::string notify_secret;  // the terminal's, for the server that is notified and sent photos
  uint64_t segment_bytes = 4 << 20;
  journal::RetentionOptions retention;
  std::string journal_mirror;  // empty: none
};

// What a terminal is made of besides its own state; each may be swapped in a test.
struct TerminalParts {
  std::unique_ptr<Reader> reader;
  std::unique_ptr<Camera> camera;   // null: no photos
  std::unique_ptr<FaceCheck> face;  // null: no photos
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

  // Called once when the reader's input has ended and every tap of it was handled; at once, if that
  // is so already.
  void OnEndOfInput(const std::function<void()>& ended) EXCLUDES(mutex_);

  // Stops taking taps and ends the threads. False if one is still inside a call to a peer: all is
  // durable, and the process may simply end.
  bool Stop();

  journal::Journal& journal() { return *journal_; }
  SyncStatus sync_status() { return sync_->Status(); }

 private:
  struct ReadCard {
    CardId card;
    MonotonicTime at;
  };
  Terminal(TerminalOptions options, TerminalParts parts, TimeZone zone, School school,
           std::unique_ptr<journal::Journal> journal, Disk& disk, Clock& clock, Random& random);

  void StartSync(Random& random);
  void StartPhotoUplink();
  void StartNotifier();

  void OnAccepted(const Record& record) override;
  void OnRefused(const CardId& card, std::string_view name, Refusal reason) override;
  void OnPhoto(const Record& record, Frame frame) override;

  void ReadCards(std::stop_token stop);
  void TakeTaps();
  // Carries out what is left in the inbox, takes a roster that was changed on disk, and keeps the
  // panel's notice up to date.
  void WatchDirectories(std::stop_token stop);
  std::optional<uint64_t> DiskFree();  // bytes, where the journal is

  const TerminalOptions options_;
  TerminalParts parts_;
  Disk& disk_;
  Clock& clock_;
  const TimeZone zone_;
  RosterHolder roster_;
  const std::unique_ptr<journal::Journal> journal_;
  CorrectedClock corrected_clock_;  // what taps are taken by
  ClockCorrection correction_;
  std::unique_ptr<PhotoUplink> photo_uplink_;
  std::unique_ptr<StepThread> photo_thread_;  // null: photos stay here
  PhotoStore photos_;                         // wakes that thread, so it goes before it
  Photographer photographer_;
  TapCycle cycle_;
  JournalConfirmations confirmations_;
  std::unique_ptr<StoreCheck> store_check_;
  std::unique_ptr<Sync> sync_;
  std::unique_ptr<StepThread> sync_thread_;
  std::unique_ptr<Notifier> notifier_;  // wakes that thread, so it goes before it
  BoundedQueue<ReadCard> cards_;
  Mutex mutex_;
  std::function<void()> ended_ GUARDED_BY(mutex_);
  bool has_ended_ GUARDED_BY(mutex_) = false;
  DirectoryWatch watch_;
  std::jthread watch_thread_;
  std::jthread tap_thread_;
  std::jthread reader_thread_;
};

}  // namespace tamtap

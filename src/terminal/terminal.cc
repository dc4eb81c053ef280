#include "terminal/terminal.h"

#include "base/log.h"
#include "picture/clean_photo.h"
#include "terminal/card_learning.h"
#include "terminal/inbox.h"
#include "terminal/status_answer.h"
#include "terminal/status_report.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr size_t kCardsWaiting = 64;
constexpr milliseconds kStopPatience{300};
constexpr milliseconds kReaderRetry{1'000};
constexpr milliseconds kLookAtDirectories{10'000};
constexpr milliseconds kBetweenQuestions{5'000};  // to the master: is the unknown card known now?

std::string RosterPath(const TerminalOptions& options) {
  return JoinPath(options.data_directory, "roster.json");
}

std::string InboxPath(const TerminalOptions& options) {
  return JoinPath(options.data_directory, "inbox");
}

std::string JournalPath(const TerminalOptions& options) {
  return JoinPath(options.data_directory, "journal");
}

std::string PhotosPath(const TerminalOptions& options) {
  return JoinPath(options.data_directory, "photos");
}

}  // namespace

Result<std::unique_ptr<Terminal>> Terminal::Start(TerminalOptions options, TerminalParts parts,
                                                  Disk& disk, Clock& clock, Random& random) {
  TAMTAP_TRY(const TimeZone asked,
             TimeZone::Load(options.timezone.empty() ? kFirstTimezone : options.timezone));
  if (!parts.journal_lock) {
    TAMTAP_TRY(parts.journal_lock, journal::Journal::Lock(JournalPath(options), disk));
  }
  TAMTAP_RETURN_IF_ERROR(disk.CreateDirectories(InboxPath(options)));
  auto school =
      std::make_unique<SchoolCopy>(disk, clock, RosterPath(options), options.former_school);
  const SchoolSettings settings = school->roster().Current()->settings();
  const TimeZone zone = settings.timezone.value_or(asked);
  journal::JournalOptions journal_options;
  journal_options.directory = JournalPath(options);
  journal_options.terminal = options.terminal_id;
  journal_options.first_indexed_day = AddDays(zone.ToLocal(clock.Now()).day, -1);
  journal_options.segment_bytes = options.segment_bytes;
  journal_options.retention = options.retention;
  const JournalDays days = JournalDaysOf(settings, options.journal_days, options.retention.days);
  journal_options.retention.days = days.days;
  journal_options.retention.archive_days = days.archive;
  journal_options.mirror = options.journal_mirror;
  TAMTAP_TRY(auto journal, journal::Journal::Open(std::move(journal_options), disk, clock, random,
                                                  std::move(parts.journal_lock)));
  return std::unique_ptr<Terminal>(new Terminal(std::move(options), std::move(parts), asked,
                                                std::move(school), std::move(journal), disk, clock,
                                                random));
}

Terminal::Terminal(TerminalOptions options, TerminalParts parts, TimeZone asked,
                   std::unique_ptr<SchoolCopy> school, std::unique_ptr<journal::Journal> journal,
                   Disk& disk, Clock& clock, Random& random)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      disk_(disk),
      clock_(clock),
      zone_(asked),
      school_(std::move(school)),
      roster_(school_->roster()),
      journal_(std::move(journal)),
      corrected_clock_(clock, *journal_, zone_),
      correction_(*journal_, roster_, zone_, clock, corrected_clock_),
      photos_(PhotoDisk(), PhotosPath(options_), CleanPicture),
      retention_(*journal_, PhotoDisk(), PhotosPath(options_), clock),
      photographer_(parts_.camera.get(), parts_.face.get(), clock, options_.photographer),
      cycle_(*journal_, roster_, zone_, corrected_clock_, *parts_.panel, *this, photographer_),
      refusals_(*journal_, clock),
      confirmations_(*journal_, zone_),
      cards_(kCardsWaiting),
      readers_left_(parts_.readers.size()),
      watch_({options_.data_directory, InboxPath(options_)}) {
  roster_.KeepInStep(zone_);
  LearnCards(*journal_, roster_);
  roster_.OnBound([this] { watch_.Interrupt(); });
  FollowSettings();
  StartSync(random);
  if (parts_.photo_client) StartPhotoUplink();
  if (parts_.notify_client) StartNotifier();
  parts_.panel->ShowState(GateState::kStarting, "", options_.version);
  parts_.panel->ShowState(GateState::kIdle, "", "");
  watch_thread_ = std::jthread([this](std::stop_token stop) { WatchDirectories(stop); });
  tap_thread_ = std::jthread([this] { TakeTaps(); });
  for (const auto& reader : parts_.readers) {
    reader_threads_.emplace_back([this, &each = *reader](const std::stop_token& stop) {
      ReadCards(each, stop);
      // What the others read goes on coming.
      if (--readers_left_ == 0) cards_.Close();
    });
  }
}

void Terminal::StartSync(Random& random) {
  store_check_ = std::make_unique<StoreCheck>(confirmations_, *parts_.store, clock_);
  sync_ = std::make_unique<Sync>(*journal_, *parts_.store, *school_, clock_, random, options_.sync);
  sync_->CorrectWith(&correction_);
  sync_->CheckStoreBy(store_check_.get());
  sync_->PullArrivalsBy(corrected_clock_, zone_);
  sync_thread_ = std::make_unique<StepThread>("the sync", [this] { return sync_->Step(); });
  journal_->OnPending([this] { sync_thread_->Wake(); });
  parts_.store->OnAnswering([this] {
    sync_->StoreAnswers();
    sync_thread_->Wake();
  });
}

void Terminal::StartPhotoUplink() {
  photo_uplink_ = std::make_unique<PhotoUplink>(
      PhotoDisk(), clock_, PhotosPath(options_), std::move(parts_.photo_client),
      options_.photo_secret, [this] { return journal_->GetBacklog().pending > 0; });
  photo_thread_ =
      std::make_unique<StepThread>("sending photos", [this] { return photo_uplink_->Step(); });
  photos_.OnStored([this] { photo_thread_->Wake(); });
}

void Terminal::StartNotifier() {
  NotifierOptions notify;
  notify.secret = options_.notify_secret;
  notify.status = [this] {
    return StatusReport(*journal_, sync_->Status(), corrected_clock_, contested_, Health(),
                        cycle_.append_times().Look());
  };
  notify.answered = [this, answers = StatusAnswers(*journal_, clock_),
                     known = std::string()](const std::string& body) mutable {
    const StatusAnswer answer = answers.Take(body);
    if (answer.requeued > 0) {
      LogInfo("journal: {} refused taps are tried again, as staff asked", answer.requeued);
    }
    if (answer.school_version != known) {
      known = answer.school_version;
      ExchangeSchoolNow();
    }
    return answer.requeued > 0;
  };
  notifier_ = std::make_unique<Notifier>(std::move(parts_.notify_client), std::move(notify));
}

Terminal::~Terminal() { Stop(); }

void Terminal::OnEndOfInput(const std::function<void()>& ended) {
  bool now = false;
  {
    MutexLock lock(mutex_);
    now = has_ended_;
    if (!now) ended_ = ended;
  }
  if (now) ended();
}

bool Terminal::Stop() {
  for (std::jthread& thread : reader_threads_) thread.request_stop();
  for (std::jthread& thread : reader_threads_) {
    if (thread.joinable()) thread.join();
  }
  cards_.Close();
  if (tap_thread_.joinable()) {
    tap_thread_.join();
    parts_.panel->ShowState(GateState::kShutdown, "", "");
  }
  watch_thread_.request_stop();
  watch_.Interrupt();
  if (watch_thread_.joinable()) watch_thread_.join();
  parts_.store->OnAnswering(nullptr);
  const bool sync_stopped = sync_thread_->StopWithin(kStopPatience);
  const bool notify_stopped = !notifier_ || notifier_->StopWithin(kStopPatience);
  const bool photos_stopped = !photo_thread_ || photo_thread_->StopWithin(kStopPatience);
  return sync_stopped && notify_stopped && photos_stopped;
}

std::chrono::microseconds Terminal::TapInHand() {
  const int64_t since = in_hand_since_;
  if (since == kNoTap) return std::chrono::microseconds(0);
  return clock_.MonotonicNow().time_since_epoch() - std::chrono::microseconds(since);
}

void Terminal::ReadCards(Reader& reader, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto card = reader.Next(stop);
    if (card) {
      if (!cards_.Push({*std::move(card), clock_.MonotonicNow()})) return;
      continue;
    }
    const Error& error = card.error();
    switch (error.code) {
      case ErrorCode::kClosed:
        return;
      case ErrorCode::kRejected:  // the person in front sees that their card could not be read
        LogWarning("reader: {}", error.Message());
        if (!cards_.Push({PresentedCard(), clock_.MonotonicNow()})) return;
        continue;
      default:
        LogWarning("reader {}: {}; looking for it again", reader.Describe(), error.Message());
        clock_.SleepFor(kReaderRetry);
    }
  }
}

void Terminal::TakeTaps() {
  while (const auto read = cards_.Pop()) {
    in_hand_since_ = clock_.MonotonicNow().time_since_epoch().count();
    try {
      cycle_.Run(read->card, read->at);
    } catch (const std::exception& error) {
      // There is no memory left: this card stays unanswered, and the gate goes on.
      LogFailure("a tap", error);
      parts_.panel->ShowState(GateState::kIdle, "", "");
    }
    in_hand_since_ = kNoTap;
  }
  std::function<void()> ended;
  {
    MutexLock lock(mutex_);
    has_ended_ = true;
    ended = std::move(ended_);
  }
  if (ended) ended();
}

void Terminal::WatchDirectories(std::stop_token stop) {
  std::string notice;
  while (!stop.stop_requested()) {
    try {
      LookAtDirectories(notice);
    } catch (const std::exception& error) {  // there may be no memory left; the next look has some
      LogFailure("a look at the directories", error);
    }
    watch_.Wait(kLookAtDirectories);
  }
}

void Terminal::LookAtDirectories(std::string& notice) {
  if (const auto emptied =
          EmptyInbox(disk_, clock_, InboxPath(options_), *journal_, JournalPath(options_));
      !emptied) {
    LogWarning("inbox: {}; trying again", emptied.error().Message());
  }
  const bool bound = SayBoundCards();
  if (const auto changed = school_->Look(); !changed) {
    LogWarning("roster: {}; going on with the one in memory", changed.error().Message());
  } else if (*changed || bound) {
    const School& school = roster_.Current()->school();
    LogInfo("roster: {} people, {} schedules", school.people.size(), school.schedules.size());
    ExchangeSchoolNow();
  }
  FollowSettings();
  const GateHealth health = Health();
  if (health.camera != shown_camera_) {
    shown_camera_ = health.camera;
    if (health.camera == CameraHealth::kWorks) {
      parts_.panel->ShowState(GateState::kCameraReady, "", "");
    } else if (health.camera == CameraHealth::kFails) {
      parts_.panel->ShowState(GateState::kCameraWarning, "", "");
    }
  }
  if (std::string now = IdleNotice(*journal_, corrected_clock_, health); now != notice) {
    notice = std::move(now);
    parts_.panel->ShowNotice(notice);
  }
}

void Terminal::FollowSettings() {
  const std::shared_ptr<const Roster> roster = roster_.Current();
  const std::string& idle_text = roster->settings().idle_text;
  if (options_.idle_text.empty() && idle_text != idle_text_) {
    idle_text_ = idle_text;
    parts_.panel->SetIdleText(idle_text.empty() ? kFirstIdleText : idle_text);
  }
  if (parts_.camera) parts_.camera->Want(roster->settings().camera_enabled);
  retention_.Follow(
      roster->settings(),
      JournalDaysOf(roster->settings(), options_.journal_days, options_.retention.days), zone_);
  // The gate goes on, by the master's word: a tap under another zone would be of a wrong day.
  const TimeZone zone = zone_.Current();
  const bool disagrees = !options_.timezone.empty() && zone.name() != options_.timezone;
  if (disagrees && zone.name() != said_zone_) {
    LogWarning("{}; taps are dated by {}", NotTheSchoolsZone(options_.timezone, zone).Message(),
               zone.name());
  }
  said_zone_ = disagrees ? zone.name() : std::string();
}

bool Terminal::SayBoundCards() {
  const auto said = school_->SayBoundCards();
  if (!said) LogWarning("roster: {}; trying again", said.error().Message());
  return said && *said;
}

std::optional<uint64_t> Terminal::DiskFree() {
  const auto free = disk_.FreeBytes(JournalPath(options_));
  return free ? std::optional(*free) : std::nullopt;
}

GateHealth Terminal::Health() {
  GateHealth health;
  health.disk_free = DiskFree();
  if (photographer_.TakesPhotos(roster_.Current()->settings())) {
    health.camera = parts_.camera->Health();
  }
  for (const auto& reader : parts_.readers) {
    if (reader->IsAway()) health.readers_away.push_back(reader->Describe());
  }
  health.version = options_.version;
  return health;
}

void Terminal::OnAccepted(const Record& record, bool departure) {
  if (notifier_) notifier_->Accepted(record, departure);
}

void Terminal::OnRefused(const Ack& ack, RefusalRecord refusal) {
  const TapId id = refusals_.Note(ack.reason, std::move(refusal), DiskFree());
  if (ack.reason == Refusal::kUnreadableCard && !ack.card.empty()) {
    LogInfo("'{}' is no card", ack.card);
  }
  if (ack.reason == Refusal::kUnknownCard) AskForNewPeople();
  if (!notifier_) return;
  notifier_->Refused(ack.nfc_id.empty() ? ack.card : ack.nfc_id, ack.name, ToString(ack.reason),
                     id);
}

// Perhaps they were registered a moment ago, and the next tap will do. The master may be a database
// that other software writes to, which tells no gate.
void Terminal::AskForNewPeople() {
  if (clock_.MonotonicNow() < next_question_) return;
  next_question_ = clock_.MonotonicNow() + kBetweenQuestions;
  ExchangeSchoolNow();
}

void Terminal::ExchangeSchoolNow() {
  sync_->SchoolChanged();
  sync_thread_->Wake();
}

void Terminal::OnContested(const Ack& ack, const CardOwner& owner) {
  contested_.Note(ack.card, owner, ack.at);
}

void Terminal::OnPhoto(const Record& record, Frame frame) {
  photos_.Add(record.day, record.photo, std::move(frame));
}

}  // namespace tamtap

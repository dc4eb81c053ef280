// A terminal as far as its taps' way to the central store goes: a real journal on a real disk, and
// production's sync on a thread of its own.
#pragma once

#include <fmt/core.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/disk.h"
#include "base/step_thread.h"
#include "chaos/backends.h"
#include "journal/journal.h"
#include "school/copy.h"
#include "sync/sync.h"

namespace tamtap::chaos {

class Gate {
 public:
  using OpenStore = std::function<std::unique_ptr<CentralStore>()>;

  Gate(std::string terminal, const std::string& directory, OpenStore open_store,
       SyncOptions options)
      : terminal_(std::move(terminal)),
        directory_(directory + "/" + terminal_),
        open_store_(std::move(open_store)),
        options_(options) {
    CHECK(PosixDisk().CreateDirectories(directory_));
    OpenJournal();
  }
  ~Gate() { StopSync(); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Durable when it returns; gets its tap id.
  void Tap(Record& record) { CHECK(journal_->Append(record)); }

  void StartSync() {
    store_ = open_store_();
    sync_ = std::make_unique<Sync>(*journal_, *store_, school_, SystemClock(), SystemRandom(),
                                   options_);
    thread_ = std::make_unique<StepThread>("the sync", [this] { return sync_->Step(); });
    store_->OnAnswering([this] {
      sync_->StoreAnswers();
      thread_->Wake();
    });
    woken_ = thread_.get();
  }
  void StopSync() {
    if (store_) store_->OnAnswering(nullptr);
    woken_ = nullptr;
    thread_.reset();
    sync_.reset();
    store_.reset();
  }
  // As after a power cut: what was confirmed may be forgotten, what was tapped may not.
  void Restart() {
    StopSync();
    journal_.reset();
    OpenJournal();
    StartSync();
  }

  journal::JournalStatus Status() { return journal_->Status(); }
  journal::Journal& journal() { return *journal_; }
  Sync& sync() { return *sync_; }
  const std::string& terminal() const { return terminal_; }

 private:
  void OpenJournal() {
    journal::JournalOptions options;
    options.directory = directory_;
    options.terminal = terminal_;
    options.first_indexed_day = "2020-01-01";
    auto journal = journal::Journal::Open(options, PosixDisk(), SystemClock(), SystemRandom());
    CHECK(journal);
    journal_ = *std::move(journal);
    journal_->OnPending([this] {
      if (StepThread* const thread = woken_) thread->Wake();
    });
  }

  const std::string terminal_;
  const std::string directory_;
  const OpenStore open_store_;
  const SyncOptions options_;
  SchoolCopy school_{PosixDisk(), SystemClock(), directory_ + "/roster.json",
                     SchoolCopy::Former::kKeep};
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<CentralStore> store_;
  std::unique_ptr<Sync> sync_;
  std::unique_ptr<StepThread> thread_;
  std::atomic<StepThread*> woken_ = nullptr;  // one thread taps, stops and restarts
};

// Waits until no tap is pending at any of them; what stays pending, in words.
inline std::string Drain(const std::vector<std::unique_ptr<Gate>>& gates,
                         std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string pending;
  do {
    pending.clear();
    for (const auto& gate : gates) {
      const uint64_t count = gate->Status().pending;
      if (count == 0) continue;
      pending += fmt::format("{} still has {} pending: {}; ", gate->terminal(), count,
                             gate->sync().Status().last_error);
    }
    if (pending.empty()) return pending;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  } while (std::chrono::steady_clock::now() < deadline);
  return pending;
}

}  // namespace tamtap::chaos

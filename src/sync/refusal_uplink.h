// RefusalUplink: brings the cards that were turned away to the central store, after everything
// else. They are nobody's promise: what a power cut or an old copy of the store takes of them is
// gone, and nothing waits for them.
//
// All calls come from the thread that syncs.
#pragma once

#include <chrono>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "journal/journal.h"
#include "sync/central_store.h"
#include "sync/clock_correction.h"
#include "sync/sync_options.h"

namespace tamtap {

class RefusalUplink {
 public:
  RefusalUplink(journal::Journal& journal, CentralStore& store, Clock& clock,
                const SyncOptions& options)
      : journal_(journal), store_(store), clock_(clock), options_(options) {}

  // Hands over some of them, if there are any. Returns whether more can follow at once. Errors are
  // those of the store; after one, it does nothing until SyncOptions::again is over.
  Result<bool> HandOver(ClockCorrection* correction);
  // How long it has nothing to do as long as nobody is turned away.
  std::chrono::milliseconds Wait() const;

 private:
  Result<bool> HandOverSome(ClockCorrection* correction);

  journal::Journal& journal_;
  CentralStore& store_;
  Clock& clock_;
  const SyncOptions& options_;
  MonotonicTime not_before_{};
  bool said_unwanted_ = false;  // that this kind of store takes none
};

}  // namespace tamtap

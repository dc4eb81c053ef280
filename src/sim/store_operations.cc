// Central stores that are restored, replaced and exchanged.
#include "sim/server.h"
#include "sim/world.h"

namespace tamtap::sim {

void World::CarryOutStoreChange(const Operation& operation) {
  if (!merges_) return;  // the one before TamTap never noticed
  Station& station = *stations_[operation.gate];
  switch (operation.act) {
    case Act::kCopyStore:
      front_.Copy();
      if (server_) server_->Copy();
      return checker_.OnStoreCopied();
    case Act::kRestoreStore:
      if (front_.PutBack()) {
        words_.PutBack();
        if (server_) server_->PutBack();
      }
      front_.down_until_us = now_us_ + static_cast<int64_t>(operation.a) * 1'000;
      return checker_.OnStoreRestored();
    case Act::kReplaceStore:
      front_.Replace();
      front_.down_until_us = now_us_ + static_cast<int64_t>(operation.a) * 1'000;
      return checker_.OnStoreReplaced();
    case Act::kMoveGate:
    case Act::kMoveBack:
      // Through a server it stays: that one has a store of its own.
      if (server_) return;
      station.link.Connect(operation.act == Act::kMoveGate ? other_ : front_);
      if (operation.b % 2 != 0) Stop(operation.gate, false, false);
      return;
    default:
      return;
  }
}

}  // namespace tamtap::sim

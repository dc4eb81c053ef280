// StoreIdentity: names a central store, so that a confirmation can say by which store it was given.
#pragma once

#include <string>

namespace tamtap {

struct StoreIdentity {
  // Drawn at random when the store was made. A copy of a store keeps it.
  std::string id;
  // Drawn anew whenever the store may have gone back to an earlier state: by a restore. Two
  // identities with one id and different epochs are one store before and after.
  std::string epoch;

  friend bool operator==(const StoreIdentity&, const StoreIdentity&) = default;
};

}  // namespace tamtap

// Internal to this room.
#pragma once

#include <exception>
#include <memory>
#include <utility>

#include "base/log.h"

namespace tamtap::http {

// A callback of a socket or a timer, which keeps `self` and calls `function` with it. One that
// throws (there may be no memory left) costs `self`, which then gives up, and nobody else.
template <typename Self, typename Function>
auto Guarded(std::shared_ptr<Self> self, const char* what, void (Self::*give_up)(),
             Function function) {
  return [self = std::move(self), what, give_up,
          function = std::move(function)](auto&&... results) mutable {
    try {
      function(*self, std::forward<decltype(results)>(results)...);
    } catch (const std::exception& error) {
      LogFailure(what, error);
      (*self.*give_up)();
    }
  };
}

}  // namespace tamtap::http

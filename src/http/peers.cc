#include "http/peers.h"

#include <algorithm>
#include <exception>

namespace tamtap::http {
namespace {

// Who does not hear of it, for want of memory, is closed by its time-outs.
void TellAll(const std::vector<std::function<void()>>& give_way) {
  for (const auto& tell : give_way) {
    try {
      tell();
    } catch (const std::exception&) {
    }
  }
}

}  // namespace

bool Peers::StrangersFit(const Address& address, size_t seats, size_t bytes) {
  if (address.local) return true;
  return address.strangers + seats <=
             std::max<size_t>(limits_.stranger_seats / limits_.address_part, 1) &&
         address.stranger_bytes + bytes <= limits_.stranger_bytes / limits_.address_part;
}

bool Peers::KnownFit(const Address& address, size_t seats, size_t bytes) {
  if (use_.known_bytes + bytes > limits_.known_bytes) return false;
  if (address.local) return true;
  // Twice an address' part of strangers: a school's gates and staff may come from one.
  return address.known + seats <= std::max<size_t>(2 * limits_.seats / limits_.address_part, 1) &&
         address.known_bytes + bytes <= 2 * limits_.known_bytes / limits_.address_part;
}

Peers::Seat* Peers::WhoGivesWay(const Seat* newcomer) {
  for (auto heaviest = heaviest_.rbegin(); heaviest != heaviest_.rend(); ++heaviest) {
    for (Seat* seat : heaviest->second->waited_for) {
      if (seat != newcomer) return seat;
    }
  }
  return nullptr;
}

bool Peers::MakeRoom(const Seat* newcomer, size_t seats, size_t bytes, CallBacks& give_way) {
  const auto fits = [&]() REQUIRES(mutex_) {
    return use_.strangers + seats <= limits_.stranger_seats &&
           use_.strangers + use_.known + seats <= limits_.seats &&
           use_.stranger_bytes + bytes <= limits_.stranger_bytes;
  };
  while (!fits()) {
    Seat* const seat = WhoGivesWay(newcomer);
    if (seat == nullptr) return false;
    give_way.push_back(seat->give_way_);
    WaitNoMore(*seat);
    Discount(seat->address_, /*known=*/false, 1, seat->bytes_);
    seat->gave_way_ = true;
  }
  return true;
}

void Peers::Count(Address& address, bool known, size_t seats, size_t bytes) {
  if (known) {
    use_.known += seats;
    use_.known_bytes += bytes;
    address.known += seats;
    address.known_bytes += bytes;
    return;
  }
  heaviest_.erase({address.stranger_bytes, &address});
  use_.strangers += seats;
  use_.stranger_bytes += bytes;
  address.strangers += seats;
  address.stranger_bytes += bytes;
  if (!address.waited_for.empty()) heaviest_.emplace(address.stranger_bytes, &address);
}

// Unsigned numbers wrap around: to count less is to count the negative.
void Peers::Discount(Address& address, bool known, size_t seats, size_t bytes) {
  given_back_ += bytes;
  Count(address, known, 0 - seats, 0 - bytes);
}

void Peers::WaitFor(Seat& seat) {
  if (seat.waited_for_ || seat.known_ || seat.gave_way_) return;
  Address& address = seat.address_;
  seat.place_ = address.waited_for.insert(address.waited_for.end(), &seat);
  seat.waited_for_ = true;
  heaviest_.emplace(address.stranger_bytes, &address);
}

void Peers::WaitNoMore(Seat& seat) {
  if (!seat.waited_for_) return;
  Address& address = seat.address_;
  address.waited_for.erase(seat.place_);
  seat.waited_for_ = false;
  if (address.waited_for.empty()) heaviest_.erase({address.stranger_bytes, &address});
}

void Peers::Forget(Address& address) {
  // Seats that gave way still name their address.
  if (address.seats > 0) return;
  heaviest_.erase({address.stranger_bytes, &address});
  addresses_.erase(std::string(address.key));
}

std::unique_ptr<Peers::Seat> Peers::Take(const PeerAddress& peer, size_t bytes,
                                         std::function<void()> give_way) {
  CallBacks others;
  std::unique_ptr<Seat> seat;
  {
    MutexLock lock(mutex_);
    Address& address = addresses_[peer.key];
    address.key = peer.key;
    address.local = peer.local;
    if (StrangersFit(address, 1, bytes) && MakeRoom(nullptr, 1, bytes, others)) {
      seat = std::make_unique<Seat>(*this, address, bytes, std::move(give_way));
      ++address.seats;
      Count(address, /*known=*/false, 1, bytes);
      WaitFor(*seat);
    } else {
      Forget(address);
    }
  }
  TellAll(others);
  return seat;
}

Peers::Use Peers::use() const {
  MutexLock lock(mutex_);
  return use_;
}

size_t Peers::TakeGivenBack() {
  MutexLock lock(mutex_);
  return std::exchange(given_back_, 0);
}

Peers::Seat::~Seat() {
  MutexLock lock(peers_.mutex_);
  peers_.WaitNoMore(*this);
  if (!gave_way_) peers_.Discount(address_, known_, 1, bytes_);
  --address_.seats;
  peers_.Forget(address_);
}

bool Peers::Seat::Hold(size_t bytes) {
  CallBacks others;
  bool fits = true;
  {
    MutexLock lock(peers_.mutex_);
    if (gave_way_) return false;
    const size_t more = bytes > bytes_ ? bytes - bytes_ : 0;
    if (more > 0 && known_) {
      fits = peers_.KnownFit(address_, 0, more);
    } else if (more > 0) {
      fits = peers_.StrangersFit(address_, 0, more) && peers_.MakeRoom(this, 0, more, others);
    }
    if (fits) {
      if (bytes < bytes_) peers_.Discount(address_, known_, 0, bytes_ - bytes);
      if (bytes > bytes_) peers_.Count(address_, known_, 0, bytes - bytes_);
      bytes_ = bytes;
    }
  }
  TellAll(others);
  return fits;
}

bool Peers::Seat::SetKnown(bool known) {
  CallBacks others;
  bool fits = true;
  {
    MutexLock lock(peers_.mutex_);
    if (gave_way_) return false;
    if (known == known_) return true;
    if (known) {
      fits = peers_.KnownFit(address_, 1, bytes_);
    } else {
      fits = peers_.StrangersFit(address_, 1, bytes_);
      if (fits) {
        peers_.Discount(address_, /*known=*/true, 1, bytes_);
        fits = peers_.MakeRoom(this, 1, bytes_, others);
        peers_.Count(address_, /*known=*/true, 1, bytes_);
      }
    }
    if (fits) {
      peers_.WaitNoMore(*this);
      peers_.Discount(address_, known_, 1, bytes_);
      known_ = known;
      peers_.Count(address_, known_, 1, bytes_);
    }
  }
  TellAll(others);
  return fits;
}

bool Peers::Seat::known() const {
  MutexLock lock(peers_.mutex_);
  return known_;
}

void Peers::Seat::WaitForPeer(bool waits) {
  MutexLock lock(peers_.mutex_);
  peers_.WaitNoMore(*this);
  if (waits) peers_.WaitFor(*this);
}

}  // namespace tamtap::http

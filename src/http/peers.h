// Peers: who may hold how much of what there is little of: connections (and so descriptors) and the
// memory of what peers fill. A Seat is one peer's share of it, and gives it back when it goes.
//
// Peers are strangers until their caller is known: a gate, or somebody signed in. Strangers
// together hold at most a part of everything, so that there is always some left for those who are
// known; and no address holds more than a part of that. When strangers hold all that they may, one
// of those who hold most gives way to a newcomer, and of theirs the one that has kept us waiting
// for longest: so newcomers have at least a moment to say who they are, however many others there
// are. Who is being answered never gives way, and neither does who is known.
//
// A machine's own addresses and those of trusted proxies are exempt from an address' share: behind
// a proxy, everybody has them.
//
// Thread-safe. `give_way` is called without a lock held, on the thread of whoever needs the room;
// it must not call back, and may not have happened yet when the room is given to another.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "http/peer_address.h"

namespace tamtap::http {

struct PeerLimits {
  size_t seats = 4096;
  size_t stranger_seats = 3072;
  size_t stranger_bytes = 32 << 20;
  size_t known_bytes = 96 << 20;
  size_t address_part = 4;  // an address holds at most one part in so many of each
};

class Peers : public std::enable_shared_from_this<Peers> {
 public:
  class Seat;

  static std::shared_ptr<Peers> Make(PeerLimits limits) {
    return std::shared_ptr<Peers>(new Peers(limits));
  }
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;

  // A stranger's, who takes `bytes` from the beginning and is waited for. Null: there is no room.
  std::unique_ptr<Seat> Take(const PeerAddress& address, size_t bytes,
                             std::function<void()> give_way) EXCLUDES(mutex_);

  struct Use {
    size_t strangers = 0;
    size_t known = 0;
    size_t stranger_bytes = 0;
    size_t known_bytes = 0;
  };
  Use use() const EXCLUDES(mutex_);
  // How many bytes were given back since the last call.
  size_t TakeGivenBack() EXCLUDES(mutex_);

 private:
  struct Address {
    std::string key;
    bool local = false;
    size_t seats = 0;  // those that gave way and are not gone yet, too
    size_t strangers = 0;
    size_t stranger_bytes = 0;
    size_t known = 0;
    size_t known_bytes = 0;
    std::list<Seat*> waited_for;  // strangers, those who keep us waiting for longest first
  };
  explicit Peers(PeerLimits limits) : limits_(limits) {}

  using CallBacks = std::vector<std::function<void()>>;

  bool StrangersFit(const Address& address, size_t seats, size_t bytes) REQUIRES(mutex_);
  bool KnownFit(const Address& address, size_t seats, size_t bytes) REQUIRES(mutex_);
  // Whether strangers may have so much more; some of the others may have to give way for it.
  // `newcomer` (null: not here yet) is not among those.
  bool MakeRoom(const Seat* newcomer, size_t seats, size_t bytes, CallBacks& give_way)
      REQUIRES(mutex_);
  Seat* WhoGivesWay(const Seat* newcomer) REQUIRES(mutex_);
  void Count(Address& address, bool known, size_t seats, size_t bytes) REQUIRES(mutex_);
  void Discount(Address& address, bool known, size_t seats, size_t bytes) REQUIRES(mutex_);
  void WaitFor(Seat& seat) REQUIRES(mutex_);
  void WaitNoMore(Seat& seat) REQUIRES(mutex_);
  void Forget(Address& address) REQUIRES(mutex_);  // if it has no seat any more

  const PeerLimits limits_;
  mutable Mutex mutex_;
  Use use_ GUARDED_BY(mutex_);
  size_t given_back_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, Address> addresses_ GUARDED_BY(mutex_);
  // Of those who have strangers that are waited for, by what its strangers hold.
  std::set<std::pair<size_t, Address*>> heaviest_ GUARDED_BY(mutex_);
};

class Peers::Seat {
 public:
  Seat(Peers& peers, Address& address, size_t bytes, std::function<void()> give_way)
      : kept_(peers.shared_from_this()),
        peers_(peers),
        give_way_(std::move(give_way)),
        address_(address),
        bytes_(bytes) {}
  ~Seat() EXCLUDES(peers_.mutex_);
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  // It takes so many bytes now, more or less than before. False: there is no room for that, and
  // nothing has changed.
  [[nodiscard]] bool Hold(size_t bytes) EXCLUDES(peers_.mutex_);
  // Who it is, is known, or not any more. False: there is no room among those.
  [[nodiscard]] bool SetKnown(bool known) EXCLUDES(peers_.mutex_);
  bool known() const EXCLUDES(peers_.mutex_);
  // From now on the peer keeps us waiting; or we keep it.
  void WaitForPeer(bool waits) EXCLUDES(peers_.mutex_);

 private:
  friend class Peers;

  const std::shared_ptr<Peers> kept_;  // who outlives the server counts on
  Peers& peers_;
  const std::function<void()> give_way_;
  // What follows belongs to the lock of the Peers.
  Address& address_;
  size_t bytes_;
  bool known_ = false;
  bool gave_way_ = false;  // it counts no more
  bool waited_for_ = false;
  std::list<Seat*>::iterator place_;  // while it is waited for
};

}  // namespace tamtap::http

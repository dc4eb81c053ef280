// LivePages: who listens to the live feed, in rooms of those who may see the same. An event is
// encoded once, and its frame is shared by all who hear of it.
//
// Not thread-safe: its owner's lock guards it. Deliver() needs no lock.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "server/feed_place.h"
#include "server/identity_store.h"
#include "socketio/socket_io.h"

namespace tamtap {

struct FeedEvent {
  std::string name{};  // "attendance:new" ...
  boost::json::object message{};
  std::optional<std::string> section{};  // who may see it hears of it; missing: everybody
  std::string tap_hash{};                // ShortHash of the tap that it tells of; empty: of none
  FeedPlace place{};  // who has heard it, has heard everything up to there; no epoch: nobody knows
};

// The event with its place as the last argument, where Socket.IO's clients look for it.
socketio::SharedEvent Encode(const FeedEvent& event, const FeedPlace& place);

class LivePages {
 public:
  struct Page {
    std::shared_ptr<socketio::Socket> socket;
    std::string session_id;
    Account account;
    // Taps that it was told of before the store had them, by another server or before a restart.
    std::set<std::string> had{};
    bool catching_up = false;  // what is told meanwhile waits for Release()
  };
  // Frames for some sockets, in order.
  struct Delivery {
    std::shared_ptr<const std::vector<std::shared_ptr<socketio::Socket>>> to;
    std::vector<socketio::SharedEvent> events;
  };

  bool empty() const { return pages_.empty(); }
  void Add(Page page);
  void Remove(const std::string& id);
  // It has caught up, but for what it had: gives it what was told meanwhile.
  void Release(const std::string& id, std::set<std::string> had);
  void SetAccount(const std::string& id, const Account& account);
  struct Session {
    std::shared_ptr<socketio::Socket> socket;
    std::string id;
  };
  std::vector<Session> Sessions() const;

  // Who is to be sent what. Pages that are catching up keep it for later.
  void Form(std::span<const FeedEvent> events, std::vector<Delivery>& deliveries);
  static void Deliver(const std::vector<Delivery>& deliveries);

 private:
  struct Member {
    Page page;
    std::vector<FeedEvent> held{};  // while it is catching up
  };
  struct Room {
    Account account;
    std::shared_ptr<const std::vector<std::shared_ptr<socketio::Socket>>> members;
  };

  void FormRooms();
  // What that page is to hear of the events, with places of its own.
  static void FormOwn(Member& member, std::span<const FeedEvent> events,
                      std::vector<socketio::SharedEvent>& frames);

  std::map<std::string, Member> pages_;  // by socket id
  bool rooms_formed_ = true;
  std::vector<Room> rooms_;
  std::vector<Member*> apart_;  // those that catch up, or had something already
};

// What an account may see, as a text that is the same for accounts that may see the same.
std::string ViewOf(const Account& account);

}  // namespace tamtap

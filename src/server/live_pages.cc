#include "server/live_pages.h"

#include <boost/json.hpp>
#include <utility>

#include "server/router.h"

namespace tamtap {
namespace {

namespace json = boost::json;

// A page that catches up for so long that this much waits for it has to come again.
constexpr size_t kMostHeld = 2'000;

bool Hears(const Account& account, const FeedEvent& event) {
  return !event.section || Sees(account, *event.section);
}

}  // namespace

socketio::SharedEvent Encode(const FeedEvent& event, const FeedPlace& place) {
  json::array arguments;
  arguments.push_back(event.message);
  if (!place.epoch.empty()) arguments.emplace_back(place.ToString());
  return socketio::EncodeOnce(event.name, arguments);
}

std::string ViewOf(const Account& account) {
  std::string view(ToString(account.role));
  if (account.role == AccountRole::kAdmin) return view;
  const std::set<std::string> sections(account.sections.begin(), account.sections.end());
  for (const std::string& each : sections) view += "\n" + each;
  return view;
}

void LivePages::Add(Page page) {
  const std::string id = page.socket->id();
  pages_.insert_or_assign(id, Member{std::move(page)});
  rooms_formed_ = false;
}

void LivePages::Remove(const std::string& id) {
  if (pages_.erase(id) > 0) rooms_formed_ = false;
}

void LivePages::Release(const std::string& id, std::set<std::string> had) {
  const auto found = pages_.find(id);
  if (found == pages_.end()) return;
  Member& member = found->second;
  member.page.had = std::move(had);
  member.page.catching_up = false;
  rooms_formed_ = false;
  std::vector<socketio::SharedEvent> frames;
  FormOwn(member, std::exchange(member.held, {}), frames);
  if (!frames.empty()) member.page.socket->EmitShared(frames);
}

void LivePages::SetAccount(const std::string& id, const Account& account) {
  const auto found = pages_.find(id);
  if (found == pages_.end()) return;
  if (ViewOf(found->second.page.account) != ViewOf(account)) rooms_formed_ = false;
  found->second.page.account = account;
}

std::vector<LivePages::Session> LivePages::Sessions() const {
  std::vector<Session> sessions;
  sessions.reserve(pages_.size());
  for (const auto& [id, member] : pages_) {
    sessions.push_back({member.page.socket, member.page.session_id});
  }
  return sessions;
}

void LivePages::FormRooms() {
  std::map<std::string, std::vector<std::shared_ptr<socketio::Socket>>> members;
  std::map<std::string, const Account*> accounts;
  apart_.clear();
  for (auto& [id, member] : pages_) {
    if (member.page.catching_up || !member.page.had.empty()) {
      apart_.push_back(&member);
      continue;
    }
    const std::string view = ViewOf(member.page.account);
    members[view].push_back(member.page.socket);
    accounts.emplace(view, &member.page.account);
  }
  rooms_.clear();
  for (auto& [view, sockets] : members) {
    rooms_.push_back(
        {*accounts.at(view), std::make_shared<const std::vector<std::shared_ptr<socketio::Socket>>>(
                                 std::move(sockets))});
  }
  rooms_formed_ = true;
}

void LivePages::FormOwn(Member& member, std::span<const FeedEvent> events,
                        std::vector<socketio::SharedEvent>& frames) {
  std::set<std::string>& had = member.page.had;
  for (const FeedEvent& event : events) {
    if (!event.tap_hash.empty() && had.erase(event.tap_hash) > 0) continue;  // it knows
    if (!Hears(member.page.account, event)) continue;
    FeedPlace place = event.place;
    place.ahead.insert(had.begin(), had.end());
    frames.push_back(Encode(event, place));
  }
}

void LivePages::Form(std::span<const FeedEvent> events, std::vector<Delivery>& deliveries) {
  if (pages_.empty() || events.empty()) return;
  if (!rooms_formed_) FormRooms();
  std::vector<socketio::SharedEvent> encoded;
  for (const Room& room : rooms_) {
    Delivery delivery{room.members, {}};
    for (size_t i = 0; i < events.size(); ++i) {
      if (!Hears(room.account, events[i])) continue;
      if (encoded.empty()) encoded.resize(events.size());
      if (encoded[i] == nullptr) encoded[i] = Encode(events[i], events[i].place);
      delivery.events.push_back(encoded[i]);
    }
    if (!delivery.events.empty()) deliveries.push_back(std::move(delivery));
  }
  for (Member* const member : apart_) {
    if (member->page.catching_up) {
      member->held.insert(member->held.end(), events.begin(), events.end());
      if (member->held.size() <= kMostHeld) continue;
      member->held.clear();
      member->page.socket->HangUp();
      continue;
    }
    std::vector<socketio::SharedEvent> frames;
    FormOwn(*member, events, frames);
    if (member->page.had.empty()) rooms_formed_ = false;
    if (frames.empty()) continue;
    auto alone = std::make_shared<const std::vector<std::shared_ptr<socketio::Socket>>>(
        std::vector{member->page.socket});
    deliveries.push_back({std::move(alone), std::move(frames)});
  }
}

void LivePages::Deliver(const std::vector<Delivery>& deliveries) {
  for (const Delivery& delivery : deliveries) {
    for (const auto& socket : *delivery.to) socket->EmitShared(delivery.events);
  }
}

}  // namespace tamtap

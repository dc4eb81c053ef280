// Guardians and the outbox of words to them (messages/message_store.h) in MongoDB, by
// single-document operations alone. Collections of our own: tamtap_guardians ({_id: person, list})
// and tamtap_messages. Made for one call of the store, and used by one thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "central/mongo_connection.h"
#include "messages/message_store.h"

namespace tamtap::central {

inline constexpr const char* kGuardiansCollection = "tamtap_guardians";
inline constexpr const char* kMessagesCollection = "tamtap_messages";

class MongoMessages {
 public:
  explicit MongoMessages(MongoSession& session) : session_(session) {}

  Result<std::map<std::string, std::vector<Guardian>>> GuardiansOfAll(
      std::span<const std::string> people);
  Result<> PutGuardians(std::string_view person, std::span<const Guardian> guardians);
  Result<size_t> AddMessages(std::span<const Message> messages);
  Result<std::optional<Message>> ClaimMessage(std::span<const Channel> channels, int64_t now_us);
  Result<bool> SettleMessage(const Message& claimed, const MessageOutcome& outcome, int64_t now_us);
  Result<size_t> GiveUpClaims(int64_t claimed_before_us, std::string_view detail, int64_t now_us);
  Result<std::vector<Message>> FindMessages(const MessageQuery& query);
  Result<std::map<MessageState, size_t>> CountMessages(std::string_view day);
  Result<size_t> CountSent(std::string_view day, std::string_view recipient);
  Result<size_t> PurgeMessages(std::string_view first_kept_day);
  // Of that person, guardians and messages.
  Result<> Erase(std::string_view person);

 private:
  MongoSession& session_;
};

// The interface itself, of a store whose `Call` gives each call a session: a function that takes
// what is to be done with the session and returns what that returns.
template <typename Store>
class MongoMessageStore final : public MessageStore {
 public:
  explicit MongoMessageStore(Store& store) : store_(store) {}

  Result<std::vector<Guardian>> GuardiansOf(std::string_view person) override {
    const std::string one(person);
    TAMTAP_TRY(auto found, GuardiansOfAll({&one, 1}));
    return found.empty() ? std::vector<Guardian>() : std::move(found.begin()->second);
  }
  Result<std::map<std::string, std::vector<Guardian>>> GuardiansOfAll(
      std::span<const std::string> people) override {
    return Do([&](MongoMessages& all) { return all.GuardiansOfAll(people); });
  }
  Result<> PutGuardians(std::string_view person, std::span<const Guardian> guardians) override {
    return Do([&](MongoMessages& all) { return all.PutGuardians(person, guardians); });
  }
  Result<size_t> AddMessages(std::span<const Message> messages) override {
    return Do([&](MongoMessages& all) { return all.AddMessages(messages); });
  }
  Result<std::optional<Message>> ClaimMessage(std::span<const Channel> channels,
                                              int64_t now_us) override {
    return Do([&](MongoMessages& all) { return all.ClaimMessage(channels, now_us); });
  }
  Result<bool> SettleMessage(const Message& claimed, const MessageOutcome& outcome,
                             int64_t now_us) override {
    return Do([&](MongoMessages& all) { return all.SettleMessage(claimed, outcome, now_us); });
  }
  Result<size_t> GiveUpClaims(int64_t claimed_before_us, std::string_view detail,
                              int64_t now_us) override {
    return Do(
        [&](MongoMessages& all) { return all.GiveUpClaims(claimed_before_us, detail, now_us); });
  }
  Result<std::vector<Message>> FindMessages(const MessageQuery& query) override {
    return Do([&](MongoMessages& all) { return all.FindMessages(query); });
  }
  Result<std::map<MessageState, size_t>> CountMessages(std::string_view day) override {
    return Do([&](MongoMessages& all) { return all.CountMessages(day); });
  }
  Result<size_t> CountSent(std::string_view day, std::string_view recipient) override {
    return Do([&](MongoMessages& all) { return all.CountSent(day, recipient); });
  }
  Result<size_t> PurgeMessages(std::string_view first_kept_day) override {
    return Do([&](MongoMessages& all) { return all.PurgeMessages(first_kept_day); });
  }

 private:
  template <typename Work>
  auto Do(Work work) -> decltype(work(std::declval<MongoMessages&>())) {
    return store_.Call([&](MongoSession& session) {
      MongoMessages all(session);
      return work(all);
    });
  }

  Store& store_;
};

}  // namespace tamtap::central

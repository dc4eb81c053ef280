// In the simulated world nobody is told anything.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/message_store.h"

namespace tamtap::sim {

class NoMessages final : public MessageStore {
 public:
  Result<std::vector<Guardian>> GuardiansOf(std::string_view) override {
    return std::vector<Guardian>();
  }
  Result<std::map<std::string, std::vector<Guardian>>> GuardiansOfAll(
      std::span<const std::string>) override {
    return std::map<std::string, std::vector<Guardian>>();
  }
  Result<> PutGuardians(std::string_view, std::span<const Guardian>) override { return {}; }
  Result<size_t> AddMessages(std::span<const Message>) override { return size_t{0}; }
  Result<std::optional<Message>> ClaimMessage(std::span<const Channel>, int64_t) override {
    return std::optional<Message>();
  }
  Result<bool> SettleMessage(const Message&, const MessageOutcome&, int64_t) override {
    return false;
  }
  Result<size_t> GiveUpClaims(int64_t, std::string_view, int64_t) override { return size_t{0}; }
  Result<std::vector<Message>> FindMessages(const MessageQuery&) override {
    return std::vector<Message>();
  }
  Result<std::map<MessageState, size_t>> CountMessages(std::string_view) override {
    return std::map<MessageState, size_t>();
  }
  Result<size_t> CountSent(std::string_view, std::string_view) override { return size_t{0}; }
  Result<size_t> PurgeMessages(std::string_view) override { return size_t{0}; }
};

}  // namespace tamtap::sim

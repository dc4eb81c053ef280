#include "messages/message_store.h"

#include <fmt/core.h>

#include "base/sha256.h"

namespace tamtap {
namespace {

constexpr std::string_view kStates[] = {"waiting", "sending", "sent", "failed", "dropped"};
constexpr std::string_view kChannels[] = {"mail", "gateway", "webhook"};
constexpr size_t kIdDigits = 32;

}  // namespace

std::string_view ToString(MessageState state) { return kStates[static_cast<size_t>(state)]; }

std::optional<MessageState> MessageStateFrom(std::string_view text) {
  for (size_t i = 0; i < std::size(kStates); ++i) {
    if (kStates[i] == text) return static_cast<MessageState>(i);
  }
  return std::nullopt;
}

std::string_view ToString(Channel channel) { return kChannels[static_cast<size_t>(channel)]; }

std::optional<Channel> ChannelFrom(std::string_view text) {
  for (size_t i = 0; i < std::size(kChannels); ++i) {
    if (kChannels[i] == text) return static_cast<Channel>(i);
  }
  return std::nullopt;
}

std::string MessageId(MessageKind kind, std::string_view day, std::string_view person,
                      std::string_view guardian) {
  return Sha256Hex(fmt::format("{}\n{}\n{}\n{}", ToString(kind), day, person, guardian))
      .substr(0, kIdDigits);
}

std::string RecipientOf(std::string_view address) {
  return Sha256Hex(fmt::format("recipient\n{}", address)).substr(0, kIdDigits);
}

}  // namespace tamtap

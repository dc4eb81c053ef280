// MessageStore: the guardians of people, and the outbox of words to them and to staff. It is a part
// of the central store, so several servers share it. What a call changes is durable when it
// returns. Thread-safe.
//
// A message is added once: its id is derived from what it is about (MessageId), and a second one of
// that id is passed over. It is claimed by one server before it is sent, and a claim is never given
// back by itself: whoever stops between sending and noting it leaves a message that may have
// arrived, and that is not sent again (never twice, docs/words.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "messages/guardian.h"

namespace tamtap {

enum class MessageState {
  kWaiting,  // to be sent when it is due
  kSending,  // claimed; if its server stops now, nobody knows whether it was sent
  kSent,     // the mail server or gateway has taken it
  kFailed,   // it was refused, or may have been sent: `detail` says which
  kDropped,  // it was not sent on purpose: too late, too many, nobody wants it any more
};
std::string_view ToString(MessageState state);  // "waiting" "sending" "sent" "failed" "dropped"
std::optional<MessageState> MessageStateFrom(std::string_view text);

enum class Channel { kMail, kGateway, kWebhook };
std::string_view ToString(Channel channel);  // "mail" "gateway" "webhook"
std::optional<Channel> ChannelFrom(std::string_view text);

// Times are microseconds since 1970 UTC.
struct Message {
  std::string id;
  MessageKind kind = MessageKind::kArrival;
  std::string day;        // "YYYY-MM-DD", of what it is about
  std::string person;     // key; empty: it is for staff
  std::string guardian;   // id; of a word to staff, the address
  std::string recipient;  // a digest of the address, by which the day's cap counts
  Channel channel = Channel::kMail;
  std::string time;        // "HH:MM" of what it is about
  std::string text;        // of a word to staff; a guardian's is made when it is sent
  int64_t due_us = 0;      // it is not sent earlier
  int64_t expires_us = 0;  // nor later
  MessageState state = MessageState::kWaiting;
  int64_t attempts = 0;
  int64_t changed_us = 0;
  std::string detail;  // why it is in that state, for people
  friend bool operator==(const Message&, const Message&) = default;
};

// The id of the one message about that.
std::string MessageId(MessageKind kind, std::string_view day, std::string_view person,
                      std::string_view guardian);
// A name for an address that does not say which it is.
std::string RecipientOf(std::string_view address);

struct MessageQuery {
  std::string first_day;
  std::string last_day;
  std::vector<MessageState> states;  // empty: any
  std::string person;                // empty: anybody's
  size_t most = 100;
};

// How it went with a message that this server had claimed.
struct MessageOutcome {
  MessageState state = MessageState::kSent;
  int64_t due_us = 0;  // of kWaiting: when it is tried again
  std::string detail;
};

class MessageStore {
 public:
  virtual ~MessageStore() = default;

  // In the order in which they were put.
  virtual Result<std::vector<Guardian>> GuardiansOf(std::string_view person) = 0;
  // Of several people at once; those without guardians are left out.
  virtual Result<std::map<std::string, std::vector<Guardian>>> GuardiansOfAll(
      std::span<const std::string> people) = 0;
  // In the place of those that the person had; none takes them out.
  virtual Result<> PutGuardians(std::string_view person, std::span<const Guardian> guardians) = 0;

  // Adds those whose id is not there, and returns how many these were.
  virtual Result<size_t> AddMessages(std::span<const Message> messages) = 0;
  // The waiting message of one of these channels that is due first becomes kSending, with one more
  // attempt; to one caller alone. Nothing: none is due.
  virtual Result<std::optional<Message>> ClaimMessage(std::span<const Channel> channels,
                                                      int64_t now_us) = 0;
  // What became of a claimed message. False: it is not of that claim any more.
  virtual Result<bool> SettleMessage(const Message& claimed, const MessageOutcome& outcome,
                                     int64_t now_us) = 0;
  // Claims from before that are failed, with that reason. Returns how many there were.
  virtual Result<size_t> GiveUpClaims(int64_t claimed_before_us, std::string_view detail,
                                      int64_t now_us) = 0;
  // The newest change first.
  virtual Result<std::vector<Message>> FindMessages(const MessageQuery& query) = 0;
  virtual Result<std::map<MessageState, size_t>> CountMessages(std::string_view day) = 0;
  // How many of that day were sent, or may have been, to that recipient; empty: to anybody but
  // staff.
  virtual Result<size_t> CountSent(std::string_view day, std::string_view recipient) = 0;
  // Removes those of days before.
  virtual Result<size_t> PurgeMessages(std::string_view first_kept_day) = 0;
};

}  // namespace tamtap

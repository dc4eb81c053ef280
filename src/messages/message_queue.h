// MessageQueue: sends what the outbox holds, a message at a time. A message is claimed before it is
// sent, and noted after. What the other side certainly has not taken is tried again, with longer
// and longer pauses, until it is too old; what it may have taken is not sent again (never twice).
//
// Just before a message goes it is looked at again: whether the guardian is still there and still
// wants it, whether somebody who was absent has come meanwhile, whether the hours are quiet, and
// whether it would be one too many today.
//
// One thread.
#pragma once

#include <atomic>
#include <map>
#include <string>

#include "messages/words_parts.h"

namespace tamtap {

class MessageQueue {
 public:
  // The parts must outlive it. `stop`: asks a message under way to end.
  MessageQueue(const WordsParts& parts, const std::atomic<bool>& stop)
      : parts_(parts), stop_(stop) {}

  // Sends the message that is due first. False: none is. Errors are the store's.
  Result<bool> SendOne();
  // Messages that a server had claimed when it stopped, which may have arrived.
  Result<> GiveUpClaims();
  // How often that happens at most; a claim older than that is of a server that stopped.
  std::chrono::seconds Lease() const {
    return 3 * parts_.options.timeout + std::chrono::seconds(5);
  }

 private:
  struct Pause {
    int failures = 0;
    MonotonicTime until{};
  };

  struct Letter {
    std::string address;
    std::string name;  // of whom it is written to
    std::string ward;  // of whom it speaks
    std::string text;  // of a mail: the subject is its first line
  };

  // What becomes of it without being sent; nothing: it is to be sent, and `letter` is set.
  Result<std::optional<MessageOutcome>> LookAgain(const Message& message, WallTime now,
                                                  Letter& letter);
  // The same of what it is about, which may have changed: the record may be taken back, its time
  // corrected, or somebody who was absent may have come. `time` is what is told then.
  Result<std::optional<MessageOutcome>> LookAtRecord(const Message& message,
                                                     const SchoolSettings& settings,
                                                     std::string& time);
  Sending Send(const Message& message, const Letter& letter, WallTime now);
  MessageOutcome OutcomeOf(const Message& message, const Sending& sending, WallTime now);
  Result<> Settle(const Message& message, const MessageOutcome& outcome);

  const WordsParts& parts_;
  const std::atomic<bool>& stop_;
  std::map<Channel, Pause> pauses_;
};

// What a guardian reads of that.
struct GuardianText {
  std::string subject;
  std::string text;
};
GuardianText TextFor(const Message& message, const Guardian& guardian, const Person& person,
                     const SchoolSettings& settings);

}  // namespace tamtap

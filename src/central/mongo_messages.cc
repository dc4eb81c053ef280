#include "central/mongo_messages.h"

#include <boost/json.hpp>

#include "base/unreadable.h"
#include "tap/json_fields.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::string_view kOfGuardians = "read from MongoDB who is told";
constexpr std::string_view kPuttingGuardians = "write into MongoDB who is told";
constexpr std::string_view kAdding = "add words to the outbox in MongoDB";
constexpr std::string_view kClaiming = "claim a word of the outbox in MongoDB";
constexpr std::string_view kSettling = "note in MongoDB what became of a word";
constexpr std::string_view kReading = "read the outbox in MongoDB";
constexpr std::string_view kRemoving = "remove words from the outbox in MongoDB";
constexpr int kMostRaces = 50;

Object DocumentOf(const Message& message) {
  return {{"_id", message.id},
          {"kind", ToString(message.kind)},
          {"day", message.day},
          {"person", message.person},
          {"guardian", message.guardian},
          {"recipient", message.recipient},
          {"channel", ToString(message.channel)},
          {"time", message.time},
          {"text", message.text},
          {"due_us", message.due_us},
          {"expires_us", message.expires_us},
          {"state", ToString(message.state)},
          {"attempts", message.attempts},
          {"changed_us", message.changed_us},
          {"detail", message.detail}};
}

Message MessageIn(const Object& document) {
  Message message;
  message.id = TextAt(document, "_id");
  message.kind = MessageKindFrom(TextAt(document, "kind")).value_or(MessageKind::kArrival);
  message.day = TextAt(document, "day");
  message.person = TextAt(document, "person");
  message.guardian = TextAt(document, "guardian");
  message.recipient = TextAt(document, "recipient");
  message.channel = ChannelFrom(TextAt(document, "channel")).value_or(Channel::kMail);
  message.time = TextAt(document, "time");
  message.text = TextAt(document, "text");
  message.due_us = IntegerAt(document, "due_us");
  message.expires_us = IntegerAt(document, "expires_us");
  message.state = MessageStateFrom(TextAt(document, "state")).value_or(MessageState::kFailed);
  message.attempts = IntegerAt(document, "attempts");
  message.changed_us = IntegerAt(document, "changed_us");
  message.detail = TextAt(document, "detail");
  return message;
}

template <typename Things>
Object AnyOf(const Things& things) {
  json::array names;
  for (const auto& each : things) names.emplace_back(ToString(each));
  return {{"$in", std::move(names)}};
}

std::vector<Guardian> GuardiansIn(const Object& document) {
  std::vector<Guardian> guardians;
  const json::value* const list = document.if_contains("list");
  if (list == nullptr || !list->is_array()) return guardians;
  for (const json::value& each : list->get_array()) {
    auto guardian = GuardianFromJson(each);
    if (guardian) {
      guardians.push_back(*std::move(guardian));
    } else {
      NoteUnreadable("a guardian in MongoDB", guardian.error());
    }
  }
  return guardians;
}

}  // namespace

Result<std::map<std::string, std::vector<Guardian>>> MongoMessages::GuardiansOfAll(
    std::span<const std::string> people) {
  json::array ids;
  for (const std::string& person : people) ids.emplace_back(person);
  const auto found = session_.Find(kGuardiansCollection, {{"_id", {{"$in", std::move(ids)}}}},
                                   {{"batchSize", 1000}});
  if (!found) return found.error().ToError(kOfGuardians);
  std::map<std::string, std::vector<Guardian>> all;
  for (const Object& document : *found) {
    auto guardians = GuardiansIn(document);
    if (!guardians.empty()) all.emplace(TextAt(document, "_id"), std::move(guardians));
  }
  return all;
}

Result<> MongoMessages::PutGuardians(std::string_view person, std::span<const Guardian> guardians) {
  if (guardians.empty()) {
    const auto removed = session_.RemoveAll(kGuardiansCollection, {{"_id", person}});
    if (!removed) return removed.error().ToError(kPuttingGuardians);
    return {};
  }
  json::array list;
  for (const Guardian& each : guardians) list.push_back(ToJson(each));
  const auto put = session_.UpdateOne(kGuardiansCollection, {{"_id", person}},
                                      {{"$set", {{"list", std::move(list)}}}}, /*upsert=*/true);
  if (!put) return put.error().ToError(kPuttingGuardians);
  return {};
}

Result<size_t> MongoMessages::AddMessages(std::span<const Message> messages) {
  std::vector<Object> documents;
  documents.reserve(messages.size());
  for (const Message& each : messages) documents.push_back(DocumentOf(each));
  if (documents.empty()) return size_t{0};
  const auto inserted = session_.InsertMany(kMessagesCollection, documents);
  if (!inserted) return inserted.error().ToError(kAdding);
  for (const auto& [index, failure] : inserted->failures) {
    // It was added before, perhaps by another server.
    if (failure.kind != MongoFailure::Kind::kDuplicateKey) return failure.ToError(kAdding);
  }
  return documents.size() - inserted->failures.size();
}

// Whoever changes the document from waiting has the claim: of several servers that see it, one.
Result<std::optional<Message>> MongoMessages::ClaimMessage(std::span<const Channel> channels,
                                                           int64_t now_us) {
  const Object waiting{{"state", ToString(MessageState::kWaiting)},
                       {"due_us", {{"$lte", now_us}}},
                       {"channel", AnyOf(channels)}};
  for (int race = 0; race < kMostRaces; ++race) {
    const auto found = session_.Find(kMessagesCollection, waiting,
                                     {{"sort", Object{{"due_us", 1}, {"_id", 1}}}, {"limit", 1}});
    if (!found) return found.error().ToError(kClaiming);
    if (found->empty()) return std::optional<Message>();
    Message message = MessageIn(found->front());
    const int64_t attempts = message.attempts;
    message.state = MessageState::kSending;
    message.attempts = attempts + 1;
    message.changed_us = now_us;
    const auto claimed = session_.UpdateOne(
        kMessagesCollection,
        {{"_id", message.id}, {"state", ToString(MessageState::kWaiting)}, {"attempts", attempts}},
        {{"$set",
          {{"state", ToString(MessageState::kSending)},
           {"attempts", message.attempts},
           {"changed_us", now_us}}}});
    if (!claimed) return claimed.error().ToError(kClaiming);
    if (*claimed == 1) return std::optional(std::move(message));
  }
  return std::optional<Message>();
}

Result<bool> MongoMessages::SettleMessage(const Message& claimed, const MessageOutcome& outcome,
                                          int64_t now_us) {
  const json::array states{ToString(MessageState::kSending), ToString(MessageState::kFailed)};
  const auto settled = session_.UpdateOne(
      kMessagesCollection,
      {{"_id", claimed.id}, {"attempts", claimed.attempts}, {"state", {{"$in", states}}}},
      {{"$set",
        {{"state", ToString(outcome.state)},
         {"due_us", std::max(claimed.due_us, outcome.due_us)},
         {"detail", outcome.detail},
         {"changed_us", now_us}}}});
  if (!settled) return settled.error().ToError(kSettling);
  return *settled == 1;
}

Result<size_t> MongoMessages::GiveUpClaims(int64_t claimed_before_us, std::string_view detail,
                                           int64_t now_us) {
  const auto found = session_.Find(
      kMessagesCollection,
      {{"state", ToString(MessageState::kSending)}, {"changed_us", {{"$lt", claimed_before_us}}}});
  if (!found) return found.error().ToError(kSettling);
  size_t count = 0;
  for (const Object& document : *found) {
    const Message message = MessageIn(document);
    const auto given_up = session_.UpdateOne(kMessagesCollection,
                                             {{"_id", message.id},
                                              {"state", ToString(MessageState::kSending)},
                                              {"attempts", message.attempts}},
                                             {{"$set",
                                               {{"state", ToString(MessageState::kFailed)},
                                                {"detail", detail},
                                                {"changed_us", now_us}}}});
    if (!given_up) return given_up.error().ToError(kSettling);
    count += static_cast<size_t>(*given_up);
  }
  return count;
}

Result<std::vector<Message>> MongoMessages::FindMessages(const MessageQuery& query) {
  Object filter{{"day", {{"$gte", query.first_day}, {"$lte", query.last_day}}}};
  if (!query.states.empty()) filter.emplace("state", AnyOf(query.states));
  if (!query.person.empty()) filter.emplace("person", query.person);
  const auto found = session_.Find(kMessagesCollection, filter,
                                   {{"sort", Object{{"changed_us", -1}, {"_id", 1}}},
                                    {"limit", static_cast<int64_t>(query.most)}});
  if (!found) return found.error().ToError(kReading);
  std::vector<Message> messages;
  messages.reserve(found->size());
  for (const Object& document : *found) messages.push_back(MessageIn(document));
  return messages;
}

Result<std::map<MessageState, size_t>> MongoMessages::CountMessages(std::string_view day) {
  std::map<MessageState, size_t> counts;
  for (const MessageState state :
       {MessageState::kWaiting, MessageState::kSending, MessageState::kSent, MessageState::kFailed,
        MessageState::kDropped}) {
    const auto count =
        session_.Count(kMessagesCollection, {{"day", day}, {"state", ToString(state)}});
    if (!count) return count.error().ToError(kReading);
    if (*count > 0) counts[state] = static_cast<size_t>(*count);
  }
  return counts;
}

Result<size_t> MongoMessages::CountSent(std::string_view day, std::string_view recipient) {
  const json::array states{ToString(MessageState::kSending), ToString(MessageState::kSent),
                           ToString(MessageState::kFailed)};
  Object filter{{"day", day}, {"state", {{"$in", states}}}, {"attempts", {{"$gt", 0}}}};
  if (recipient.empty()) {
    filter.emplace("kind", Object{{"$ne", ToString(MessageKind::kStaff)}});
  } else {
    filter.emplace("recipient", recipient);
  }
  const auto count = session_.Count(kMessagesCollection, filter);
  if (!count) return count.error().ToError(kReading);
  return static_cast<size_t>(*count);
}

Result<size_t> MongoMessages::PurgeMessages(std::string_view first_kept_day) {
  const Object old{{"day", {{"$lt", first_kept_day}}}};
  const auto count = session_.Count(kMessagesCollection, old);
  if (!count) return count.error().ToError(kRemoving);
  if (*count == 0) return size_t{0};
  const auto removed = session_.RemoveAll(kMessagesCollection, old);
  if (!removed) return removed.error().ToError(kRemoving);
  return static_cast<size_t>(*count);
}

Result<> MongoMessages::Erase(std::string_view person) {
  const auto guardians = session_.RemoveAll(kGuardiansCollection, {{"_id", person}});
  if (!guardians) return guardians.error().ToError(kRemoving);
  const auto messages = session_.RemoveAll(kMessagesCollection, {{"person", person}});
  if (!messages) return messages.error().ToError(kRemoving);
  return {};
}

}  // namespace tamtap::central

#include "central/mongo_failure.h"

#include <mongoc/mongoc.h>

#include <optional>
#include <utility>

#include "tap/json_fields.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Kind = MongoFailure::Kind;
using Object = json::object;

const json::array* ArrayAt(const Object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_array();
}

// A write that was done, but on too few members or not journaled, is not done.
bool HasWriteConcernErrors(const Object& reply) {
  const json::array* const errors = ArrayAt(reply, "writeConcernErrors");
  return errors != nullptr && !errors->empty();
}

MongoFailure NoMajority() { return {Kind::kUnreachable, "the write reached no majority"}; }

// By the document's index. Nothing: some entry names no document of ours, or has no code.
std::optional<std::map<size_t, MongoFailure>> ReadWriteErrors(const json::array& errors,
                                                              size_t count) {
  std::map<size_t, MongoFailure> failures;
  for (const json::value& each : errors) {
    const Object* const entry = each.if_object();
    if (entry == nullptr) return std::nullopt;
    const int64_t index = IntegerAt(*entry, "index", -1);
    const int64_t code = IntegerAt(*entry, "code", -1);
    if (index < 0 || static_cast<uint64_t>(index) >= count || code < 0) return std::nullopt;
    std::string message = TextAt(*entry, "errmsg");
    const Kind kind = KindOfDocumentCode(static_cast<int>(code), message);
    failures.emplace(static_cast<size_t>(index), MongoFailure{kind, std::move(message)});
  }
  return failures;
}

// libmongoc tells why no server could be had in words alone.
void ExplainUnreachable(std::string_view reason, Error& error) {
  const auto says = [reason](std::string_view words) {
    return reason.find(words) != std::string_view::npos;
  };
  if (says("certificate verify failed") || says("Failed initialize TLS state")) {
    error.code = ErrorCode::kMisconfigured;
    error.hint =
        "the server's certificate is not trusted, nothing was sent: check tlsCAFile and the host "
        "name in the MongoDB URI, and the clock";
  } else if (says("TLS handshake")) {
    error.hint = "does this server speak TLS? The MongoDB URI asks for it";
  } else if (says("No suitable servers") && says("Failed to read 4 bytes")) {
    error.hint = "the server hangs up or is silent; if it speaks TLS only, the URI needs tls=true";
  }
}

}  // namespace

Kind KindOfCommandCode(int code, std::string_view message) {
  switch (code) {
    case 13:  // Unauthorized
    case 18:  // AuthenticationFailed
      return Kind::kDenied;
    case 8000:  // Atlas: wrong credentials, and a full quota as well
      return message.find("quota") == std::string_view::npos ? Kind::kDenied : Kind::kFull;
    case 14031:  // OutOfDiskSpace
      return Kind::kFull;
    case 50:  // MaxTimeMSExpired
      return Kind::kTooSlow;
    case 6:      // HostUnreachable
    case 7:      // HostNotFound
    case 64:     // WriteConcernFailed
    case 79:     // UnknownReplWriteConcern
    case 89:     // NetworkTimeout
    case 91:     // ShutdownInProgress
    case 100:    // UnsatisfiableWriteConcern
    case 133:    // FailedToSatisfyReadPreference
    case 189:    // PrimarySteppedDown
    case 262:    // ExceededTimeLimit
    case 9001:   // SocketException
    case 10107:  // NotWritablePrimary
    case 11600:  // InterruptedAtShutdown
    case 11602:  // InterruptedDueToReplStateChange
    case 13435:  // NotPrimaryNoSecondaryOk
    case 13436:  // NotPrimaryOrSecondary
      return Kind::kUnreachable;
    default:
      return Kind::kOther;
  }
}

Kind KindOfDocumentCode(int code, std::string_view message) {
  switch (code) {
    case 11000:  // DuplicateKey, and its older forms
    case 11001:
    case 12582:
      return Kind::kDuplicateKey;
    case 121:    // DocumentValidationFailure
    case 10334:  // BSONObjectTooLarge
    case 17280:  // KeyTooLong
    case 17419:  // the resulting document would be too large
    case 17420:
      return Kind::kRejected;
    default:
      return KindOfCommandCode(code, message);
  }
}

MongoFailure FailureOfCall(const bson_error_t& error) {
  switch (error.domain) {
    case MONGOC_ERROR_SERVER:
      return {KindOfCommandCode(static_cast<int>(error.code), error.message), error.message};
    case MONGOC_ERROR_CLIENT:
      if (error.code == MONGOC_ERROR_CLIENT_AUTHENTICATE) return {Kind::kDenied, error.message};
      // Before anything was sent, and perhaps by what a server said of its limits.
      if (error.code == MONGOC_ERROR_CLIENT_TOO_BIG) return {Kind::kOther, error.message};
      return {Kind::kUnreachable, error.message};
    case MONGOC_ERROR_SASL:
    case MONGOC_ERROR_SCRAM:
      return {Kind::kDenied, error.message};
    case MONGOC_ERROR_BSON:  // a document that the driver does not send, or a reply it can't read
      return {Kind::kOther, error.message};
    default:
      return {Kind::kUnreachable, error.message};
  }
}

MongoAttempt<Object> ReadWriteReply(bool done, Object reply, const bson_error_t& error) {
  if (HasWriteConcernErrors(reply)) return tl::unexpected(NoMajority());
  if (done) return reply;
  const json::array* const errors = ArrayAt(reply, "writeErrors");
  if (error.domain == MONGOC_ERROR_SERVER && errors != nullptr && errors->size() == 1) {
    if (auto failures = ReadWriteErrors(*errors, 1)) {
      return tl::unexpected(std::move(failures->at(0)));
    }
  }
  return tl::unexpected(FailureOfCall(error));
}

MongoAttempt<MongoBulkResult> ReadBulkReply(bool done, const Object& reply,
                                            const bson_error_t& error, size_t count) {
  MongoBulkResult result;
  result.inserted = IntegerAt(reply, "nInserted");
  result.matched = IntegerAt(reply, "nMatched");
  if (HasWriteConcernErrors(reply)) return tl::unexpected(NoMajority());
  if (done) return result;
  const json::array* const errors = ArrayAt(reply, "writeErrors");
  if (error.domain != MONGOC_ERROR_SERVER || errors == nullptr || errors->empty()) {
    return tl::unexpected(FailureOfCall(error));
  }
  auto failures = ReadWriteErrors(*errors, count);
  if (!failures) return tl::unexpected(FailureOfCall(error));
  for (const auto& [index, failure] : *failures) {
    if (failure.OfTheWholeServer()) return tl::unexpected(failure);
  }
  result.failures = *std::move(failures);
  return result;
}

Error MongoFailure::ToError(std::string_view operation) const {
  Error error{ErrorCode::kRetry, std::string(operation) + ": " + reason, 0, {}};
  switch (kind) {
    case Kind::kDenied:
      error.code = ErrorCode::kDenied;
      error.hint = "check the user name, password and roles in the MongoDB URI";
      break;
    case Kind::kFull:
      error.code = ErrorCode::kFull;
      error.hint = "free space on the MongoDB server";
      break;
    case Kind::kDuplicateKey:
    case Kind::kRejected:
      error.code = ErrorCode::kRejected;
      break;
    case Kind::kUnreachable:
      ExplainUnreachable(reason, error);
      break;
    case Kind::kTooSlow:
    case Kind::kOther:
      break;
  }
  return error;
}

}  // namespace tamtap::central

// Finds out why an operation of MongoDB failed, and what that says of its record. Pure functions.
//
// A record is refused for good only by what the server says of that very document: an entry of the
// reply's `writeErrors`, with a code that can mean nothing else. What concerns the whole command,
// the connection, authentication, quota, a majority, or an answer that can't be read, says nothing
// of any document, whatever its code.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/result.h"

struct _bson_error_t;

namespace tamtap::central {

struct MongoFailure {
  enum class Kind {
    kDuplicateKey,  // of this document: a unique key is taken, E11000
    kRejected,      // of this document: it can never be stored
    kDenied,        // authentication or authorisation
    kFull,          // the server's disk or quota
    kTooSlow,       // the server answered that it did not get it done in the time it was given
    kUnreachable,   // no answer, no primary, no majority: of what was sent, nothing is known
    kOther,         // the server said no to this one operation, not for good
  };
  Kind kind = Kind::kOther;
  std::string reason;

  // Whether it concerns the server as a whole, and so every record that was sent.
  bool OfTheWholeServer() const {
    return kind == Kind::kDenied || kind == Kind::kFull || kind == Kind::kTooSlow ||
           kind == Kind::kUnreachable;
  }
  // Of kDuplicateKey: whether `_id` itself is the key that is taken.
  bool IdIsTaken() const { return reason.find("index: _id_") != std::string::npos; }
  Error ToError(std::string_view operation) const;
};

template <typename T>
using MongoAttempt = tl::expected<T, MongoFailure>;

// What the error code of a whole command means.
MongoFailure::Kind KindOfCommandCode(int code, std::string_view message);
// What the code of one entry of `writeErrors` means.
MongoFailure::Kind KindOfDocumentCode(int code, std::string_view message);

// What the driver's error of a call means.
MongoFailure FailureOfCall(const _bson_error_t& error);

// The reply to a write of one document.
MongoAttempt<boost::json::object> ReadWriteReply(bool done, boost::json::object reply,
                                                 const _bson_error_t& error);

struct MongoBulkResult {
  int64_t inserted = 0;
  int64_t matched = 0;
  std::map<size_t, MongoFailure> failures;  // by the operation's index; the others are done
};
// The reply to an unordered write of `count` documents. An error that does not say which of them
// it belongs to is an error of the call: then nothing is known of any.
MongoAttempt<MongoBulkResult> ReadBulkReply(bool done, const boost::json::object& reply,
                                            const _bson_error_t& error, size_t count);

}  // namespace tamtap::central

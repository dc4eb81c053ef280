#include "central/mongo_failure.h"

#include <gtest/gtest.h>
#include <mongoc/mongoc.h>

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Kind = MongoFailure::Kind;

bson_error_t ErrorOf(uint32_t domain, uint32_t code) {
  bson_error_t error;
  bson_set_error(&error, domain, code, "the driver's words");
  return error;
}

json::object Reply(std::string_view text) { return json::parse(text).as_object(); }

constexpr uint32_t kServer = MONGOC_ERROR_SERVER;

TEST(MongoFailureTest, CodesMeanWhatTheCallerCanDo) {
  EXPECT_EQ(KindOfDocumentCode(11000, ""), Kind::kDuplicateKey);
  EXPECT_EQ(KindOfDocumentCode(121, ""), Kind::kRejected);
  EXPECT_EQ(KindOfDocumentCode(10334, ""), Kind::kRejected);
  EXPECT_EQ(KindOfCommandCode(13, ""), Kind::kDenied);
  EXPECT_EQ(KindOfCommandCode(18, ""), Kind::kDenied);
  EXPECT_EQ(KindOfCommandCode(8000, "bad auth : authentication failed"), Kind::kDenied);
  EXPECT_EQ(KindOfCommandCode(8000, "you are over your space quota"), Kind::kFull);
  EXPECT_EQ(KindOfCommandCode(14031, ""), Kind::kFull);
  EXPECT_EQ(KindOfCommandCode(50, ""), Kind::kTooSlow);
  for (const int code : {64, 91, 189, 10107, 11602, 13435}) {
    EXPECT_EQ(KindOfCommandCode(code, ""), Kind::kUnreachable) << code;
    EXPECT_EQ(KindOfDocumentCode(code, ""), Kind::kUnreachable) << code;
  }
  EXPECT_EQ(KindOfCommandCode(112, ""), Kind::kOther);
  EXPECT_EQ((MongoFailure{Kind::kDenied, "x"}).ToError("y").code, ErrorCode::kDenied);
  EXPECT_EQ((MongoFailure{Kind::kFull, "x"}).ToError("y").code, ErrorCode::kFull);
  EXPECT_EQ((MongoFailure{Kind::kUnreachable, "x"}).ToError("y").code, ErrorCode::kRetry);
  EXPECT_EQ((MongoFailure{Kind::kOther, "x"}).ToError("y").code, ErrorCode::kRetry);
}

TEST(MongoFailureTest, ACertificateThatDoesNotVerifyIsForAPersonToMend) {
  const Error error =
      MongoFailure{MongoFailure::Kind::kUnreachable,
                   "No suitable servers found: [TLS handshake failed: certificate verify failed "
                   "(64): IP address mismatch]"}
          .ToError("reach MongoDB");
  EXPECT_EQ(error.code, ErrorCode::kMisconfigured);
  EXPECT_NE(error.hint.find("tlsCAFile"), std::string::npos);
}

// Every code that would refuse a document, and many more, as the error of anything but one
// document.
TEST(MongoFailureTest, NoErrorOfACallRefusesADocument) {
  const json::object nothing;
  for (uint32_t domain = 1; domain <= 30; ++domain) {
    for (const uint32_t code :
         {1u,  2u,   6u,   9u,    11u,    13u,    18u,    22u,    50u,    64u,    89u,
          91u, 121u, 189u, 8000u, 10107u, 10334u, 11000u, 11001u, 12582u, 17280u, 17419u}) {
      const bson_error_t error = ErrorOf(domain, code);
      const auto one = ReadWriteReply(false, nothing, error);
      ASSERT_FALSE(one);
      const auto many = ReadBulkReply(false, nothing, error, 3);
      ASSERT_FALSE(many);
      for (const Kind kind : {one.error().kind, many.error().kind, FailureOfCall(error).kind}) {
        EXPECT_NE(kind, Kind::kRejected) << domain << " " << code;
        EXPECT_NE(kind, Kind::kDuplicateKey) << domain << " " << code;
      }
    }
  }
}

TEST(MongoFailureTest, TheErrorOfOneDocumentIsItsOwn) {
  const bson_error_t error = ErrorOf(kServer, 121);
  const auto one = ReadWriteReply(
      false, Reply(R"({"insertedCount":0,"writeErrors":[{"index":0,"code":121,"errmsg":"no"}]})"),
      error);
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().kind, Kind::kRejected);
  EXPECT_EQ(one.error().reason, "no");
  const auto many = ReadBulkReply(false, Reply(R"({"nInserted":1,"writeErrors":[
                                        {"index":2,"code":11000,"errmsg":"there"},
                                        {"index":0,"code":2,"errmsg":"bad value"}]})"),
                                  error, 3);
  ASSERT_TRUE(many) << many.error().reason;
  EXPECT_EQ(many->inserted, 1);
  ASSERT_EQ(many->failures.size(), 2u);
  EXPECT_EQ(many->failures.at(0).kind, Kind::kOther) << "another try";
  EXPECT_EQ(many->failures.at(2).kind, Kind::kDuplicateKey);
}

TEST(MongoFailureTest, AnErrorThatNamesNoDocumentOfOursIsOneOfTheCall) {
  const bson_error_t error = ErrorOf(kServer, 121);
  for (const char* const entry : {R"({"code":121,"errmsg":"no"})", R"({"index":3,"code":121})",
                                  R"({"index":-1,"code":121})", R"({"index":"0","code":121})",
                                  R"({"index":0})", R"({"index":0,"code":"121"})", "1", "null"}) {
    const std::string good = R"({"index":1,"code":121,"errmsg":"no"})";
    const json::object reply =
        Reply(R"({"nInserted":1,"writeErrors":[)" + good + "," + entry + "]}");
    const auto many = ReadBulkReply(false, reply, error, 3);
    ASSERT_FALSE(many) << entry;
    EXPECT_EQ(many.error().kind, Kind::kOther) << entry;
    const auto one =
        ReadWriteReply(false, Reply(std::string(R"({"writeErrors":[)") + entry + "]}"), error);
    ASSERT_FALSE(one) << entry;
    EXPECT_EQ(one.error().kind, Kind::kOther) << entry;
  }
  // The driver says that it is no error of the server's: what is in the reply is not to be trusted.
  const auto torn =
      ReadWriteReply(false, Reply(R"({"writeErrors":[{"index":0,"code":121,"errmsg":"no"}]})"),
                     ErrorOf(MONGOC_ERROR_STREAM, MONGOC_ERROR_STREAM_SOCKET));
  EXPECT_EQ(torn.error().kind, Kind::kUnreachable);
}

TEST(MongoFailureTest, AWriteWithoutAMajorityIsNotDone) {
  const json::object reply = Reply(R"({"nInserted":3,"writeConcernErrors":[{"code":64}],
                                       "writeErrors":[{"index":0,"code":121,"errmsg":"no"}]})");
  for (const bool done : {true, false}) {
    const bson_error_t error = ErrorOf(kServer, 64);
    EXPECT_EQ(ReadWriteReply(done, reply, error).error().kind, Kind::kUnreachable);
    EXPECT_EQ(ReadBulkReply(done, reply, error, 3).error().kind, Kind::kUnreachable);
  }
}

TEST(MongoFailureTest, OneDocumentsFailureThatIsTheServersStopsTheBatch) {
  const auto many = ReadBulkReply(false, Reply(R"({"nInserted":1,"writeErrors":[
                          {"index":0,"code":121,"errmsg":"no"},
                          {"index":1,"code":10107,"errmsg":"not primary"}]})"),
                                  ErrorOf(kServer, 121), 3);
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().kind, Kind::kUnreachable);
}

TEST(MongoFailureTest, WhichKeyIsTakenIsRead) {
  const auto taken = [](const char* message) {
    return MongoFailure{Kind::kDuplicateKey, message}.IdIsTaken();
  };
  EXPECT_TRUE(taken("E11000 duplicate key error collection: t.attendance index: _id_ dup key: {}"));
  EXPECT_FALSE(taken("E11000 duplicate key error collection: t.attendance index: email_1 dup key"));
  EXPECT_FALSE(taken("E11000 duplicate key error collection: t.attendance"));
}

}  // namespace
}  // namespace tamtap::central

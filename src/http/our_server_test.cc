#include "http/our_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/our_answer.h"

namespace tamtap::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class OneAnswer final : public Client {
 public:
  explicit OneAnswer(Result<Response> answer) : answer_(std::move(answer)) {}
  Result<Response> Send(Request) override { return answer_; }

 private:
  const Result<Response> answer_;
};

Result<Response> Ask(Result<Response> answer) {
  OurServer server(std::make_unique<OneAnswer>(answer));
  auto response = server.Ask({});
  const auto again = server.AskWithin(std::chrono::seconds(1), {});
  EXPECT_EQ(response.has_value(), again.has_value());
  return response;
}

TEST(OurServer, EveryAnswerThatCarriesTheVersionIsHandedOn) {
  for (const int status : {200, 304, 400, 401, 403, 408, 413, 429, 431, 500, 503, 507}) {
    const auto response = Ask(OurAnswer(status, "body", {{"X-A", "b"}}));
    ASSERT_TRUE(response) << status;
    EXPECT_EQ(response->status, status);
    EXPECT_EQ(response->body, "body");
    EXPECT_EQ(response->Header("x-a"), "b");
  }
  EXPECT_TRUE(Ask(Response{200, {{"tamtap-version", "1.0.0"}}, ""})) << "names have no case";
}

TEST(OurServer, WhateverDoesNotCarryItIsAnErrorThatSaysWhatToLookAt) {
  for (const int status : {200, 204, 304, 400, 401, 403, 404, 413, 429, 502, 503}) {
    const auto response = Ask(Response{status, {{"Retry-After", "3600"}}, R"({"success":true})"});
    ASSERT_FALSE(response) << status;
    EXPECT_EQ(response.error().code, ErrorCode::kRetry);
    EXPECT_THAT(response.error().Message(), HasSubstr(std::to_string(status)));
    EXPECT_THAT(response.error().hint, HasSubstr("http or https"));
    EXPECT_THAT(response.error().hint, Not(HasSubstr("3600")));
  }
  EXPECT_FALSE(Ask(Response{200, {{"TamTap-Version", ""}}, ""})) << "nothing is no version";
}

TEST(OurServer, ARedirectIsShownWithoutWhatCouldHarmALog) {
  const auto response =
      Ask(Response{302, {{"Location", "http://router/\x1b[31m" + std::string(500, 'x')}}, ""});
  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().hint, HasSubstr("http://router/?[31mxxx"));
  EXPECT_LT(response.error().hint.size(), 300u);
}

TEST(OurServer, NoAnswerStaysTheErrorThatItIs) {
  const auto response = Ask(Error{ErrorCode::kMisconfigured, "verify the certificate", 0, ""});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kMisconfigured);
}

}  // namespace
}  // namespace tamtap::http

#include "messages/words_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tamtap {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kHostile = "a\"b\\c\r\n&x=1{to}ñ";

TEST(WordsOptionsTest, ABodyOfJsonStaysJsonWhateverIsSaid) {
  Gateway gateway;
  gateway.url = "https://sms.example/send?to={to}";
  const HttpCall call = GatewayCall(gateway, "+639171234567", kHostile, "id-1");
  const auto body = boost::json::parse(call.body).as_object();
  EXPECT_EQ(body.at("text"), kHostile);
  EXPECT_EQ(body.at("to"), "+639171234567");
  EXPECT_EQ(call.url, "https://sms.example/send?to=%2B639171234567");
  EXPECT_THAT(call.headers, Contains("Idempotency-Key: id-1"));
  EXPECT_THAT(call.headers, Contains("Content-Type: application/json"));
}

TEST(WordsOptionsTest, AFormIsPercentEncodedAndAGetHasNoBody) {
  Gateway gateway;
  gateway.url = "https://sms.example/{id}";
  gateway.format = BodyFormat::kForm;
  gateway.body = "to={to}&text={text}";
  gateway.headers = {"content-type: application/x-www-form-urlencoded;charset=utf-8"};
  const HttpCall call = GatewayCall(gateway, "0917", "a&b=ñ", "7");
  EXPECT_EQ(call.body, "to=0917&text=a%26b%3D%C3%B1");
  EXPECT_EQ(call.url, "https://sms.example/7");
  EXPECT_EQ(call.headers.size(), 2u);
  gateway.method = "GET";
  EXPECT_EQ(GatewayCall(gateway, "0917", "a", "7").body, "");
}

std::string Complaint(const std::function<void(WordsOptions&)>& change) {
  WordsOptions options;
  options.mail.url = "smtp://mail.example:587";
  options.mail_from = "attendance@school.example";
  EXPECT_TRUE(Check(options));
  change(options);
  const auto checked = Check(options);
  return checked ? "" : checked.error().Message();
}

TEST(WordsOptionsTest, SettingsThatCantWorkAreSaid) {
  EXPECT_TRUE(Check(WordsOptions()));
  EXPECT_THAT(Complaint([](auto& all) { all.mail.url = "http://x"; }), HasSubstr("smtps://HOST"));
  EXPECT_THAT(Complaint([](auto& all) { all.mail_from = "x"; }), HasSubstr("--words-from"));
  EXPECT_THAT(Complaint([](auto& all) { all.mail.user = "x"; }), HasSubstr("or none"));
  EXPECT_THAT(Complaint([](auto& all) {
                all.mail.user = all.mail.password = "x";
                all.mail.tls = MailTls::kNever;
              }),
              HasSubstr("in the clear"));
  EXPECT_THAT(Complaint([](auto& all) { all.gateway.url = "https://{to}.example/"; }),
              HasSubstr("--words-gateway-url"));
  EXPECT_THAT(Complaint([](auto& all) {
                all.gateway.url = "https://sms.example/";
                all.gateway.body = "{\"text\":{text}}";
              }),
              HasSubstr("no JSON"));
  EXPECT_THAT(Complaint([](auto& all) { all.staff.to = {"nobody"}; }), HasSubstr("nobody"));
}

}  // namespace
}  // namespace tamtap

#include "messages/guardian.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tamtap {
namespace {

using ::testing::HasSubstr;

Result<Guardian> Read(const std::string& text) {
  return GuardianFromJson(boost::json::parse(text));
}

TEST(GuardianTest, IsReadTidied) {
  const auto guardian = Read(R"({"id":"aa","name":" Nena Pen\u0303a ","mail":" nena@example.org ",
      "phone":"(0917) 123-4567","language":"fil","arrival":true,"absence":"yes"})");
  ASSERT_TRUE(guardian) << guardian.error().Message();
  EXPECT_EQ(guardian->name, "Nena Peña");
  EXPECT_EQ(guardian->mail, "nena@example.org");
  EXPECT_EQ(guardian->phone, "09171234567");
  EXPECT_EQ(guardian->language, Language::kFilipino);
  EXPECT_TRUE(guardian->Wants(MessageKind::kArrival));
  EXPECT_FALSE(guardian->Wants(MessageKind::kAbsence));
  EXPECT_EQ(*GuardianFromJson(ToJson(*guardian)), *guardian);
}

TEST(GuardianTest, WhatCantBeWrittenToIsRefusedWithASentence) {
  EXPECT_THAT(Read(R"({"name":"N"})").error().Message(), HasSubstr("mail address or a telephone"));
  EXPECT_THAT(Read(R"({"mail":"a@example.org"})").error().Message(), HasSubstr("name"));
  EXPECT_THAT(Read(R"({"name":"N","mail":"a@example.org\r\nBcc: x@y.z"})").error().Message(),
              HasSubstr("no mail address"));
  EXPECT_THAT(Read(R"({"name":"N\nM","mail":"a@b.c"})").error().Message(), HasSubstr("one line"));
  EXPECT_THAT(Read(R"({"name":"N","phone":"12"})").error().Message(), HasSubstr("7 to 15"));
  EXPECT_THAT(Read(R"({"name":"N","mail":"a@b.c","language":"de"})").error().Message(),
              HasSubstr("en or fil"));
}

TEST(GuardianTest, KnowsMailAddresses) {
  for (const char* good : {"a@b", "first.last+x@sub.example.org", "o'hara@example.org"}) {
    EXPECT_TRUE(IsMailAddress(good)) << good;
  }
  for (const char* bad : {"", "a", "@b", "a@", "a b@c.d", "a@b c", "a@b@c", ".a@b", "a..b@c",
                          "a@.b", "a@b.", "a>@b.c", "a@b\r\n", "\"a\"@b.c", "-a@b.c", "ñ@b.c"}) {
    EXPECT_FALSE(IsMailAddress(bad)) << bad;
  }
}

}  // namespace
}  // namespace tamtap

#include "messages/mail_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

LocalTime Morning() {
  return TimeZone::Load("Asia/Manila")
      ->ToLocal(WallTime(std::chrono::microseconds(1'795'388'400'000'000)));
}

MailText Example() {
  return {"0123",        "attendance@school.example", "Narra High", "nena@example.org", "Nena",
          "Ana arrived", "Ana arrived at 07:00."};
}

TEST(MailBytesTest, AMailHasItsHeaders) {
  EXPECT_EQ(MailBytes(Example(), Morning()),
            "Date: Mon, 23 Nov 2026 07:00:00 +0800\r\n"
            "From: Narra High\r\n <attendance@school.example>\r\n"
            "To: Nena\r\n <nena@example.org>\r\n"
            "Subject: Ana arrived\r\n"
            "Message-ID: <0123@school.example>\r\n"
            "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=UTF-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n\r\n"
            "Ana arrived at 07:00.\r\n");
}

TEST(MailBytesTest, NothingInANameOrTextAddsAHeader) {
  MailText mail = Example();
  mail.subject = "Ana\r\nBcc: x@example.org";
  mail.to_name = "Nena\nBcc: y@example.org\r\n\r\nbody";
  mail.from_name = "\"Narra\" <z@example.org>,";
  const std::string bytes = MailBytes(mail, Morning());
  EXPECT_THAT(bytes, Not(HasSubstr("Bcc")));
  EXPECT_THAT(bytes, Not(HasSubstr("z@example.org")));
}

TEST(MailBytesTest, WhatIsNotAsciiIsEncodedInWordsThatFit) {
  EXPECT_EQ(HeaderText("Peña"), "=?UTF-8?B?" + Base64Encode("Peña") + "?=");
  std::string name;
  for (int i = 0; i < 40; ++i) name += "ñ😀";
  const std::string header = HeaderText(name);
  std::string decoded;
  for (std::string_view rest = header; !rest.empty();) {
    const size_t end = std::min(rest.find("\r\n "), rest.size());
    const std::string_view word = rest.substr(0, end);
    EXPECT_LE(word.size(), 75u);
    ASSERT_TRUE(word.starts_with("=?UTF-8?B?") && word.ends_with("?="));
    decoded += *Base64Decode(word.substr(10, word.size() - 12));
    rest.remove_prefix(std::min(end + 3, rest.size()));
  }
  EXPECT_EQ(decoded, name);
}

TEST(MailBytesTest, ATextThatIsNotAsciiIsBase64InShortLines) {
  MailText mail = Example();
  mail.text = std::string(300, 'x') + "Peña\n.\nend";
  const std::string bytes = MailBytes(mail, Morning());
  const size_t body = bytes.find("base64\r\n\r\n") + 10;
  std::string joined;
  for (std::string_view rest = std::string_view(bytes).substr(body); !rest.empty();) {
    const size_t end = rest.find("\r\n");
    ASSERT_NE(end, rest.npos);
    EXPECT_LE(end, 76u);
    joined += rest.substr(0, end);
    rest.remove_prefix(end + 2);
  }
  EXPECT_EQ(Base64Decode(joined), mail.text);
}

}  // namespace
}  // namespace tamtap

#include "base/visible.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace tamtap {
namespace {

TEST(VisibleTest, NothingThatATerminalObeysIsLeft) {
  EXPECT_EQ(Visible("A\x1b[2J\x07 B\n\tC"), "A\\u001b[2J\\u0007 B\n\tC");
  EXPECT_EQ(Visible("\xC2\x9B"
                    "31m\x7F\r"),
            "\\u009b31m\\u007f\\u000d")
      << "C1 controls are obeyed too";
  EXPECT_EQ(Visible("\xE2\x80\xAE"
                    "evil\xE2\x81\xA9\xE2\x80\xA8"),
            "\\u202eevil\\u2069\\u2028");
  EXPECT_EQ(Visible("\xFF\xC3"), "\\xff\\xc3");
  EXPECT_EQ(Visible("Peña 李 😀 \\u001b"), "Peña 李 😀 \\u001b");
  EXPECT_EQ(Visible(""), "");
  EXPECT_EQ(Visible(std::string_view("\0", 1)), "\\u0000");
}

TEST(VisibleTest, ALineStaysOne) {
  EXPECT_EQ(VisibleLine("a\n2026-11-23T07:00:00 info forged\tb"),
            "a\\u000a2026-11-23T07:00:00 info forged\\u0009b");
}

TEST(VisibleTest, AnyCodePointIsShownOrEscaped) {
  for (char32_t c = 1; c < 0x2100; ++c) {
    std::string text;
    if (c < 0x80) {
      text = {static_cast<char>(c)};
    } else if (c < 0x800) {
      text = {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
    } else {
      text = {static_cast<char>(0xE0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 0x3F)),
              static_cast<char>(0x80 | (c & 0x3F))};
    }
    const std::string shown = VisibleLine(text);
    EXPECT_TRUE(shown == text || shown.starts_with("\\u")) << static_cast<uint32_t>(c);
    std::string_view rest = shown;
    while (!rest.empty()) {
      const char32_t left = TakeCodePoint(rest);
      EXPECT_FALSE(left < 0x20 || (left >= 0x7F && left < 0xA0)) << static_cast<uint32_t>(c);
    }
  }
}

TEST(WithoutSecretsTest, AUriIsShownWithoutThem) {
  for (const auto& [uri, shown] : std::initializer_list<std::pair<const char*, const char*>>{
           {"mongodb://user:hush@host:27017/db", "mongodb://***@host:27017/db"},
           {"mongodb+srv://user:hush@cluster.example/db?x=y",
            "mongodb+srv://***@cluster.example/db"},
           {"mongodb://h1:27017,h2:27018/db", "mongodb://h1:27017,h2:27018/db"},
           {"https://tamtap.example:3000/school", "https://tamtap.example:3000/school"},
           {"http://[::1]:3000", "http://[::1]:3000"},
           {"http://host/path?token=hush", "http://host/path"},
           {"sqlite:/srv/a@b/central.db", "sqlite:/srv/a@b/central.db"},
           {"central.db", "central.db"},
           // Mistyped.
           {"mongo://user:hush@host/db", "mongo://***@host/db"},
           {"mongodb:/user:hush@host/db", "mongodb:/***@host/db"},
           {"mongodb//user:hush@host/db", "mongodb//***@host/db"},
           {"user:hush@host/db", "***@host/db"},
           {"mongodb://user:hu/sh@host/db", "mongodb://***@host/db"},
           {"mongodb://user:hu?sh@host/db", "mongodb://***@host/db"},
           {"mongodb://user:hu@sh/hu@host/db", "mongodb://***@host/db"},
           {"mongodb://user:hush/db", "mongodb://user:***/db"},
           {"mongodb://user:hush%40host/db", "mongodb://user:***/db"},
           {"mongodb://user:123456789/db", "mongodb://user:***/db"},
       }) {
    EXPECT_EQ(WithoutSecrets(uri), shown);
  }
}

TEST(WithoutSecretsTest, SoIsASentenceThatQuotesOne) {
  EXPECT_EQ(WithoutSecretsInWords("not expected: mongodb://u:hush@h/db\nRun with --help\n"),
            "not expected: mongodb://***@h/db\nRun with --help\n");
  EXPECT_EQ(WithoutSecretsInWords("nothing  to hide"), "nothing  to hide");
}

}  // namespace
}  // namespace tamtap

#include "messages/mail_bytes.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"

namespace tamtap {
namespace {

constexpr size_t kMostInWord = 45;  // bytes; encoded, a word has at most 75 characters
constexpr size_t kBase64Line = 57;  // bytes that make 76 characters
constexpr size_t kLongestLine = 990;
constexpr std::string_view kWeekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool IsPlain(char c) { return c >= ' ' && c <= '~'; }

// "Mon, 23 Nov 2026 07:03:12 +0800"
std::string DateHeader(const LocalTime& now) {
  const auto month =
      static_cast<size_t>(std::clamp(std::atoi(now.day.substr(5, 2).c_str()), 1, 12));
  std::string offset = now.iso.substr(now.iso.size() - 6);
  std::erase(offset, ':');
  if (now.iso.ends_with('Z')) offset = "+0000";
  return fmt::format("{}, {} {} {} {} {}", kWeekdays[static_cast<size_t>(now.weekday)],
                     now.day.substr(8, 2), kMonths[month - 1], now.day.substr(0, 4), now.time,
                     offset);
}

std::string Mailbox(const std::string& name, const std::string& address) {
  if (name.empty()) return "<" + address + ">";
  return HeaderText(name) + "\r\n <" + address + ">";
}

}  // namespace

// A comma or a quote would mean something in a name; so only letters, digits and blanks are plain.
std::string HeaderText(std::string_view text) {
  const bool plain = text.size() <= 70 && std::all_of(text.begin(), text.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == ' ' || c == '-' || c == '.' ||
                              c == ':' || c == '_';
                     });
  const bool dotted = text.find('.') != text.npos || text.find(':') != text.npos;
  if (plain && !dotted && TrimSpace(text) == text) return std::string(text);
  std::string words;
  while (!text.empty()) {
    const std::string part = Shortened(text, kMostInWord);
    size_t taken = 0;
    // Shortened() may have put other bytes for those that are no UTF-8: go by characters.
    for (std::string_view rest = part; !rest.empty() && taken < text.size();) {
      TakeCodePoint(rest);
      std::string_view left = text.substr(taken);
      TakeCodePoint(left);
      taken = text.size() - left.size();
    }
    words += fmt::format("{}=?UTF-8?B?{}?=", words.empty() ? "" : "\r\n ", Base64Encode(part));
    text.remove_prefix(std::max<size_t>(taken, 1));
  }
  return words;
}

std::string MailBytes(const MailText& mail, const LocalTime& now) {
  const size_t at = mail.from.find('@');
  std::string bytes = fmt::format(
      "Date: {}\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=UTF-8\r\n",
      DateHeader(now), Mailbox(mail.from_name, mail.from), Mailbox(mail.to_name, mail.to),
      HeaderText(mail.subject), mail.id,
      at == mail.from.npos ? std::string("localhost") : mail.from.substr(at + 1));
  size_t longest = 0;
  bool plain = true;
  for (std::string_view rest = mail.text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    longest = std::max(longest, end);
    plain = plain &&
            std::all_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(end), IsPlain);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (plain && longest <= kLongestLine) {
    bytes += "Content-Transfer-Encoding: 7bit\r\n\r\n";
    for (const char c : mail.text) {
      if (c == '\n') bytes += '\r';
      bytes += c;
    }
    return bytes + "\r\n";
  }
  bytes += "Content-Transfer-Encoding: base64\r\n\r\n";
  for (std::string_view rest = mail.text; !rest.empty();) {
    const std::string_view line = rest.substr(0, kBase64Line);
    bytes += Base64Encode(line) + "\r\n";
    rest.remove_prefix(line.size());
  }
  return bytes;
}

}  // namespace tamtap

// The bytes of a mail (RFC 5322): one text for one recipient. Whatever a name or text holds, it can
// add neither a header nor a recipient. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "tap/school_time.h"

namespace tamtap {

struct MailText {
  std::string id;         // of the message: the same mail has the same Message-ID, however often
  std::string from;       // addresses alone
  std::string from_name;  // may be empty
  std::string to;
  std::string to_name;  // may be empty
  std::string subject;
  std::string text;  // UTF-8, lines ended by '\n'
};

std::string MailBytes(const MailText& mail, const LocalTime& now);

// As a header holds it: as it is, if that is plain ASCII, else in encoded words (RFC 2047).
std::string HeaderText(std::string_view text);

}  // namespace tamtap

// The privacy notice: what this installation keeps of people, for how long, where, and whom to ask,
// in plain words, as the school's settings have it (docs/privacy.md). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tap/school_settings.h"

namespace tamtap {

struct NoticeSection {
  std::string heading;
  std::vector<std::string> paragraphs;
};

struct Notice {
  std::string language;  // as HTML names it: "en", "fil"
  std::string title;
  std::vector<NoticeSection> sections;
};

// In English and in Filipino.
std::vector<Notice> PrivacyNotices(const SchoolSettings& settings);

}  // namespace tamtap

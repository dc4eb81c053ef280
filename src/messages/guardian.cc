#include "messages/guardian.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "base/visible.h"
#include "tap/json_fields.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostName = 120;  // bytes
constexpr size_t kMostMail = 254;  // RFC 5321
constexpr size_t kFewestDigits = 7;
constexpr size_t kMostDigits = 15;  // E.164
constexpr std::string_view kKinds[] = {"arrival", "departure", "absence", "staff"};

Error NotAGuardian(std::string why) {
  return {ErrorCode::kRejected, "keep a guardian", 0, std::move(why)};
}

bool Flag(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string_view ToString(MessageKind kind) { return kKinds[static_cast<size_t>(kind)]; }

std::optional<MessageKind> MessageKindFrom(std::string_view text) {
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    if (kKinds[i] == text) return static_cast<MessageKind>(i);
  }
  return std::nullopt;
}

std::string_view ToString(Language language) {
  return language == Language::kFilipino ? "fil" : "en";
}

std::optional<Language> LanguageFrom(std::string_view text) {
  if (text == "en") return Language::kEnglish;
  if (text == "fil") return Language::kFilipino;
  return std::nullopt;
}

bool Guardian::Wants(MessageKind kind) const {
  switch (kind) {
    case MessageKind::kArrival:
      return arrival;
    case MessageKind::kDeparture:
      return departure;
    case MessageKind::kAbsence:
      return absence;
    case MessageKind::kStaff:
      return false;
  }
  return false;
}

// A part of RFC 5321 that every mail server takes: no quoted names, no literal addresses.
bool IsMailAddress(std::string_view text) {
  const size_t at = text.find('@');
  if (text.size() > kMostMail || at == text.npos || at == 0 || at > 64) return false;
  const std::string_view name = text.substr(0, at);
  const std::string_view host = text.substr(at + 1);
  constexpr std::string_view kInNames = "!#$%&'*+-/=?^_`{|}~.";
  const bool name_fits = std::all_of(name.begin(), name.end(), [&](char c) {
    return IsLetterOrDigit(c) || kInNames.find(c) != kInNames.npos;
  });
  const bool host_fits = std::all_of(
      host.begin(), host.end(), [](char c) { return IsLetterOrDigit(c) || c == '-' || c == '.'; });
  const auto dotted_well = [](std::string_view part) {
    return !part.empty() && part.front() != '.' && part.back() != '.' &&
           part.find("..") == part.npos;
  };
  return name_fits && host_fits && dotted_well(name) && dotted_well(host) && name.front() != '-' &&
         host.front() != '-';
}

std::string PhoneFrom(std::string_view text) {
  std::string phone;
  for (const char c : TrimSpace(text)) {
    if (c == '+' ? phone.empty() : c >= '0' && c <= '9') {
      phone += c;
    } else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.') {
      return {};
    }
  }
  const size_t digits = phone.size() - (phone.starts_with('+') ? 1 : 0);
  return digits >= kFewestDigits && digits <= kMostDigits ? phone : std::string();
}

json::object ToJson(const Guardian& guardian) {
  return {{"id", guardian.id},
          {"name", guardian.name},
          {"mail", guardian.mail},
          {"phone", guardian.phone},
          {"language", ToString(guardian.language)},
          {"arrival", guardian.arrival},
          {"departure", guardian.departure},
          {"absence", guardian.absence}};
}

Result<Guardian> GuardianFromJson(const json::value& value) {
  const json::object* const object = value.if_object();
  if (object == nullptr) return NotAGuardian("a guardian is an object with a name");
  Guardian guardian;
  guardian.id = TextAt(*object, "id");
  guardian.name = Nfc(TrimSpace(TextAt(*object, "name")));
  guardian.mail = std::string(TrimSpace(TextAt(*object, "mail")));
  const std::string phone(TrimSpace(TextAt(*object, "phone")));
  guardian.phone = PhoneFrom(phone);
  if (guardian.name.empty()) return NotAGuardian("give the guardian's name");
  if (guardian.name.size() > kMostName || VisibleLine(guardian.name) != guardian.name) {
    return NotAGuardian(fmt::format("a name is one line of at most {} bytes", kMostName));
  }
  if (!guardian.mail.empty() && !IsMailAddress(guardian.mail)) {
    return NotAGuardian(fmt::format("'{}' is no mail address", Shortened(guardian.mail, 60)));
  }
  if (!phone.empty() && guardian.phone.empty()) {
    return NotAGuardian(
        fmt::format("'{}' is no telephone number; write 7 to 15 digits, as in "
                    "+639171234567",
                    Shortened(phone, 60)));
  }
  if (guardian.mail.empty() && guardian.phone.empty()) {
    return NotAGuardian("give a mail address or a telephone number");
  }
  const std::string language = TextAt(*object, "language");
  const auto known = LanguageFrom(language.empty() ? "en" : language);
  if (!known) return NotAGuardian("the language is en or fil");
  guardian.language = *known;
  guardian.arrival = Flag(*object, "arrival");
  guardian.departure = Flag(*object, "departure");
  guardian.absence = Flag(*object, "absence");
  return guardian;
}

}  // namespace tamtap

// Names of photos. One says whose it is, when, and which gate took it on which day, so that no
// photo of one gate can stand for another's, nor one of today for one of yesterday:
//   2026-11-23_001_Ana_Reyes_070000_AM_main-gate.jpg
// Photos of earlier versions lack day and gate ("001_Ana_Reyes_070000_AM.jpg"). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tap/record.h"
#include "tap/school.h"

namespace tamtap {

// Whether it consists of letters, digits, '_' and '-' and ends in ".jpg", with at most 240
// characters.
bool IsPhotoFile(std::string_view file);

// The name of a photo of a tap that `terminal` takes. Names of people are in it without marks
// ("Niño" is "Nino").
std::string PhotoName(const Record& record, std::string_view terminal);

// The name that an existing TamTap installation gave the photo of that tap, by its own rule: marks
// off ("Niño" is "Nino"), blanks are '_', 30 characters of each name.
std::string PastPhotoName(const Record& record);

// Whose photo a name with day and gate says it is ("001_Ana_Reyes"); empty: it says nobody. The
// same of a person: empty if they have no number, which alone tells namesakes apart.
std::string OwnerOfPhoto(std::string_view file);
std::string PhotoOwner(const Person& person);

struct PhotoOrigin {
  std::string day;
  std::string terminal;
};
// Nothing if the name does not tell it.
std::optional<PhotoOrigin> OriginOfPhoto(std::string_view file);

// `file` with that day and terminal in its name, whatever stood there before.
std::string WithOrigin(std::string_view file, std::string_view day, std::string_view terminal);

}  // namespace tamtap

// Photos: those that gates send, and those that staff look at.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "server/api_server.h"
#include "server/json_response.h"
#include "server/photo_lookup.h"
#include "server/static_files.h"
#include "tap/photo_name.h"

namespace tamtap {
namespace {

bool IsSha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Of the path and the query.
Result<IncomingPhoto> IncomingPhotoOf(const Call& call) {
  IncomingPhoto photo{call.parameters[0], call.parameters[1], call.request.Query("sha256"), 0};
  const auto length = NumberIn(call.request.Query("length"));
  if (!IsDay(photo.day) || !IsPhotoFile(photo.file) || !IsSha256(photo.sha256) || !length) {
    return Error{ErrorCode::kRejected, "name the photo", 0,
                 "PHOTOS/YYYY-MM-DD/NAME.jpg?length=BYTES&sha256=HEX"};
  }
  if (*length == 0 || *length > kMaxPhotoBytes) {
    return Error{ErrorCode::kRejected, "take the photo", 0, "it has 1 byte to 8 MiB"};
  }
  photo.length = *length;
  return photo;
}

http::Response SayReceived(const IncomingPhoto& photo, const Result<uint64_t>& received) {
  if (!received) return JsonError(received.error());
  return JsonOk({{"received", *received}, {"complete", *received == photo.length}});
}

}  // namespace

http::Response ApiServer::Photo(const Call& call) {
  const std::string& day = call.parameters[0];
  const std::string& file = call.parameters[1];
  if (!IsDay(day)) return JsonError(400, "the date reads YYYY-MM-DD");
  http::Response missing = JsonError(404, "there is no such photo");
  const std::string_view type = ContentTypeOf(file);
  if (!type.starts_with("image/") || type == "image/svg+xml") return missing;
  std::string terminal;
  if (const bool told = OriginOfPhoto(file).has_value(); !call.caller.IsAdmin() || !told) {
    // Theirs to see, if it belongs to an attendance that is.
    const auto& account = *call.caller.account;
    const bool all = account.role == AccountRole::kAdmin;
    const auto found =
        store_.FindAttendance({day, day, all ? std::nullopt : std::optional(account.sections), {}});
    if (!found) return JsonError(found.error());
    // A gate can name any photo in its records: one that another took is none of that tap.
    const auto origin = OriginOfPhoto(file);
    const auto theirs = std::find_if(found->begin(), found->end(), [&](const Attendance& each) {
      return each.arrival.photo == file && call.caller.Sees(each.arrival.section) &&
             (!origin || origin->terminal == each.arrival.tap.terminal);
    });
    if (theirs != found->end()) terminal = theirs->arrival.tap.terminal;
    if (theirs == found->end() && !all) return missing;
  }
  auto content = FindPhoto(*photo_disk_, options_.photo_directory, day, file, terminal);
  if (!content && IsForNow(content.error())) return JsonError(content.error());
  if (!content) return missing;
  LogInfo("photo {}/{} shown to {}", day, file, call.caller.account->username);
  photo_reads_.Note(call.caller.account->username, day, file);
  // On a computer that several people use nobody's face stays behind in the browser's cache.
  return FileResponse(std::move(content->content), type, "no-store", call.request);
}

// A gate brings photos of its own taps. One that its gate named before names told day and gate is
// kept under a name that does.
Result<IncomingPhoto> ApiServer::PhotoFrom(const Call& call) {
  const std::string& terminal = *call.caller.terminal;
  TAMTAP_TRY(IncomingPhoto photo, IncomingPhotoOf(call));
  const auto origin = OriginOfPhoto(photo.file);
  if (!origin) {
    photo.file = WithOrigin(photo.file, photo.day, terminal);
    return photo;
  }
  const bool own = origin->terminal == terminal;
  if (origin->day == photo.day && (own || MayBringTapsOf(origin->terminal, terminal))) return photo;
  return Error{ErrorCode::kRejected, fmt::format("take the photo {}", photo.file), 0,
               "its name is of another day or another gate"};
}

// A gate that was away has photos of somebody who was erased meanwhile. They are passed over as if
// they had come, and the gate has nothing more to send. Somebody of that name and number who is of
// the school again is not meant.
bool ApiServer::IsOfSomebodyErased(const IncomingPhoto& photo) {
  const std::string owner = OwnerOfPhoto(photo.file);
  if (owner.empty()) return false;
  const auto erased = store_.Personal().WasErased(MarkOfPhotos(owner));
  if (!erased || !*erased) return false;
  const auto school = school_.Current();
  if (!school) return false;
  const People& people = school->roster->school().people;
  return std::none_of(people.begin(), people.end(),
                      [&](const Person& each) { return PhotoOwner(each) == owner; });
}

void ApiServer::AddPhotoRoutes() {
  router_.Add("GET", "/photos/:date/:file", Access::kAccount,
              [this](const Call& call) { return Photo(call); });

  router_.Add("GET", "/api/terminal/photos/:date/:file", Access::kTerminal,
              [this](const Call& call) {
                const auto photo = PhotoFrom(call);
                if (!photo) return JsonError(photo.error());
                if (IsOfSomebodyErased(*photo)) return SayReceived(*photo, photo->length);
                return SayReceived(*photo, photos_.Received(*call.caller.terminal, *photo));
              });
  router_.Add(
      "PUT", "/api/terminal/photos/:date/:file", Access::kTerminal, [this](const Call& call) {
        const auto photo = PhotoFrom(call);
        if (!photo) return JsonError(photo.error());
        if (IsOfSomebodyErased(*photo)) return SayReceived(*photo, photo->length);
        const auto offset = NumberIn(call.request.Query("offset"));
        if (!offset) return JsonError(400, "offset says where these bytes go");
        return SayReceived(*photo,
                           photos_.Take(*call.caller.terminal, *photo, *offset, call.request.body));
      });
}

}  // namespace tamtap

#include "cli/credentials_file.h"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/disk.h"
#include "tap/json_fields.h"

namespace tamtap::cli {

Result<std::optional<Credentials>> LoadCredentials(const std::string& path) {
  TAMTAP_TRY(const bool there, PosixDisk().Exists(path));
  if (!there) return std::optional<Credentials>();
  TAMTAP_TRY(const std::string text, ReadFile(PosixDisk(), path));
  boost::system::error_code failed;
  const boost::json::value value = boost::json::parse(text, failed);
  Credentials credentials;
  if (!failed && value.is_object()) {
    const boost::json::object& object = value.get_object();
    credentials = {TextAt(object, "server"), TextAt(object, "terminal"), TextAt(object, "secret")};
  }
  if (credentials.secret.empty()) {
    return Error{ErrorCode::kCorrupt, fmt::format("read {}", path), 0,
                 "remove it and enroll this terminal again"};
  }
  return std::optional(std::move(credentials));
}

Result<> SaveCredentials(const std::string& path, const Credentials& credentials) {
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(ParentDirectory(path)));
  return WriteFileAtomically(
      PosixDisk(), path,
      boost::json::serialize(boost::json::object{{"server", credentials.server},
                                                 {"terminal", credentials.terminal},
                                                 {"secret", credentials.secret}}) +
          "\n");
}

}  // namespace tamtap::cli

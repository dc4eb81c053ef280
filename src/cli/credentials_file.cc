#include "cli/credentials_file.h"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/disk.h"

namespace tamtap::cli {

Result<std::optional<Credentials>> LoadCredentials(const std::string& path) {
  TAMTAP_TRY(const bool there, PosixDisk().Exists(path));
  if (!there) return std::optional<Credentials>();
  TAMTAP_TRY(const std::string text, ReadFile(PosixDisk(), path));
  boost::system::error_code failed;
  const boost::json::value value = boost::json::parse(text, failed);
  const boost::json::object* const object = failed ? nullptr : value.if_object();
  const auto field = [&](const char* key) {
    const boost::json::value* const each = object == nullptr ? nullptr : object->if_contains(key);
    return each != nullptr && each->is_string() ? boost::json::value_to<std::string>(*each)
                                                : std::string();
  };
  Credentials credentials{field("server"), field("terminal"), field("secret")};
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

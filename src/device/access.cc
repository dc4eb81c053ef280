#include "device/access.h"

#include <fmt/core.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace tamtap {
namespace {

constexpr size_t kMostText = 16'384;  // of one user or group, as the system keeps them

struct KnownUser {
  std::string name;
  gid_t group = 0;
};

std::optional<KnownUser> FindUser(uid_t user) {
  std::vector<char> text(kMostText);
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(user, &entry, text.data(), text.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  return KnownUser{found->pw_name, found->pw_gid};
}

std::string GroupName(gid_t group) {
  std::vector<char> text(kMostText);
  ::group entry{};
  ::group* found = nullptr;
  const bool known =
      getgrgid_r(group, &entry, text.data(), text.size(), &found) == 0 && found != nullptr;
  return known ? found->gr_name : fmt::format("{}", group);
}

bool IsMember(const KnownUser& user, gid_t group) {
  int count = 64;
  std::vector<gid_t> groups(static_cast<size_t>(count));
  if (getgrouplist(user.name.c_str(), user.group, groups.data(), &count) < 0) {
    groups.resize(static_cast<size_t>(count));  // it says how many there are
    getgrouplist(user.name.c_str(), user.group, groups.data(), &count);
  }
  groups.resize(static_cast<size_t>(count));
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

}  // namespace

std::string UserName(uid_t user) {
  const auto known = FindUser(user);
  return known ? known->name : fmt::format("{}", user);
}

std::string WhyNoAccess(const std::string& device, uid_t user) {
  struct stat file {};
  if (user == 0 || stat(device.c_str(), &file) != 0) return {};
  const auto grants = [&](mode_t both) { return (file.st_mode & both) == both; };
  if (file.st_uid == user) {
    if (grants(S_IRUSR | S_IWUSR)) return {};
    return fmt::format("{} is the user {}'s, who may not use it; `chmod u+rw {}` mends that",
                       device, UserName(user), device);
  }
  const auto known = FindUser(user);
  const bool member = known && IsMember(*known, file.st_gid);
  if (grants(member ? S_IRGRP | S_IWGRP : S_IROTH | S_IWOTH)) return {};
  const std::string group = GroupName(file.st_gid);
  if (!member && file.st_gid != 0 && grants(S_IRGRP | S_IWGRP)) {
    return fmt::format(
        "the user {0} is not in the group {1}, whose {2} is: `usermod -aG {1} {0}`, and start the "
        "gate again",
        UserName(user), group, device);
  }
  return fmt::format(
      "the user {} may not use {}, whose owner is {} and whose group is {}: give it to a group of "
      "theirs by a udev rule",
      UserName(user), device, UserName(file.st_uid), group);
}

}  // namespace tamtap

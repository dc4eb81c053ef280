#include "cli/central_choice.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>

#include "base/disk.h"
#include "base/log.h"
#include "base/visible.h"
#include "cli/compose.h"
#include "cli/credentials_file.h"
#include "tap/json_fields.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kInData = "DATA/";

struct Remembered {
  std::string central;
  std::string mongodb_name;
  friend bool operator==(const Remembered&, const Remembered&) = default;
};

struct Memory {
  std::optional<Remembered> gate;
  std::optional<Remembered> server;
};

std::string MemoryPath(const Settings& settings) { return JoinPath(settings.data, "central.json"); }

bool IsHttp(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}
bool IsMongo(std::string_view url) {
  return url.starts_with("mongodb://") || url.starts_with("mongodb+srv://");
}

std::filesystem::path Whole(const std::string& path) {
  if (path.empty()) return {};
  return std::filesystem::absolute(path).lexically_normal();
}

// As it is written down: not dependent on where a command is run, nor on where the directory is.
std::string ToMemory(const Settings& settings, const std::string& central) {
  if (!central.starts_with(kSqlite)) return central;
  const std::filesystem::path file = Whole(central.substr(kSqlite.size()));
  const std::filesystem::path inside = file.lexically_relative(Whole(settings.data));
  const bool is_inside = !inside.empty() && *inside.begin() != "..";
  return std::string(kSqlite) +
         (is_inside ? std::string(kInData) + inside.string() : file.string());
}

std::string FromMemory(const Settings& settings, const std::string& central) {
  const std::string in_data = std::string(kSqlite) + std::string(kInData);
  if (!central.starts_with(in_data)) return central;
  return std::string(kSqlite) + JoinPath(settings.data, central.substr(in_data.size()));
}

std::optional<Remembered> RememberedFrom(const Settings& settings, const json::object& object,
                                         std::string_view role) {
  const json::value* const entry = object.if_contains(role);
  if (entry == nullptr || !entry->is_object()) return std::nullopt;
  const json::object& fields = entry->get_object();
  Remembered remembered{FromMemory(settings, TextAt(fields, "central")),
                        TextAt(fields, "mongodb_name")};
  if (remembered.central.empty()) return std::nullopt;
  return remembered;
}

// A file that can't be read remembers nothing: the journal still knows which store confirmed what.
Memory Load(const Settings& settings) {
  const std::string path = MemoryPath(settings);
  const auto there = PosixDisk().Exists(path);
  if (there && !*there) return {};
  const auto text = ReadFile(PosixDisk(), path);
  boost::system::error_code failed;
  const json::value value = text ? json::parse(*text, failed) : json::value();
  if (!text || failed || !value.is_object()) {
    LogWarning("{} can't be read; say once more which central store this is: --central", path);
    return {};
  }
  return {RememberedFrom(settings, value.get_object(), "gate"),
          RememberedFrom(settings, value.get_object(), "server")};
}

Result<> Save(const Settings& settings, const Memory& memory) {
  json::object object;
  const auto add = [&](const char* role, const std::optional<Remembered>& remembered) {
    if (!remembered) return;
    json::object entry{{"central", ToMemory(settings, remembered->central)}};
    if (!remembered->mongodb_name.empty()) entry.emplace("mongodb_name", remembered->mongodb_name);
    object.emplace(role, std::move(entry));
  };
  add("gate", memory.gate);
  add("server", memory.server);
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(settings.data));
  return WriteFileAtomically(PosixDisk(), MemoryPath(settings), json::serialize(object) + "\n");
}

// What the gate of this directory belongs to, as far as anything says so.
std::optional<Remembered> OfGate(const Settings& settings, const Memory& memory) {
  if (memory.gate) return memory.gate;
  // Enrolled before central stores were remembered.
  const auto credentials = LoadCredentials(settings.CredentialsPath());
  if (credentials && *credentials && IsHttp((*credentials)->server)) {
    return Remembered{(*credentials)->server, {}};
  }
  return memory.server;
}

std::optional<Remembered> Known(const Settings& settings, const Memory& memory, Role role) {
  auto gate = OfGate(settings, memory);
  if (role == Role::kGate) return gate;
  if (role == Role::kBoth && gate) return gate;
  if (memory.server) return memory.server;
  // A server beside a gate of another server keeps records of its own.
  return gate && !IsHttp(gate->central) ? gate : std::nullopt;
}

std::optional<Remembered> Given(const Settings& settings) {
  if (settings.central.empty()) return std::nullopt;
  Remembered given{settings.central, {}};
  if (given.central.starts_with(kSqlite)) {
    given.central = std::string(kSqlite) + Whole(given.central.substr(kSqlite.size())).string();
  }
  if (const char* const name = std::getenv("MONGODB_NAME");
      name != nullptr && IsMongo(given.central)) {
    given.mongodb_name = name;
  }
  return given;
}

bool IsSame(const Settings& settings, const Remembered& a, const Remembered& b) {
  return ToMemory(settings, a.central) == ToMemory(settings, b.central) &&
         a.mongodb_name == b.mongodb_name;
}

}  // namespace

Result<CentralChoice> ChooseCentral(const Settings& settings, Role role) {
  const auto known = Known(settings, Load(settings), role);
  const auto given = Given(settings);
  CentralChoice choice;
  if (given) {
    choice.central = given->central;
    choice.mongodb_name = given->mongodb_name;
    if (known && !IsSame(settings, *given, *known)) choice.before = known->central;
  } else if (known) {
    choice.central = known->central;
    choice.mongodb_name = known->mongodb_name;
  } else {
    choice.central = std::string(kSqlite) + JoinPath(settings.data, "central.db");
  }
  if (role == Role::kBoth && IsHttp(choice.central)) {
    return Error{ErrorCode::kMisconfigured,
                 fmt::format("run a server in {}, which is a gate of {}", settings.data,
                             ForPeople(choice.central)),
                 0,
                 "start the gate with `tamtap terminal`; or, to leave that server, say where the "
                 "records are kept from now on: --central sqlite:PATH"};
  }
  return choice;
}

Result<MasterChoice> ChooseMaster(const Settings& settings) {
  const Memory memory = Load(settings);
  // A server that stands beside a gate of another server has a school of its own.
  const Role role = memory.server ? Role::kServer : Role::kGate;
  TAMTAP_TRY(CentralChoice choice, ChooseCentral(settings, role));
  MasterChoice master{std::move(choice.central), std::move(choice.mongodb_name)};
  master.is_server = IsHttp(master.central);
  const bool only_server = memory.server && !memory.gate;
  master.has_gate = !only_server && (!memory.gate || !IsHttp(memory.gate->central));
  return master;
}

Result<CentralChoice> TakeCentral(Settings& settings, Role role) {
  TAMTAP_TRY(CentralChoice choice, ChooseCentral(settings, role));
  settings.central = choice.central;
  settings.mongodb_name = choice.mongodb_name;
  TAMTAP_RETURN_IF_ERROR(role == Role::kGate ? CheckCentralStore(settings)
                                             : CheckSchoolStore(settings));
  return choice;
}

void RememberCentral(const Settings& settings, const CentralChoice& choice, Role role) {
  const std::string now = ForPeople(choice.central);
  if (choice.before.empty()) {
    LogInfo("the central store is {}", now);
  } else {
    LogWarning(
        "this installation moves from {} to {}: taps that are missing there are sent to it, and "
        "the people and schedules here stay in use until it has answered",
        ForPeople(choice.before), now);
  }
  Memory memory = Load(settings);
  const Memory before = memory;
  const Remembered remembered{choice.central, choice.mongodb_name};
  const auto set = [&](std::optional<Remembered>& entry) {
    if (!entry || !IsSame(settings, *entry, remembered)) entry = remembered;
  };
  if (role != Role::kServer) set(memory.gate);
  if (role != Role::kGate) set(memory.server);
  if (memory.gate == before.gate && memory.server == before.server) return;
  if (const auto saved = Save(settings, memory); !saved) {
    LogWarning("{}; start with --central until it can be remembered", saved.error().Message());
  }
}

Result<std::string> RememberServer(const Settings& settings, const std::string& url) {
  Memory memory = Load(settings);
  const auto before = OfGate(settings, memory);
  memory.gate = Remembered{url, {}};
  TAMTAP_RETURN_IF_ERROR(Save(settings, memory));
  if (!before || IsSame(settings, *before, *memory.gate)) return std::string();
  return ForPeople(before->central);
}

std::string ForPeople(const std::string& central) { return WithoutSecrets(central); }

}  // namespace tamtap::cli

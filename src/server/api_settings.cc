// What the school has decided for all of its gates and pages (tap/school_settings.h).
#include <algorithm>

#include "base/text.h"
#include "server/api_server.h"
#include "server/json_response.h"
#include "server/list_page.h"
#include "tap/school_settings.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr std::string_view kSaturdays = "saturdayClassesEnabled";

const SettingKey* FindSetting(std::string_view key) {
  const auto keys = SettingKeys();
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const SettingKey& each) { return each.key == key; });
  return found == keys.end() ? nullptr : &*found;
}

// A switch is a boolean and a number a number, as existing pages expect; else the text.
json::value ValueJson(const std::string& text) {
  if (text == "on") return true;
  if (text == "off") return false;
  boost::system::error_code failed;
  json::value value = json::parse(text, failed);
  return failed || !(value.is_bool() || value.is_int64()) ? json::value(text) : value;
}

json::object SettingJson(const SettingsByKey& settings, const SettingKey& key) {
  const auto said = settings.find(std::string(key.key));
  const std::string value = said == settings.end() ? std::string(key.otherwise) : said->second;
  return {{"key", key.key},     {"value", ValueJson(value)},
          {"text", value},      {"said", said != settings.end()},
          {"takes", key.value}, {"default", key.otherwise},
          {"help", key.help}};
}

// The text of a value that came as text, number or boolean; nothing for all else.
std::optional<std::string> SettingText(const json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return Nfc(std::string(value->get_string()));
  if (value->is_bool()) return std::string(value->get_bool() ? "on" : "off");
  if (value->is_number()) return json::serialize(*value);
  return std::nullopt;
}

}  // namespace

http::Response ApiServer::PutSetting(const Call& call, const std::string& key,
                                     const std::string& text) {
  const SettingKey* const known = FindSetting(key);
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const auto fits = SettingChanges(school->roster->school().settings, key, text);
  if (!fits) return JsonError(fits.error());
  const auto seen = [known](const School& newest) {
    if (known == nullptr) return JsonError(404, "");
    return JsonOk({{"data", SettingJson(newest.settings, *known)}});
  };
  const auto refused = ChangeSchool(
      call,
      [&](School& newest) -> Result<> {
        TAMTAP_TRY(const SettingsByKey changes, SettingChanges(newest.settings, key, text));
        for (const auto& [each, said] : changes) newest.settings.insert_or_assign(each, said);
        return {};
      },
      seen);
  if (refused) return *refused;
  const auto after = school_.Current();
  if (!after) return JsonError(after.error());
  return JsonOk({{"message", "the setting " + key + " holds from now on"},
                 {"data", SettingJson(after->roster->school().settings, *FindSetting(key))}});
}

void ApiServer::AddSettingRoutes() {
  router_.Add("GET", "/api/admin/settings", Access::kAdmin, [this](const Call&) {
    const auto school = school_.Current();
    if (!school) return JsonError(school.error());
    const SettingsByKey& said = school->roster->school().settings;
    json::object data;
    json::array settings;
    for (const SettingKey& key : SettingKeys()) {
      json::object setting = SettingJson(said, key);
      data.emplace(key.key, setting.at("value"));
      settings.push_back(std::move(setting));
    }
    return JsonOk({{"data", std::move(data)}, {"settings", std::move(settings)}});
  });
  router_.Add("GET", "/api/admin/settings/:key", Access::kAdmin, [this](const Call& call) {
    const auto school = school_.Current();
    if (!school) return JsonError(school.error());
    const SettingKey* const key = FindSetting(call.parameters[0]);
    if (key == nullptr) return JsonError(404, "there is no such setting");
    return JsonOk({{"data", SettingJson(school->roster->school().settings, *key)}});
  });
  router_.Add("PUT", "/api/admin/settings/:key", Access::kAdmin, [this](const Call& call) {
    const json::object body = JsonBody(call.request);
    const auto text = SettingText(body.if_contains("value"));
    if (!text) return JsonError(400, "give the value, as {\"value\": \"on\"}");
    if (FindSetting(call.parameters[0]) == nullptr) {
      return JsonError(404, "there is no such setting");
    }
    return PutSetting(call, call.parameters[0], *text);
  });
  router_.Add(
      "POST", "/api/admin/settings/saturday-toggle", Access::kAdmin, [this](const Call& call) {
        const auto school = school_.Current();
        if (!school) return JsonError(school.error());
        const bool now = !school->roster->settings().saturday_classes;
        http::Response response = PutSetting(call, std::string(kSaturdays), now ? "on" : "off");
        if (response.status != 200) return response;
        return JsonOk({{"message", now ? "Saturdays are class days from now on"
                                       : "Saturdays are no class days from now on"},
                       {"saturdayClassesEnabled", now}});
      });
}

}  // namespace tamtap

// Finding people by whatever is known of them.
#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "server/api_server.h"
#include "server/json_response.h"
#include "tap/record.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostFound = 50;
constexpr size_t kShortestQuestion = 2;

// What makes no difference when people type a name: case, and marks on letters.
std::string Plain(std::string_view text) { return LowerAscii(ToAscii(Nfc(text), "?")); }

// How well that person fits: 0: not at all; the more, the better.
int FitOf(const Person& person, const std::string& asked) {
  const std::string name = Plain(person.name);
  for (const std::string_view exact :
       {std::string_view(person.NfcId()), std::string_view(person.card.text()),
        std::string_view(person.tamtap_id), std::string_view(person.lrn)}) {
    if (!exact.empty() && LowerAscii(exact) == asked) return 4;
  }
  if (name.starts_with(asked) || Plain(person.last_name).starts_with(asked)) return 3;
  if (name.find(" " + asked) != std::string::npos) return 2;
  const bool within = name.find(asked) != std::string::npos ||
                      LowerAscii(person.NfcId()).find(asked) != std::string::npos ||
                      (!person.lrn.empty() && person.lrn.find(asked) != std::string::npos) ||
                      LowerAscii(person.email).starts_with(asked);
  return within ? 1 : 0;
}

}  // namespace

http::Response ApiServer::Search(const Call& call) {
  const std::string asked = Plain(TrimSpace(call.request.Query("q")));
  if (asked.size() < kShortestQuestion) {
    return JsonError(400, "type at least two letters or digits of a name, a card or an LRN");
  }
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const People& people = school->roster->school().people;
  std::vector<std::pair<int, const Person*>> found;
  for (const Person& person : people) {
    if (person.role == Role::kStudent && !call.caller.Sees(person.section)) continue;
    if (const int fit = FitOf(person, asked); fit > 0) found.emplace_back(fit, &person);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second->name < b.second->name;
  });
  json::array data;
  for (size_t i = 0; i < found.size() && i < kMostFound; ++i) {
    const Person& person = *found[i].second;
    data.push_back({{"type", ToString(person.role)},
                    {"nfc_id", person.NfcId()},
                    {"tamtap_id", person.tamtap_id},
                    {"name", person.name},
                    {"grade", person.grade},
                    {"section", person.section}});
  }
  const size_t count = data.size();
  return JsonOk({{"count", count}, {"total", found.size()}, {"data", std::move(data)}});
}

void ApiServer::AddSearchRoutes() {
  router_.Add("GET", "/api/search", Access::kAccount,
              [this](const Call& call) { return Search(call); });
}

}  // namespace tamtap

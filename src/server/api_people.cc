// The people of the school: who they are for everybody who may see them, and registering, changing
// and removing them for administrators.
#include "server/api_people.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "school/import_plan.h"
#include "school/import_report.h"
#include "school/registration.h"
#include "school/roster_sheet.h"
#include "server/api_server.h"
#include "server/guardian_sheet.h"
#include "server/json_response.h"
#include "server/list_page.h"
#include "server/uploaded_file.h"
#include "server/visible_sections.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostInBulk = 10'000;

// Where in the school they stand whom a path names: by a card in any spelling, or by their number.
std::optional<size_t> PlaceOf(const Roster& roster, const std::string& named) {
  const People& people = roster.school().people;
  const Person* const by_card = roster.cards().Find(named);
  for (size_t i = 0; i < people.size(); ++i) {
    if (&people[i] == by_card) return i;
  }
  for (size_t i = 0; i < people.size(); ++i) {
    if (!named.empty() && people[i].tamtap_id == named) return i;
  }
  return std::nullopt;
}

// The same person in a copy of the school that may be newer.
std::optional<size_t> PlaceIn(const School& school, const std::string& person) {
  for (size_t i = 0; i < school.people.size(); ++i) {
    if (school.people[i].person == person) return i;
  }
  return std::nullopt;
}

// Puts what the body says of a person into `person`; what it does not name stays.
void TakeFields(const json::object& body, Person& person) {
  const auto take = [&body](std::string_view key, std::string& field) {
    if (!body.contains(key)) return false;
    field = TextOrNumberAt(body, key);
    return true;
  };
  const bool first = take("first_name", person.first_name);
  const bool last = take("last_name", person.last_name);
  if (!first && !last && take("name", person.name)) {
    person.first_name.clear();
    person.last_name.clear();
  }
  take("grade", person.grade);
  take("section", person.section);
  take("email", person.email);
  take("sex", person.sex);
  take("lrn", person.lrn);
}

// Whether the body says that the card was somebody else's, and came back.
FormerCard FormerIn(const json::object& body) {
  const json::value* const returned = body.if_contains("returned");
  const bool came_back = returned != nullptr && returned->is_bool() && returned->get_bool();
  return came_back ? FormerCard::kCameBack : FormerCard::kIsLost;
}

}  // namespace

json::object PersonJson(const Person& person) {
  json::object object = ToJson(person);
  object.erase("person");
  object.erase("role");
  object.emplace("sex", person.sex);
  object.emplace("lrn", person.lrn);
  return object;
}

http::Response ListPeople(const Call& call, const Roster& roster, Role role,
                          const std::function<bool(const Person&)>& keep, json::object more) {
  const auto asked = AskedPageOf(call.request);
  if (!asked) return JsonError(asked.error());
  PageFill page(*asked);
  json::array data;
  for (const Person& person : roster.school().people) {
    const bool seen = person.role == Role::kTeacher || call.caller.Sees(person.section);
    if (person.role != role || !seen || !keep(person)) continue;
    if (page.Takes(person.person)) data.push_back(PersonJson(person));
  }
  more.emplace("type", role == Role::kTeacher ? "teachers" : "students");
  more.emplace("count", data.size());
  more.emplace("total", page.total());
  more.emplace("next", page.next() ? json::value(*page.next()) : json::value());
  more.emplace("data", std::move(data));
  return JsonOk(std::move(more));
}

http::Response ApiServer::PersonOf(const Call& call, Role role) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const bool student = role == Role::kStudent;
  const Person* const person = school->roster->cards().Find(call.parameters[0]);
  const bool seen =
      person != nullptr && person->role == role && (!student || call.caller.Sees(person->section));
  if (!seen)
    return JsonError(404, student ? "there is no such student" : "there is no such teacher");
  return JsonOk({{"type", ToString(role)}, {"data", PersonJson(*person)}});
}

http::Response ApiServer::AddPerson(const Call& call, Role role) {
  const json::object body = JsonBody(call.request);
  Person person;
  person.role = role;
  TakeFields(body, person);
  const auto tidy = TidyPerson(TextOrNumberAt(body, "nfc_id"), person);
  if (!tidy) return JsonError(tidy.error());
  const std::string now = zone_.ToLocal(clock_.Now()).date;
  const auto done = ChangeSchool(
      call, [&](School& school) { return RegisterPerson(person, now, FormerIn(body), school); });
  if (done) return *done;
  const auto school = school_.Current();
  const Person* const added = school ? school->roster->cards().Find(person.NfcId()) : nullptr;
  http::Response response = JsonOk({{"message", person.name + " is registered"},
                                    {"data", PersonJson(added == nullptr ? person : *added)}});
  response.status = 201;
  return response;
}

http::Response ApiServer::ChangePerson(const Call& call, Role role,
                                       const std::function<Result<>(size_t, School&)>& change) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const auto place = PlaceOf(*school->roster, call.parameters[0]);
  const Person* const there = place ? &school->roster->school().people[*place] : nullptr;
  if (there == nullptr || there->role != role) return JsonError(404, "there is no such person");
  const std::string key = there->person;
  const auto seen = [&key](const School& newest) {
    const auto now = PlaceIn(newest, key);
    if (!now) return JsonError(404, "");
    const Person& person = newest.people[*now];
    return JsonOk({{"type", ToString(person.role)}, {"data", PersonJson(person)}});
  };
  const auto refused = ChangeSchool(
      call,
      [&](School& newest) -> Result<> {
        const auto now = PlaceIn(newest, key);
        if (!now) return Error{ErrorCode::kRejected, "find " + there->name, 0, "they are gone"};
        return change(*now, newest);
      },
      seen);
  if (refused) return *refused;
  const auto after = school_.Current();
  if (!after) return JsonError(after.error());
  const auto now = PlaceIn(after->roster->school(), key);
  if (!now) return JsonOk({{"message", there->name + " is no longer in the roster"}});
  const Person& person = after->roster->school().people[*now];
  return JsonOk({{"message", person.name + " is changed"}, {"data", PersonJson(person)}});
}

http::Response ApiServer::EditPerson(const Call& call, Role role) {
  const json::object body = JsonBody(call.request);
  if (body.empty()) return JsonError(400, "say what is to be changed, as {\"section\": \"Narra\"}");
  return ChangePerson(call, role, [&](size_t place, School& school) -> Result<> {
    Person changed = std::as_const(school).people[place];
    TakeFields(body, changed);
    TAMTAP_RETURN_IF_ERROR(TidyTexts(changed));
    school.people[place] = changed;
    const std::string given = TextOrNumberAt(body, "nfc_id");
    if (given.empty() || given == changed.NfcId()) return {};
    const auto has_other_card = GiveCard(given, place, FormerIn(body), school);
    return has_other_card ? Result<>() : Result<>(has_other_card.error());
  });
}

http::Response ApiServer::AddPeople(const Call& call) {
  const json::object body = JsonBody(call.request);
  const json::value* const list = body.if_contains("students");
  if (list == nullptr) return ImportPeople(call);
  if (!list->is_array() || list->get_array().empty() || list->get_array().size() > kMostInBulk) {
    return JsonError(400, fmt::format("students is a list of 1 to {} people", kMostInBulk));
  }
  size_t added = 0;
  json::array errors;
  const std::string now = zone_.ToLocal(clock_.Now()).date;
  const auto refused = ChangeSchool(call, [&](School& school) -> Result<> {
    Registration registration(school);
    for (const json::value& each : list->get_array()) {
      const json::object fields = each.is_object() ? each.get_object() : json::object();
      Person person;
      TakeFields(fields, person);
      auto registered = TidyPerson(TextOrNumberAt(fields, "nfc_id"), person);
      if (registered) registered = registration.Add(std::move(person), FormerIn(fields));
      if (registered) {
        ++added;
      } else {
        errors.push_back({{"nfc_id", TextOrNumberAt(fields, "nfc_id")},
                          {"error", registered.error().Message()}});
      }
    }
    registration.Finish(now);
    return {};
  });
  if (refused) return *refused;
  const size_t failed = errors.size();
  return JsonOk(
      {{"message", fmt::format("{} people are registered, {} are not", added, failed)},
       {"results", {{"success", added}, {"failed", failed}, {"errors", std::move(errors)}}}});
}

http::Response ApiServer::ImportPeople(const Call& call) {
  const auto file = UploadedFile(call.request);
  if (!file) return JsonError(file.error());
  auto table = ReadTable(*file);
  if (!table) return JsonError(table.error());
  auto sheet = ReadRosterSheet(*std::move(table));
  if (!sheet) return JsonError(sheet.error());
  CheckGuardians(*sheet);
  ImportOptions options;
  options.remove_missing = call.request.Query("remove_missing") == "1";
  const std::string same = call.request.Query("same_name");
  if (same == "replace-card") options.same_name = SameName::kReplaceCard;
  if (same == "another-person") options.same_name = SameName::kAnotherPerson;
  const bool dry_run = call.request.Query("dry_run") == "1";
  const std::string now = zone_.ToLocal(clock_.Now()).date;
  ImportPlan plan;
  const auto refused = ChangeSchool(call, [&](School& school) -> Result<> {
    plan = PlanImport(school, *sheet, options);
    if (plan.possible() && !dry_run) ApplyImport(plan, now, school);
    return {};
  });
  if (refused) return *refused;
  json::object report = ToJson(plan);
  if (plan.possible()) {
    const auto wards = PlanGuardians(*sheet, plan, store_.Messages());
    if (!wards) return JsonError(wards.error());
    if (!dry_run && !wards->empty()) {
      const auto now_there = school_.Current();
      if (!now_there) return JsonError(now_there.error());
      const auto put = PutGuardians(*wards, now_there->roster->cards(), store_.Messages(), random_);
      if (!put) return JsonError(put.error());
      NoteAct(call, "change guardians", "", fmt::format("of {} people, by a list", wards->size()));
    }
    report.emplace("guardians", ToJson(*wards));
  }
  report.emplace("dry_run", dry_run);
  report.emplace("imported", plan.possible() && !dry_run);
  if (plan.possible() || dry_run) return JsonOk(std::move(report));
  return JsonProblem(422,
                     "nothing was imported; mend the lines that left_out names, or say by "
                     "same_name who has a new card",
                     std::move(report));
}

void ApiServer::AddPeopleRoutes() {
  const auto all = [](const Person&) { return true; };
  const auto list = [this](const char* pattern, Role role, auto keep_of,
                           Access access = Access::kAccount) {
    router_.Add("GET", pattern, access, [this, role, keep_of](const Call& call) {
      const auto school = school_.Current();
      if (!school) return JsonError(school.error());
      auto [keep, more] = keep_of(call);
      return ListPeople(call, *school->roster, role, keep, std::move(more));
    });
  };
  using Kept = std::pair<std::function<bool(const Person&)>, json::object>;
  const auto everybody = [all](const Call&) { return Kept{all, {}}; };
  const auto by_section = [](const Call& call) {
    const auto sections = SplitCommas(call.parameters[0]);
    return Kept{[sections](const Person& person) {
                  return std::find(sections.begin(), sections.end(), person.section) !=
                         sections.end();
                },
                json::object{{"section", call.parameters[0]}}};
  };
  const auto by_grade = [](const Call& call) {
    return Kept{
        [grade = call.parameters[0]](const Person& person) { return person.grade == grade; },
        json::object{{"grade", call.parameters[0]}}};
  };
  const auto as_asked = [](const Call& call) {
    const auto sections = AskedSections(call.request);
    const std::string grade = call.request.Query("grade");
    return Kept{[sections, grade](const Person& person) {
                  return (sections.empty() || std::find(sections.begin(), sections.end(),
                                                        person.section) != sections.end()) &&
                         (grade.empty() || person.grade == grade);
                },
                json::object()};
  };
  list("/api/students", Role::kStudent, as_asked);
  list("/api/teachers", Role::kTeacher, everybody);
  list("/api/students/section/:csv", Role::kStudent, by_section);
  list("/api/teachers/section/:csv", Role::kTeacher, by_section);
  list("/api/students/grade/:grade", Role::kStudent, by_grade);
  list("/api/teachers/grade/:grade", Role::kTeacher, by_grade);
  router_.Add("GET", "/api/students/:nfc", Access::kAccount,
              [this](const Call& call) { return PersonOf(call, Role::kStudent); });
  router_.Add("GET", "/api/teachers/:nfc", Access::kAccount,
              [this](const Call& call) { return PersonOf(call, Role::kTeacher); });
  list("/api/admin/students", Role::kStudent, as_asked, Access::kAdmin);
  router_.Add("POST", "/api/admin/students", Access::kAdmin,
              [this](const Call& call) { return AddPerson(call, Role::kStudent); });
  router_.Add("POST", "/api/admin/students/bulk", Access::kAdmin,
              [this](const Call& call) { return AddPeople(call); });
  router_.Add("PUT", "/api/admin/students/:nfc", Access::kAdmin,
              [this](const Call& call) { return EditPerson(call, Role::kStudent); });
  const auto remove = [](size_t place, School& school) -> Result<> {
    school.people.erase(std::next(school.people.begin(), static_cast<std::ptrdiff_t>(place)));
    return {};
  };
  router_.Add(
      "DELETE", "/api/admin/students/:nfc", Access::kAdmin,
      [this, remove](const Call& call) { return ChangePerson(call, Role::kStudent, remove); });
  // Teachers as people who tap; their accounts are another thing (api_staff_accounts.cc).
  router_.Add("POST", "/api/teachers", Access::kAdmin,
              [this](const Call& call) { return AddPerson(call, Role::kTeacher); });
  router_.Add("PUT", "/api/teachers/:nfc", Access::kAdmin,
              [this](const Call& call) { return EditPerson(call, Role::kTeacher); });
  router_.Add("DELETE", "/api/teachers/:nfc", Access::kAdmin, [this, remove](const Call& call) {
    return ChangePerson(call, Role::kTeacher, remove);
  });
}

}  // namespace tamtap

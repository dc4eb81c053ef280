// docs/openapi.yaml says what the server does: every route, who may call it, and what comes back.
#include "server/openapi.h"

#include <fmt/core.h>

#include <map>
#include <set>

#include "base/sha256.h"
#include "picture/tiny_jpeg.h"
#include "server/server_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;

class OpenApiTest : public ServerFixture {
 protected:
  // What of `value` the schema does not allow; empty if it fits. Knows the keywords that are used.
  std::string Complaint(const json::value& value, const json::object& schema) {
    if (const json::value* const ref = schema.if_contains("$ref")) {
      return Complaint(value, document_.at_pointer(ref->as_string().subview(1)).as_object());
    }
    if (const json::value* const parts = schema.if_contains("allOf")) {
      for (const json::value& part : parts->as_array()) {
        if (std::string wrong = Complaint(value, part.as_object()); !wrong.empty()) return wrong;
      }
    }
    if (const json::value* const choices = schema.if_contains("anyOf")) {
      for (const json::value& choice : choices->as_array()) {
        if (Complaint(value, choice.as_object()).empty()) return {};
      }
      return json::serialize(value) + " is none of its choices";
    }
    if (const json::value* const constant = schema.if_contains("const")) {
      if (value != *constant) return json::serialize(value) + " is not the constant";
    }
    if (const json::value* const names = schema.if_contains("enum")) {
      const json::array& array = names->as_array();
      if (std::find(array.begin(), array.end(), value) == array.end()) {
        return json::serialize(value) + " is not in the list";
      }
    }
    if (const json::value* const type = schema.if_contains("type")) {
      bool fits = false;
      const json::array types = type->is_array() ? type->as_array() : json::array{*type};
      for (const json::value& each : types) fits = fits || Is(value, each.as_string());
      if (!fits) return json::serialize(value) + " is no " + json::serialize(*type);
    }
    if (const json::value* const required = schema.if_contains("required")) {
      for (const json::value& key : required->as_array()) {
        if (!value.as_object().contains(key.as_string())) {
          return json::serialize(key) + " is missing";
        }
      }
    }
    if (const json::value* const properties = schema.if_contains("properties")) {
      for (const auto& [key, property] : properties->as_object()) {
        const json::value* const member = value.as_object().if_contains(key);
        if (member == nullptr) continue;
        const std::string wrong = Complaint(*member, property.as_object());
        if (!wrong.empty()) return std::string(key) + ": " + wrong;
      }
    }
    if (const json::value* const items = schema.if_contains("items")) {
      for (const json::value& item : value.as_array()) {
        if (std::string wrong = Complaint(item, items->as_object()); !wrong.empty()) return wrong;
      }
    }
    return {};
  }

  // The members that the schema of an object names.
  json::object Properties(const json::object& schema) {
    if (const json::value* const ref = schema.if_contains("$ref")) {
      return Properties(document_.at_pointer(ref->as_string().subview(1)).as_object());
    }
    json::object properties;
    if (const json::value* const own = schema.if_contains("properties")) {
      properties = own->as_object();
    }
    if (const json::value* const parts = schema.if_contains("allOf")) {
      for (const json::value& part : parts->as_array()) {
        for (const auto& [name, property] : Properties(part.as_object())) {
          properties.emplace(name, property);
        }
      }
    }
    return properties;
  }

  // The members of `value` that the schema does not name.
  std::set<std::string> Unnamed(const json::value& value, const json::object& schema,
                                const std::string& at = "") {
    if (const json::value* const ref = schema.if_contains("$ref")) {
      return Unnamed(value, document_.at_pointer(ref->as_string().subview(1)).as_object(), at);
    }
    if (const json::value* const choices = schema.if_contains("anyOf")) {
      for (const json::value& choice : choices->as_array()) {
        if (Complaint(value, choice.as_object()).empty()) {
          return Unnamed(value, choice.as_object(), at);
        }
      }
    }
    std::set<std::string> unnamed;
    if (const json::value* const items = schema.if_contains("items"); items && value.is_array()) {
      for (const json::value& item : value.get_array()) {
        unnamed.merge(Unnamed(item, items->as_object(), at));
      }
    }
    const json::object properties = Properties(schema);
    if (properties.empty() || schema.contains("additionalProperties")) return unnamed;
    if (!value.is_object()) return unnamed;
    for (const auto& [name, member] : value.get_object()) {
      const std::string path = at + "/" + std::string(name);
      const json::value* const property = properties.if_contains(name);
      if (property == nullptr) {
        unnamed.insert(path);
      } else {
        unnamed.merge(Unnamed(member, property->as_object(), path));
      }
    }
    return unnamed;
  }

  static bool Is(const json::value& value, std::string_view type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "null") return value.is_null();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    return type == "number" && value.is_number();
  }

  static std::string Upper(std::string_view method) {
    std::string upper(method);
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    return upper;
  }

  static std::string Pattern(std::string_view path) {
    std::string pattern(path);
    for (char& c : pattern) c = c == '{' ? ':' : c;
    std::erase(pattern, '}');
    return pattern;
  }

  // The address that the examples of an operation's parameters make, all of them or those without
  // which it can't be asked.
  static std::string ExampleTarget(std::string path, const json::object& operation,
                                   bool whole = true) {
    const json::value* const parameters = operation.if_contains("parameters");
    if (parameters == nullptr) return path;
    std::string query;
    for (const json::value& parameter : parameters->as_array()) {
      const json::value* const example = parameter.as_object().if_contains("example");
      const bool required = parameter.as_object().contains("required");
      if (example == nullptr || !(whole || required)) continue;
      const std::string name(parameter.at("name").as_string());
      const std::string value =
          example->is_string() ? std::string(example->as_string()) : json::serialize(*example);
      if (parameter.at("in") == "path") {
        path.replace(path.find("{" + name + "}"), name.size() + 2, value);
      } else {
        query += (query.empty() ? "?" : "&") + name + "=" + value;
      }
    }
    return path + query;
  }

  // The body that an operation has for an example, and the header that goes with it.
  static std::string ExampleBody(const json::object& operation, http::Headers& headers) {
    const json::value* const body = operation.if_contains("requestBody");
    if (body == nullptr) return {};
    const auto& [type, content] = *body->at("content").as_object().begin();
    const json::value* const example = content.as_object().if_contains("example");
    if (example == nullptr) return {};
    headers.emplace_back("Content-Type", type);
    return example->is_string() ? std::string(example->as_string()) : json::serialize(*example);
  }

  const json::value document_ = json::parse(OpenApiDocument());
};

TEST_F(OpenApiTest, EveryRouteIsDescribedWithWhoMayCallItAndNothingElse) {
  std::map<std::string, std::string> described;
  for (const auto& [path, methods] : document_.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      EXPECT_EQ(ExampleTarget(std::string(path), operation.as_object()).find('{'),
                std::string::npos)
          << method << " " << path << " has no example of a parameter";
      described.emplace(Upper(method) + " " + Pattern(path),
                        json::serialize(operation.at("security")));
    }
  }
  const std::map<Access, std::string> securities = {
      {Access::kPublic, "[]"},
      {Access::kAccount, R"([{"session":[]}])"},
      {Access::kAdmin, R"([{"session":["admin"]}])"},
      {Access::kTerminal, R"([{"terminal":[]}])"},
      {Access::kAccountOrLoopback, R"([{"session":[]},{}])"}};
  std::map<std::string, std::string> routes;
  for (const Route& route : api_->router().routes()) {
    ASSERT_TRUE(securities.contains(route.access)) << route.pattern;
    routes.emplace(route.method + " " + route.pattern, securities.at(route.access));
  }
  EXPECT_EQ(described, routes);
}

TEST_F(OpenApiTest, WhoeverAsksInWhateverAddressIsAnsweredAsDescribed) {
  EXPECT_TRUE(
      identity_->AddAccount({"teacher", AccountRole::kTeacher, {}, *HashPassword("horse")}));
  const std::vector<http::Headers> callers = {
      {}, EnrolledTerminal("gate-1"), SignIn("teacher", "horse"), Adviser(), Head()};
  for (const auto& [path, methods] : document_.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      const std::string upper = Upper(method);
      const json::object& described = operation.at("responses").as_object();
      for (const http::Headers& caller : callers) {
        const int status = Ask(upper, std::string(path) + "?no=%ff", {}, caller).status;
        EXPECT_NE(status, 200) << upper << " " << path;
        EXPECT_TRUE(described.contains(std::to_string(status)))
            << upper << " " << path << " answers " << status;
      }
    }
  }
}

TEST_F(OpenApiTest, AnswersAreWhatTheDescriptionSays) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  http::Headers session = Head();
  ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "photos/2026-11-23"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "photos/2026-11-23/a.jpg", "x"));
  Schedule schedule;
  schedule.section = "Narra";
  schedule.week[0] = ClassHours{};
  ASSERT_TRUE(PutSchedule(*store_, schedule));
  Record unsure = ExampleRecord(7, "176B3325", kExampleMorningUs - 1'000'000);
  unsure.clock = ClockState::kUnsure;
  ASSERT_TRUE(store_->Store({&unsure, 1}));
  std::string record;
  AppendJson(ExampleRecord(1), record);
  const auto token = NewTerminalToken(*identity_, random_, clock_, "gate-2");
  EnrolledTerminal("gate-3");
  ASSERT_TRUE(identity_->RevokeTerminal("gate-3"));
  // Whoever makes the first administrator makes the one of the other tests again.
  ASSERT_TRUE(identity_->RemoveAccount("head"));
  const std::string first_admin = api_->OfferFirstAdmin()->substr(7);
  const std::map<std::string, std::string> bodies = {
      {"/api/auth/first-admin",
       R"({"username":"head","password":"correct horse","token":")" + first_admin + "\"}"},
      {"/api/auth/login", R"({"username":"head","password":"correct horse"})"},
      {"/api/terminal/enroll", R"({"token":")" + token->token + "\"}"},
      {"/api/terminal/records", record},
      {"/api/terminal/store-went-back", R"({"id":"another","epoch":"one"})"},
      {"/api/terminal/school/changes",
       R"({"changes":[{"id":"1","kind":"person","key":"176B3325","fields":{"grade":"8"},"at_us":5,
                       "by":""}]})"},
      {"/api/terminal/refusals",
       R"({"refusals":[{"refusal":"gate-1.00.1","reason":"UNKNOWN_CARD","card":"00112233",
                        "date":"2026-11-23 06:59:00","time":"06:59:00","day":"2026-11-23",
                        "refused_at":"2026-11-23T06:59:00.000+08:00",
                        "refused_at_us":1795388340000000,"clock":"synchronised"}]})"},
      {"/api/terminal/lacking",
       R"({"taps":[{"tap":"gate-1.00.1","day":"2026-11-23","person":"176B3325"}]})"},
      {"/api/hardware/attendance", record},
      {"/api/hardware/fail", R"({"nfc_id":"00112233","name":null,"reason":"UNKNOWN_CARD"})"},
      {"/api/terminal/photos/{date}/{file}", TinyJpeg()},
      {"/api/attendance/{date}/accepted", R"({"tap":"gate-1.00112233445566ff.7"})"},
      {"/api/terminals/{name}/void", R"({"since":"2026-11-23"})"},
      // Somebody whom no other example needs.
      {"/api/admin/people/{nfc}/erase", R"({"confirm":"Ben Cruz","reason":"the parents asked"})"},
      {"/api/hardware/status",
       R"({"state":"IDLE","pending":1,"last_error":"","quarantined":1,"quarantined_taps":[{}],
          "contested_cards":[{"card":"04A3C6CAE26181","section":"Narra"}]})"}};
  const std::map<std::string, std::string> targets = {
      {"/api/terminal/hello", "/api/terminal/hello?store=1"},
      {"/api/terminals/{name}/void", "/api/terminals/gate-3/void"},
      {"/api/admin/people/{nfc}/erase", std::string("/api/admin/people/") + kBen + "/erase"},
      {"/api/terminal/photos/{date}/{file}",
       fmt::format("/api/terminal/photos/2026-11-23/b.jpg?offset=0&length={}&sha256={}",
                   TinyJpeg().size(), Sha256Hex(TinyJpeg()))}};
  int checked = 0;
  const auto check = [&](const std::string& path, const std::string& method) {
    const json::object& operation =
        document_.at("paths").as_object().at(path).as_object().at(method).as_object();
    std::string upper(method);
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    const std::string target =
        targets.contains(path) ? targets.at(path) : ExampleTarget(path, operation);
    http::Headers caller =
        json::serialize(operation.at("security")).find("terminal") != std::string::npos ? gate
                                                                                        : session;
    std::string body = bodies.contains(path) ? bodies.at(path) : std::string();
    if (body.empty()) body = ExampleBody(operation, caller);
    const auto& [status, described] = *operation.at("responses").as_object().begin();
    clock_.Advance(std::chrono::seconds(1));
    const http::Response response = Ask(upper, target, body, caller);
    ASSERT_EQ(std::to_string(response.status), status)
        << method << " " << target << " " << response.body;
    ++checked;
    if (path == "/api/auth/change-password") session = SignIn("head", "another password 7");
    const json::value* const content = described.as_object().if_contains("content");
    if (content == nullptr || !content->as_object().contains("application/json")) return;
    const json::object& schema =
        content->as_object().at("application/json").as_object().at("schema").as_object();
    const json::value answer = json::parse(response.body);
    EXPECT_EQ(Complaint(answer, schema), "") << path << " " << response.body;
    EXPECT_EQ(Unnamed(answer, schema), std::set<std::string>()) << method << " " << path;
  };
  check("/api/auth/first-admin", "post");
  check("/api/auth/login", "post");
  session = Head();  // the sign-in that was checked ended the other
  // Changes first, so that there is something to read; then what takes it away again; signing out
  // last.
  for (const char* method : {"post", "put", "get", "delete"}) {
    for (const auto& [path, methods] : document_.at("paths").as_object()) {
      const bool signing = path == "/api/auth/login" || path == "/api/auth/logout" ||
                           path == "/api/auth/first-admin";
      if (methods.as_object().contains(method) && !signing) check(std::string(path), method);
    }
  }
  check("/api/auth/logout", "post");
  EXPECT_EQ(static_cast<size_t>(checked), api_->router().routes().size());
}

// Each member that a body may have, in each shape that it should not have: alone, and amid the
// example. One of quite another kind is refused, and not passed over.
TEST_F(OpenApiTest, WhateverShapeAMemberOfABodyHasIsAnsweredAsDescribed) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const http::Headers head = Head();
  const std::vector<json::value> shapes = {
      nullptr, -1.5, "", {nullptr, json::object(), "a"}, json::object()};
  int asked = 0;
  for (const auto& [path, methods] : document_.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      const json::value* const body = operation.as_object().if_contains("requestBody");
      const json::value* const type =
          body == nullptr ? nullptr
                          : body->at("content").as_object().if_contains("application/json");
      if (type == nullptr) continue;
      const std::string security = json::serialize(operation.at("security"));
      const bool is_gates = security.find("terminal") != std::string::npos;
      const bool is_accounts = security.find("session") != std::string::npos;
      const json::object& described = operation.at("responses").as_object();
      const auto ask = [&](const json::value& sent, bool is_another_kind = false) {
        ++asked;
        const http::Response response =
            Ask(Upper(method), ExampleTarget(std::string(path), operation.as_object()),
                json::serialize(sent), is_gates ? gate : head);
        EXPECT_TRUE(described.contains(std::to_string(response.status)) && response.status < 500)
            << path << " " << sent << " " << response.body;
        EXPECT_TRUE(!is_another_kind || response.status == 400) << path << " passes over " << sent;
      };
      const json::value* const example = type->as_object().if_contains("example");
      for (const json::value& shape : shapes) {
        ask(shape);
        for (const auto& [name, property] : Properties(type->at("schema").as_object())) {
          const json::value* const kind = property.as_object().if_contains("type");
          const bool is_another_kind = is_accounts && kind != nullptr && kind->is_string() &&
                                       *kind != "object" && *kind != "array" &&
                                       (shape.is_object() || shape.is_array());
          ask(json::object{{name, shape}}, is_another_kind);
          if (example == nullptr) continue;
          json::object amid = example->as_object();
          amid[name] = shape;
          ask(amid, is_another_kind);
        }
      }
    }
  }
  EXPECT_GT(asked, 800);
}

TEST_F(OpenApiTest, WhatTheDescriptionDoesNotRequireMayBeLeftOut) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const http::Headers head = Head();
  for (const auto& [path, methods] : document_.at("paths").as_object()) {
    const json::value* const operation = methods.as_object().if_contains("get");
    if (operation == nullptr) continue;
    const std::string target = ExampleTarget(std::string(path), operation->as_object(), false);
    const http::Response response =
        Ask("GET", target, {}, path.starts_with("/api/terminal/") ? gate : head);
    EXPECT_TRUE(response.status == 200 || response.status == 404) << target << response.body;
  }
}

TEST_F(OpenApiTest, RefusalsAreWhatTheDescriptionSays) {
  const json::object error = document_.at_pointer("/components/schemas/Error").as_object();
  for (const Route& route : api_->router().routes()) {
    if (route.access == Access::kPublic) continue;
    const http::Response response = Ask(route.method, route.pattern);
    EXPECT_EQ(Complaint(json::parse(response.body), error), "") << route.pattern;
  }
}

}  // namespace
}  // namespace tamtap

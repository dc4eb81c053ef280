// For tests: the API without sockets, requests in, answers out, on real SQLite stores. It is
// Monday, 2026-11-23, 07:00 in Manila; Ana is of Narra and Ben of Molave.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/disk.h"
#include "base/test_directory.h"
#include "central/stores.h"
#include "http/forwarded.h"
#include "server/api_server.h"
#include "server/credentials.h"
#include "server/faulty_store.h"
#include "sim/fake_clock.h"
#include "sync/school_fixture.h"
#include "tap/example_person.h"
#include "tap/example_record.h"

namespace tamtap {

inline constexpr const char* kAna = "176B3325";
inline constexpr const char* kBen = "DEADBEEF";

class ServerFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = std::make_unique<FaultyStore>(*central::OpenSqlite(directory_ / "central.db"));
    identity_ = *central::OpenSqliteIdentity(directory_ / "server.db");
    // Hashed once for all tests: it takes a while, on purpose.
    static const std::string head = *HashPassword("correct horse");
    static const std::string adviser = *HashPassword("battery staple");
    ASSERT_TRUE(identity_->AddAccount({"head", AccountRole::kAdmin, {}, head}));
    ASSERT_TRUE(identity_->AddAccount({"adviser", AccountRole::kAdviser, {"Narra"}, adviser}));
    api_ = MakeApi({directory_ / "web", directory_ / "photos"});
    const std::vector<Person> people = {ExamplePerson(kAna, "Ana", "Reyes", "Narra"),
                                        ExamplePerson(kBen, "Ben", "Cruz", "Molave")};
    ASSERT_TRUE(PutPeople(*store_, people));
  }

  std::unique_ptr<ApiServer> MakeApi(ApiOptions options) {
    return std::make_unique<ApiServer>(std::move(options), *store_, *identity_,
                                       *TimeZone::Load("Asia/Manila"), clock_, random_);
  }

  void PutSetting(const std::string& key, const std::string& value) {
    ASSERT_TRUE(ChangeSchoolOf(*store_, [&](School& now) { now.settings[key] = value; }));
  }

  // A record of Ben's, of Molave.
  static Record BensRecord(uint64_t sequence) {
    Record record = ExampleRecord(sequence, kBen);
    record.section = "Molave";
    return record;
  }

  http::Request MakeRequest(const std::string& method, const std::string& target, std::string body,
                            http::Headers headers) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.body = std::move(body);
    request.headers = std::move(headers);
    request.headers.emplace_back("Host", host_);
    request.remote_address = remote_address_;
    request.secure = secure_;
    http::Believe(request, http::Networks::Loopback());  // as the front door does
    return request;
  }
  http::Response Ask(const std::string& method, const std::string& target, std::string body = {},
                     http::Headers headers = {}) {
    return api_->Answer(MakeRequest(method, target, std::move(body), std::move(headers)));
  }

  http::Response TrySignIn(const std::string& name, const std::string& password) {
    return Ask(
        "POST", "/api/auth/login",
        boost::json::serialize(boost::json::object{{"username", name}, {"password", password}}),
        {{"Content-Type", "application/json"}});
  }

  http::Headers SignIn(const std::string& name, const std::string& password) {
    const http::Response response = TrySignIn(name, password);
    EXPECT_EQ(response.status, 200) << response.body;
    const std::string cookie(response.Header("Set-Cookie"));
    EXPECT_THAT(cookie, ::testing::HasSubstr("HttpOnly; SameSite=Strict"));
    return {{"Cookie", cookie.substr(0, cookie.find(';'))}};
  }
  http::Headers Head() { return SignIn("head", "correct horse"); }
  http::Headers Adviser() { return SignIn("adviser", "battery staple"); }

  http::Headers EnrolledTerminal(const std::string& name) {
    const auto token = NewTerminalToken(*identity_, random_, clock_, name);
    EXPECT_TRUE(token);
    const auto enrolled = Enroll(*identity_, random_, clock_, token->token);
    EXPECT_TRUE(enrolled);
    return {{"Authorization", "Bearer " + enrolled->secret}};
  }

  static boost::json::object Body(const http::Response& response) {
    return boost::json::parse(response.body).as_object();
  }

  const TestDirectory directory_;
  sim::FakeClock clock_{WallTime(std::chrono::microseconds(kExampleMorningUs))};
  SeededRandom random_{5};
  std::string remote_address_ = "192.168.1.7";
  std::string host_ = "gate.local:3000";
  bool secure_ = false;
  std::unique_ptr<FaultyStore> store_;
  std::unique_ptr<IdentityStore> identity_;
  std::unique_ptr<ApiServer> api_;
};

}  // namespace tamtap

// For tests: everything that words are made of, on a real SQLite store, with a clock that stands
// still and a sender that notes what it is given. It is Monday, 2026-11-23, 07:00 in Manila.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/test_directory.h"
#include "central/stores.h"
#include "messages/words_parts.h"
#include "sim/fake_clock.h"
#include "sync/school_fixture.h"
#include "tap/example_record.h"

namespace tamtap {

class NotingSender final : public Sender {
 public:
  Sending SendMail(const MailServer&, const Mail& mail, const SendLimits&) override {
    mails.push_back(mail);
    return Next();
  }
  Sending SendHttp(const HttpCall& call, const std::vector<int>&, const SendLimits&) override {
    calls.push_back(call);
    return Next();
  }

  std::vector<Mail> mails;
  std::vector<HttpCall> calls;
  std::deque<Sending> answers;  // then all is taken

 private:
  Sending Next() {
    if (answers.empty()) return {Sending::End::kTaken, "taken", {}, 250};
    Sending next = answers.front();
    answers.pop_front();
    return next;
  }
};

class WordsFixture : public ::testing::Test {
 protected:
  static constexpr const char* kAna = "176B3325";
  static constexpr const char* kBen = "DEADBEEF";

  void SetUp() override {
    School school;
    for (const char* card : {kAna, kBen}) {
      Person person;
      person.card = *CardId::Parse(card);
      person.person = card;
      person.first_name = card == kAna ? "Ana" : "Ben";
      person.name = person.first_name + " Reyes";
      person.section = "Narra";
      school.people.push_back(person);
    }
    school.settings = {{"words.guardians", "on"}, {"school.name", "Narra High"}};
    ASSERT_TRUE(ChangeSchoolOf(*store_, [&](School& now) { now = school; }));
  }

  Guardian MakeGuardian(const std::string& id) {
    Guardian guardian;
    guardian.id = id;
    guardian.name = "Nena Reyes";
    guardian.mail = id + "@example.org";
    guardian.arrival = guardian.departure = guardian.absence = true;
    return guardian;
  }
  void Put(const std::string& person, const std::vector<Guardian>& guardians) {
    ASSERT_TRUE(store_->Messages().PutGuardians(person, guardians));
  }
  void Set(const std::string& key, const std::string& value) {
    ASSERT_TRUE(ChangeSchoolOf(*store_, [&](School& now) { now.settings[key] = value; }));
  }
  void Store(const Record& record) { ASSERT_TRUE(store_->Store({&record, 1})); }
  // To that time of the day, "HH:MM".
  void GoTo(const std::string& time) {
    clock_.Advance(*zone_.FromLocal("2026-11-23 " + time + ":00") - clock_.Now());
  }
  std::vector<Message> Outbox() {
    const auto found = store_->Messages().FindMessages({"2026-01-01", "2026-12-31", {}, {}, 1'000});
    EXPECT_TRUE(found);
    return found ? *found : std::vector<Message>();
  }

  TestDirectory directory_;
  std::unique_ptr<SchoolStore> store_ = *central::OpenSqlite(directory_ / "central.db");
  sim::FakeClock clock_{WallTime(std::chrono::microseconds(kExampleMorningUs))};
  SchoolZone zone_{*TimeZone::Load("Asia/Manila")};
  NotingSender sender_;
  std::vector<GateNews> gates_;
  WordsParts parts_{store_->Messages(),
                    clock_,
                    zone_,
                    sender_,
                    [this]() -> Result<std::shared_ptr<const Roster>> {
                      TAMTAP_TRY(auto pulled, store_->PullSchool(""));
                      return std::make_shared<const Roster>(pulled->school);
                    },
                    [this](const std::string& day, const std::string& person) {
                      return store_->FindAttendance({day, day, std::nullopt, person});
                    },
                    [this](const std::string& day) { return store_->AttendanceVersion(day); },
                    [this]() -> Result<std::vector<GateNews>> { return gates_; },
                    Options()};

  static WordsOptions Options() {
    WordsOptions options;
    options.mail.url = "smtp://mail.example";
    options.mail_from = "attendance@school.example";
    return options;
  }
};

}  // namespace tamtap

// How records may come: as they are, or compressed.
#include "http/gzip.h"
#include "server/server_fixture.h"

namespace tamtap {
namespace {

class RecordsTest : public ServerFixture {
 protected:
  http::Response Send(std::string body, const std::string& encoding) {
    http::Headers headers = gate_;
    headers.emplace_back("Content-Encoding", encoding);
    return Ask("POST", "/api/terminal/records", std::move(body), std::move(headers));
  }
  static std::string Lines(uint64_t count) {
    std::string lines;
    for (uint64_t i = 1; i <= count; ++i) {
      AppendJson(ExampleRecord(i), lines);
      lines += '\n';
    }
    return lines;
  }
  void SetUp() override {
    ServerFixture::SetUp();
    gate_ = EnrolledTerminal("gate-1");
  }
  http::Headers gate_;
};

TEST_F(RecordsTest, CompressedRecordsAreStoredAndTheServerSaysThatItReadsThem) {
  const http::Response plain = Ask("POST", "/api/terminal/records", Lines(1), gate_);
  EXPECT_EQ(plain.Header("Accept-Encoding"), "gzip");
  const http::Response response = Send(http::Gzip(Lines(40)), "gzip");
  ASSERT_EQ(response.status, 200) << response.body;
  const auto body = Body(response);
  const boost::json::array& results = body.at("results").as_array();
  ASSERT_EQ(results.size(), 40u);
  EXPECT_EQ(results[0].at("outcome"), "already_stored");
  EXPECT_EQ(results[39].at("outcome"), "merged");
}

TEST_F(RecordsTest, ABombIsTooLargeAndBrokenOrUnknownCompressionStoresNothing) {
  EXPECT_EQ(Send(http::Gzip(std::string(100 << 20, ' ')), "gzip").status, 413);
  const std::string whole = http::Gzip(Lines(40));
  EXPECT_EQ(Send(whole.substr(0, whole.size() - 1), "gzip").status, 400);
  EXPECT_EQ(Send(Lines(1), "gzip").status, 400);
  EXPECT_EQ(Send(whole, "br").status, 415);
  EXPECT_TRUE(store_->FindAttendance({"2026-11-23", "2026-11-23", {}, {}})->empty());
}

}  // namespace
}  // namespace tamtap

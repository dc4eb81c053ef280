#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/test_directory.h"
#include "reader/reader.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;

TEST(MakeReaderTest, MakesEveryReaderThatExists) {
  const TestDirectory directory;
  std::ofstream(directory / "cards") << "176B3325\n";
  for (const std::string& spec :
       {std::string("stdin"), std::string("pcsc"), std::string("pcsc:ACS ACR122U"),
        "script:" + directory / "cards", "demo:" + directory / "cards",
        std::string("rc522:/dev/spidev0.0,reset=25"), std::string("serial:/dev/ttyUSB0"),
        std::string("evdev:IC Reader")}) {
    auto reader = MakeReader(spec, SystemClock());
    ASSERT_TRUE(reader) << spec << reader.error().Message();
    EXPECT_EQ((*reader)->Describe(), spec);
  }
}

TEST(MakeReaderTest, ReadersOfTextTakeAFormat) {
  const TestDirectory directory;
  const std::string path = directory / "cards,format=x";
  std::ofstream(path) << "0563537489\n";
  const std::pair<const char*, const char*> kFormats[] = {{",format=dec", "2196E651"},
                                                          {",format=dec-reversed", "51E69621"},
                                                          {",format=auto", ""},
                                                          {",format=mfrc522", ""},
                                                          {",format=hex", ""}};
  for (const auto& [format, uid] : kFormats) {
    auto reader = MakeReader("script:" + path + format, SystemClock());
    ASSERT_TRUE(reader) << format << reader.error().Message();
    EXPECT_EQ((*reader)->Next({})->readings.uid.text(), uid) << format;
    EXPECT_TRUE(MakeReader(std::string("stdin") + format, SystemClock())) << format;
  }
  for (const char* spec :
       {"stdin,format=", "stdin,format=DEC", "stdin,format=decimal", "pcsc,format=hex",
        "pcsc:ACS,format=auto", "demo:x,format=hex", "stdin,formats=hex", "stdin,hex"}) {
    const auto reader = MakeReader(spec, SystemClock());
    ASSERT_FALSE(reader) << spec;
    EXPECT_EQ(reader.error().code, ErrorCode::kMisconfigured) << spec;
    EXPECT_THAT(reader.error().Message(), HasSubstr("format=auto|hex")) << spec;
  }
}

TEST(MakeReaderTest, RefusesWhatDoesNotExistAndNamesWhatDoes) {
  for (const char* spec : {"", "nfc", "stdin:", "stdin:x", "script", "script:", "demo",
                           "demo:", "pcsc:", "STDIN", ":x", "rc522", "evdev"}) {
    const auto reader = MakeReader(spec, SystemClock());
    ASSERT_FALSE(reader) << spec;
    EXPECT_EQ(reader.error().code, ErrorCode::kMisconfigured) << spec;
    EXPECT_THAT(reader.error().Message(), HasSubstr("script:FILE")) << spec;
  }
}

}  // namespace
}  // namespace tamtap

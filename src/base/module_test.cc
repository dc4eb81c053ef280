#include "base/module.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tamtap {
namespace {

using ::testing::HasSubstr;

TEST(ModuleTest, AModuleOfThisBuildIsTaken) {
  const auto entry = OpenModule(TAMTAP_TEST_MODULE);
  ASSERT_TRUE(entry) << entry.error().Message();
  EXPECT_EQ(std::string((*entry)->build), kModuleBuild);
  EXPECT_EQ(*static_cast<const int*>((*entry)->functions), 42);
}

TEST(ModuleTest, AModuleOfAnotherBuildIsRefusedWithBothBuildsNamed) {
  const auto entry = OpenModule(TAMTAP_TEST_OTHER_MODULE);
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().code, ErrorCode::kMisconfigured);
  EXPECT_THAT(entry.error().Message(), HasSubstr("another build (yesterday's)"));
  EXPECT_THAT(entry.error().Message(), HasSubstr(kModuleBuild));
}

TEST(ModuleTest, ALibraryThatIsNoModuleIsRefused) {
  const auto entry = OpenModule("libz.so.1");
  ASSERT_FALSE(entry);
  EXPECT_THAT(entry.error().Message(), HasSubstr("it is no module of TamTap"));
}

TEST(ModuleTest, AMissingModuleNamesThePackageThatBringsIt) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto functions = LoadModule("nothing");
    ASSERT_FALSE(functions);
    EXPECT_EQ(functions.error().code, ErrorCode::kMisconfigured);
    EXPECT_THAT(functions.error().Message(), HasSubstr("libtamtap_nothing.so"));
    EXPECT_THAT(functions.error().Message(), HasSubstr("install the package tamtap-nothing"));
  }
}

TEST(ModuleTest, ABuildNamesVersionCompilerAndADigest) {
  EXPECT_THAT(std::string(kModuleBuild),
              ::testing::MatchesRegex("[0-9.]+ [A-Za-z]+-[0-9.]+ [0-9a-f]{16}"));
}

}  // namespace
}  // namespace tamtap

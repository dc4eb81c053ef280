#include "base/tar.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/running_sha256.h"
#include "base/sha256.h"
#include "base/test_directory.h"

namespace tamtap {
namespace {

class TarTest : public ::testing::Test {
 protected:
  std::string In(const std::string& name) const { return directory_.path() + "/" + name; }
  std::unique_ptr<File> Make(const std::string& name, const std::string& text) {
    auto file = PosixDisk().Open(In(name), OpenMode::kCreateReadWrite);
    EXPECT_TRUE(file);
    EXPECT_TRUE((*file)->WriteAt(0, text));
    return *std::move(file);
  }
  // What `tar` of this machine says to these arguments, in the directory.
  int Tar(const std::string& arguments) {
    return std::system(
        ("cd " + directory_.path() + " && tar " + arguments + " >said 2>&1").c_str());
  }
  std::string Said() const {
    std::ifstream file(In("said"));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  const TestDirectory directory_;
};

constexpr auto kNobody = [](std::string_view) {};

TEST_F(TarTest, OtherProgramsReadWhatIsWritten) {
  const std::string large(700'001, 'x');
  const auto file = Make("large", large);
  const auto archive = Make("a.tar", "");
  const std::string deep = std::string(90, 'd') + "/" + std::string(90, 'e') + "/f";
  {
    TarWriter writer(*archive);
    std::string seen;
    ASSERT_TRUE(writer.Add("photos/large.jpg", *file, large.size(),
                           [&](std::string_view bytes) { seen += bytes; }));
    EXPECT_EQ(seen, large);
    ASSERT_TRUE(writer.AddText("empty", ""));
    ASSERT_TRUE(writer.AddText(deep, "deep\n"));
    ASSERT_TRUE(writer.Finish());
  }
  ASSERT_EQ(Tar("tf a.tar"), 0) << Said();
  EXPECT_EQ(Said(), "photos/large.jpg\nempty\n" + deep + "\n");
  ASSERT_EQ(Tar("xf a.tar"), 0) << Said();
  EXPECT_EQ(std::filesystem::file_size(In("photos/large.jpg")), large.size());
  EXPECT_EQ(*ReadFile(PosixDisk(), In(deep)), "deep\n");
}

TEST_F(TarTest, WhatOtherProgramsWriteIsRead) {
  Make("one", "1");
  Make("two", std::string(1'000, '2'));
  ASSERT_EQ(Tar("--format=ustar -cf a.tar one two"), 0) << Said();
  const auto archive = PosixDisk().Open(In("a.tar"), OpenMode::kRead);
  TarReader reader(**archive);
  for (const auto& [name, text] :
       {std::pair("one", std::string("1")), {"two", std::string(1'000, '2')}}) {
    const auto entry = reader.Next();
    ASSERT_TRUE(entry && *entry);
    EXPECT_EQ((*entry)->name, name);
    std::string read;
    ASSERT_TRUE(reader.Read(**entry, [&](std::string_view bytes) -> Result<> {
      read += bytes;
      return {};
    }));
    EXPECT_EQ(read, text);
  }
  const auto end = reader.Next();
  EXPECT_TRUE(end && !*end);
}

TEST_F(TarTest, NamesThatLeadElsewhereAreRefused) {
  for (const char* const name : {"", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", "a/"}) {
    EXPECT_FALSE(IsTarName(name)) << name;
  }
  EXPECT_FALSE(IsTarName(std::string(101, 'x')));
  EXPECT_FALSE(IsTarName(std::string(156, 'd') + "/" + std::string(100, 'x')));
  EXPECT_TRUE(IsTarName(std::string(155, 'd') + "/" + std::string(100, 'x')));
  Make("x", "1");
  ASSERT_EQ(Tar("--format=ustar -P --transform s,x,../x, -cf a.tar x"), 0) << Said();
  const auto archive = PosixDisk().Open(In("a.tar"), OpenMode::kRead);
  EXPECT_FALSE(TarReader(**archive).Next());
}

TEST_F(TarTest, LinksAndDirectoriesAreRefused) {
  std::filesystem::create_symlink("/etc/passwd", In("link"));
  ASSERT_EQ(Tar("--format=ustar -cf a.tar link"), 0) << Said();
  const auto archive = PosixDisk().Open(In("a.tar"), OpenMode::kRead);
  EXPECT_FALSE(TarReader(**archive).Next());
}

TEST_F(TarTest, EveryCutAndEveryFlippedBitOfAHeaderIsFound) {
  Make("one", std::string(600, '1'));
  ASSERT_EQ(Tar("--format=ustar -cf a.tar one"), 0) << Said();
  std::string bytes = *ReadFile(PosixDisk(), In("a.tar"));
  bytes.resize(512 * 4);  // header, two blocks, the first of the end
  int number = 0;
  const auto reads = [&](const std::string& content) {
    const auto archive = Make("b" + std::to_string(number++), content);
    TarReader reader(*archive);
    while (true) {
      const auto entry = reader.Next();
      if (!entry) return false;
      if (!*entry) return true;
      if (!reader.Read(**entry, [](std::string_view) { return Result<>(); })) return false;
    }
  };
  ASSERT_TRUE(reads(bytes));
  for (size_t size = 0; size < bytes.size(); size += 37) EXPECT_FALSE(reads(bytes.substr(0, size)));
  for (size_t at = 0; at < 512; ++at) {
    std::string other = bytes;
    other[at] = static_cast<char>(other[at] ^ 1);
    // Blanks and zero bytes around the sum itself mean the same.
    const bool of_the_sum = at >= 148 && at < 156;
    EXPECT_TRUE(of_the_sum || !reads(other)) << at;
  }
}

TEST_F(TarTest, AFileThatBecameShorterIsNotPaddedInSilence) {
  const auto file = Make("short", "abc");
  const auto archive = Make("a.tar", "");
  EXPECT_FALSE(TarWriter(*archive).Add("short", *file, 4, kNobody));
}

TEST(RunningSha256Test, PiecesAreHashedLikeTheWhole) {
  RunningSha256 running;
  for (const char* const piece : {"wri", "", "te first, ", "sync later"}) running.Add(piece);
  EXPECT_EQ(running.Hex(), Sha256Hex("write first, sync later"));
}

}  // namespace
}  // namespace tamtap

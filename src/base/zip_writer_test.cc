#include "base/zip_writer.h"

#include <gmock/gmock.h>

#include "base/test_directory.h"
#include "base/test_process.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;

std::string Output(const std::vector<std::string>& command) {
  std::string line;
  for (const std::string& part : command) line += "'" + part + "' ";
  FILE* const pipe = popen((line + " 2>&1").c_str(), "r");
  std::string text;
  char buffer[4096];
  while (const size_t got = fread(buffer, 1, sizeof(buffer), pipe)) text.append(buffer, got);
  text += "exit " + std::to_string(pclose(pipe));
  return text;
}

TEST(ZipWriter, OtherProgramsReadWhatItWrites) {
  TestDirectory directory;
  const std::string path = directory / "a.zip";
  {
    const auto file = PosixDisk().Open(path, OpenMode::kCreateReadWrite);
    ASSERT_TRUE(file);
    ZipWriter zip(**file);
    ASSERT_TRUE(zip.Add("README.txt", "Kumusta\r\n"));
    ASSERT_TRUE(zip.Add("photos/2026-11-23/Niño.jpg", std::string(70'000, 'x') + "\xFF\xD8"));
    ASSERT_TRUE(zip.Add("empty", ""));
    ASSERT_TRUE(zip.Finish());
  }
  const std::string said = Output(
      {"/usr/bin/python3", "-c",
       "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist(), "
       "z.read(\"README.txt\"), len(z.read(\"photos/2026-11-23/Ni\\u00f1o.jpg\")))",
       path});
  EXPECT_THAT(said, HasSubstr("None ['README.txt', 'photos/2026-11-23/Niño.jpg', 'empty'] "
                              "b'Kumusta\\r\\n' 70002"));
  EXPECT_THAT(said, HasSubstr("exit 0"));
}

}  // namespace
}  // namespace tamtap

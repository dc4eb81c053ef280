// What frames a message's content, and what of it takes memory.
#include "http/body_reader.h"

#include <gtest/gtest.h>

namespace tamtap::http {
namespace {

using Progress = BodyReader::Progress;

struct Read {
  Progress progress;
  std::string content;
  std::string rest;
};

// In one piece; the other ways to cut it are the fuzzers'.
Read ReadAll(BodyReader reader, std::string_view input) {
  const Progress progress = reader.Read(input);
  return {progress, reader.Take(), std::string(input)};
}

Read Chunks(std::string_view input, size_t most = 100) {
  return ReadAll(BodyReader::OfChunks(most), input);
}

TEST(BodyReader, ChunksAreContentAndNothingElseIs) {
  const Read read =
      Chunks("3;a=b\r\nabc\r\n02 ; c=\"d\"\r\nde\r\n0\r\nX-Forged: yes\r\nY: z\r\n\r\nGET");
  EXPECT_EQ(read.progress, Progress::kDone);
  EXPECT_EQ(read.content, "abcde");
  EXPECT_EQ(read.rest, "GET");
}

TEST(BodyReader, AChunkThatBothSidesCouldReadDifferentlyIsMalformed) {
  for (const char* bytes :
       {"\r\n", "x\r\n", "-1\r\n", "0x1\r\na\r\n", "1\na\r\n", "1\r\na\n", "1\r\nab", " 1\r\na\r\n",
        "1 2\r\na\r\n", "1;\x01\r\na\r\n", "1;\n\r\na\r\n", "00000000000000001\r\n",
        "0\r\nA: b\n\r\n", "0\r\nA: \rb\r\n\r\n", "0\r\n\rX", ";a\r\n"}) {
    EXPECT_EQ(Chunks(bytes).progress, Progress::kMalformed) << bytes;
  }
}

TEST(BodyReader, ContentIsBoundedBeforeItComes) {
  EXPECT_EQ(Chunks("65\r\n").progress, Progress::kTooLarge);
  EXPECT_EQ(Chunks("64\r\n").progress, Progress::kMore);
  EXPECT_EQ(Chunks("FFFFFFFFFFFFFFFF\r\n").progress, Progress::kTooLarge);
  EXPECT_EQ(Chunks("32\r\n" + std::string(50, 'a') + "\r\n33\r\n").progress, Progress::kTooLarge);
  EXPECT_EQ(BodyReader::OfLength(101, 100).progress(), Progress::kTooLarge);
  EXPECT_EQ(ReadAll(BodyReader::UpToTheEnd(3), "abcd").progress, Progress::kTooLarge);
}

// Each would have taken memory, or time, for as long as bytes came.
TEST(BodyReader, NothingIsEndless) {
  const std::string endless(BodyReader::kMaxOverhead + 1, '0');
  EXPECT_EQ(Chunks(endless).progress, Progress::kMalformed);
  EXPECT_EQ(Chunks("1" + std::string(endless.size(), ' ')).progress, Progress::kMalformed);
  EXPECT_EQ(Chunks("1;" + endless).progress, Progress::kMalformed);
  EXPECT_EQ(Chunks("0\r\nX: " + endless).progress, Progress::kMalformed);
  std::string trailers = "0\r\n";
  while (trailers.size() < 8 * BodyReader::kMaxOverhead) trailers += "X: y\r\n";
  EXPECT_EQ(Chunks(trailers).progress, Progress::kMalformed);
  std::string extensions;
  for (int i = 0; i < 100; ++i) extensions += "1;" + std::string(100, 'e') + "\r\na\r\n";
  EXPECT_EQ(Chunks(extensions).progress, Progress::kMalformed);
}

TEST(BodyReader, OnlyWhatHasNoLengthMayEndWithTheConnection) {
  std::string_view some = "abc";
  BodyReader length = BodyReader::OfLength(4, 100);
  EXPECT_EQ(length.Read(some), Progress::kMore);
  EXPECT_EQ(length.End(), Progress::kMalformed);
  some = "4\r\nabc";
  BodyReader chunks = BodyReader::OfChunks(100);
  EXPECT_EQ(chunks.Read(some), Progress::kMore);
  EXPECT_EQ(chunks.End(), Progress::kMalformed);
  some = "abc";
  BodyReader rest = BodyReader::UpToTheEnd(100);
  EXPECT_EQ(rest.Read(some), Progress::kMore);
  EXPECT_EQ(rest.End(), Progress::kDone);
  EXPECT_EQ(BodyReader::OfLength(0, 0).End(), Progress::kDone);
}

}  // namespace
}  // namespace tamtap::http

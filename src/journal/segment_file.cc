#include "journal/segment_file.h"

#include <algorithm>
#include <utility>

namespace tamtap::journal {
namespace {

constexpr char kBlank = '\n';

// Whether only newlines follow in the file from `begin` on.
Result<bool> IsBlankFrom(File& file, uint64_t begin, uint64_t end) {
  std::string bytes(64 << 10, '\0');
  while (begin < end) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(bytes.size(), end - begin));
    TAMTAP_TRY(const size_t got, file.ReadAt(begin, std::span(bytes).first(wanted)));
    const std::string_view read = std::string_view(bytes).substr(0, got);
    if (got == 0 || read.find_first_not_of(kBlank) != std::string_view::npos) return false;
    begin += got;
  }
  return true;
}

}  // namespace

SegmentFile::SegmentFile(std::unique_ptr<File> file, uint64_t number, uint64_t capacity)
    : file_(std::move(file)),
      number_(number),
      capacity_(capacity),
      block_bytes_(file_->BlockBytes()) {}

Result<> SegmentFile::ResumeAt(uint64_t end) {
  offset_ = end;
  if (block_bytes_ > 0) {
    TAMTAP_TRY(const bool is_blank, IsBlankFrom(*file_, end, capacity_));
    beginning_.resize(end % block_bytes_);
    TAMTAP_TRY(const size_t got, file_->ReadAt(end - beginning_.size(), beginning_));
    if (!is_blank || got != beginning_.size()) block_bytes_ = 0;
  }
  // It ends the last line, and must reach the disk with the next flush.
  return Add("\n", /*sync=*/false);
}

Result<> SegmentFile::Add(std::string_view bytes, bool sync) {
  const std::string_view blocks = BlocksWith(bytes);
  const uint64_t first_block = offset_ - beginning_.size();
  wrote_blocks_ = sync && all_durable_ && !blocks.empty();
  if (wrote_blocks_) {
    TAMTAP_RETURN_IF_ERROR(file_->WriteBlocks(first_block, blocks));
  } else {
    all_durable_ = false;
    // Whole blocks here too: WriteBlocks() took their page out of the page cache, and what is
    // written whole need not be read from the disk again.
    TAMTAP_RETURN_IF_ERROR(blocks.empty() ? file_->WriteAt(offset_, bytes)
                                          : file_->WriteAt(first_block, blocks));
    if (sync) TAMTAP_RETURN_IF_ERROR(file_->DataSync());
    all_durable_ = sync;
  }
  NoteAdded(bytes);
  return {};
}

std::string_view SegmentFile::BlocksWith(std::string_view bytes) {
  if (block_bytes_ == 0) return {};
  const size_t used = beginning_.size() + bytes.size();
  const size_t padded = (used + block_bytes_ - 1) / block_bytes_ * block_bytes_;
  if (offset_ - beginning_.size() + padded > capacity_) return {};
  blocks_.resize((padded + sizeof(Block) - 1) / sizeof(Block));
  char* const all = blocks_.front().bytes.data();
  std::copy(beginning_.begin(), beginning_.end(), all);
  std::copy(bytes.begin(), bytes.end(), all + beginning_.size());
  std::fill(all + used, all + padded, kBlank);
  return {all, padded};
}

void SegmentFile::NoteAdded(std::string_view bytes) {
  offset_ += bytes.size();
  if (block_bytes_ == 0) return;
  const size_t kept = offset_ % block_bytes_;
  if (kept <= bytes.size()) {
    beginning_.assign(bytes.substr(bytes.size() - kept));
  } else {
    beginning_ += bytes;
  }
}

}  // namespace tamtap::journal

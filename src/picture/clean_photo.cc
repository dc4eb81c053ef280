#include "picture/clean_photo.h"

#include <fmt/core.h>
#include <png.h>
// jpeglib.h needs these two first.
#include <cstddef>
#include <cstdio>
// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <array>
#include <csetjmp>
#include <new>
#include <vector>

namespace tamtap {
namespace {

constexpr std::string_view kJpegStart = "\xFF\xD8\xFF";
constexpr std::string_view kPngStart = "\x89PNG\r\n\x1A\n";
constexpr int kQuality = 85;
constexpr unsigned kMostSideScaled = kLongestPhotoSide * 8;  // it can be reduced to an eighth
constexpr int64_t kMostPngPixels = 12'500'000;               // whole in memory, three bytes each
constexpr size_t kOutputChunk = 64 << 10;

Error Unusable(std::string_view why) {
  return Error{ErrorCode::kRejected, fmt::format("take a photo: {}", why), 0,
               "it must be a JPEG as cameras make them"};
}

// What both directions share. libjpeg reports errors by a call that must not return, so it jumps to
// `escape`; whoever sets it holds nothing with a destructor.
struct JpegErrors {
  jpeg_error_mgr manager{};
  std::jmp_buf escape{};
  std::array<char, JMSG_LENGTH_MAX> message{};
  bool no_memory = false;

  void Install(j_common_ptr info) {
    info->err = jpeg_std_error(&manager);
    info->client_data = this;
    manager.error_exit = [](j_common_ptr failed) {
      auto* const self = static_cast<JpegErrors*>(failed->client_data);
      self->no_memory = failed->err->msg_code == JERR_OUT_OF_MEMORY;
      failed->err->format_message(failed, self->message.data());
      std::longjmp(self->escape, 1);
    };
    manager.emit_message = [](j_common_ptr warned, int level) {
      // A picture that ends early would have a grey bottom; other warnings change little.
      if (level < 0 && warned->err->msg_code == JWRN_JPEG_EOF) warned->err->error_exit(warned);
    };
    manager.output_message = [](j_common_ptr) {};  // standard error is not libjpeg's
  }
  Error ToError() const {
    if (!no_memory) return Unusable(message.data());
    return Error{ErrorCode::kRetry, "take a photo: too little memory", 0, "it is tried again"};
  }
};

// Collects what is encoded. Its memory can run out within libjpeg, which exceptions must not cross.
struct JpegOutput {
  jpeg_destination_mgr manager{};
  std::array<JOCTET, kOutputChunk> chunk{};
  std::string* bytes = nullptr;

  void Install(jpeg_compress_struct& info) {
    info.dest = &manager;
    manager.init_destination = [](j_compress_ptr encoder) { Of(encoder)->Begin(); };
    manager.empty_output_buffer = [](j_compress_ptr encoder) -> boolean {
      if (!Of(encoder)->Take(kOutputChunk)) ERREXIT1(encoder, JERR_OUT_OF_MEMORY, 0);
      Of(encoder)->Begin();
      return TRUE;
    };
    manager.term_destination = [](j_compress_ptr encoder) {
      JpegOutput* const self = Of(encoder);
      if (!self->Take(kOutputChunk - self->manager.free_in_buffer)) {
        ERREXIT1(encoder, JERR_OUT_OF_MEMORY, 0);
      }
    };
  }

 private:
  static JpegOutput* Of(j_compress_ptr encoder) {
    return reinterpret_cast<JpegOutput*>(encoder->dest);  // its first member
  }
  void Begin() {
    manager.next_output_byte = chunk.data();
    manager.free_in_buffer = chunk.size();
  }
  bool Take(size_t count) noexcept {
    try {
      bytes->append(reinterpret_cast<const char*>(chunk.data()), count);
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
};
static_assert(offsetof(JpegOutput, manager) == 0);

class JpegEncoder {
 public:
  explicit JpegEncoder(JpegErrors& errors) : errors_(errors) {
    errors_.Install(reinterpret_cast<j_common_ptr>(&info_));
  }
  ~JpegEncoder() { jpeg_destroy_compress(&info_); }
  JpegEncoder(const JpegEncoder&) = delete;
  JpegEncoder& operator=(const JpegEncoder&) = delete;

  // The caller has set errors.escape, also for the two calls below.
  void Start(unsigned width, unsigned height, J_COLOR_SPACE colours, std::string* out) {
    jpeg_create_compress(&info_);
    output_.bytes = out;
    output_.Install(info_);
    info_.image_width = width;
    info_.image_height = height;
    info_.in_color_space = colours;
    info_.input_components = colours == JCS_GRAYSCALE ? 1 : 3;
    jpeg_set_defaults(&info_);
    jpeg_set_quality(&info_, kQuality, TRUE);
    jpeg_start_compress(&info_, TRUE);
  }
  void AddRow(JSAMPROW row) { jpeg_write_scanlines(&info_, &row, 1); }
  void Finish() { jpeg_finish_compress(&info_); }

 private:
  JpegErrors& errors_;
  jpeg_compress_struct info_{};
  JpegOutput output_;
};

// Row by row from one to the other: a picture that comes in one pass is never in memory whole.
class JpegCleaner {
 public:
  explicit JpegCleaner(std::string_view encoded) : encoded_(encoded), encoder_(encoding_errors_) {
    errors_.Install(reinterpret_cast<j_common_ptr>(&info_));
    progress_.progress_monitor = [](j_common_ptr info) {
      const auto* const decoder = reinterpret_cast<j_decompress_ptr>(info);
      if (decoder->input_scan_number > kMostPhotoScans) ERREXIT(info, JERR_BAD_PROGRESSION);
    };
  }
  ~JpegCleaner() { jpeg_destroy_decompress(&info_); }
  JpegCleaner(const JpegCleaner&) = delete;
  JpegCleaner& operator=(const JpegCleaner&) = delete;

  Result<std::string> Clean() {
    if (!ReadHeader()) return errors_.ToError();
    const unsigned longest = std::max(info_.image_width, info_.image_height);
    const int64_t pixels = int64_t{info_.image_width} * info_.image_height;
    if (pixels < 1 || pixels > kMostPhotoPixels || longest > kMostSideScaled) {
      return Unusable(
          fmt::format("{} x {} pixels are too many", info_.image_width, info_.image_height));
    }
    if (info_.jpeg_color_space != JCS_GRAYSCALE && info_.jpeg_color_space != JCS_YCbCr &&
        info_.jpeg_color_space != JCS_RGB) {
      return Unusable("it has four colours");
    }
    if (!Start(longest)) return errors_.ToError();
    row_.resize(size_t{info_.output_width} * static_cast<size_t>(info_.output_components));
    if (!StartEncoder()) return encoding_errors_.ToError();
    while (info_.output_scanline < info_.output_height) {
      if (!ReadRow(row_.data())) return errors_.ToError();
      if (!WriteRow(row_.data())) return encoding_errors_.ToError();
    }
    if (!FinishReading()) return errors_.ToError();
    if (!FinishWriting()) return encoding_errors_.ToError();
    return std::move(out_);
  }

 private:
  bool ReadHeader() {
    if (setjmp(errors_.escape) != 0) return false;
    jpeg_create_decompress(&info_);
    info_.mem->max_memory_to_use = static_cast<long>(kMostPhotoMemory);
    info_.progress = &progress_;
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(encoded_.data()),
                 static_cast<unsigned long>(encoded_.size()));
    jpeg_read_header(&info_, TRUE);
    return true;
  }
  bool Start(unsigned longest) {
    if (setjmp(errors_.escape) != 0) return false;
    info_.out_color_space = info_.jpeg_color_space;
    info_.scale_denom = 8;
    info_.scale_num = std::clamp(kMostSideScaled / longest, 1U, 8U);
    jpeg_start_decompress(&info_);
    return true;
  }
  bool ReadRow(JSAMPROW row) {
    if (setjmp(errors_.escape) != 0) return false;
    jpeg_read_scanlines(&info_, &row, 1);
    return true;
  }
  bool FinishReading() {
    if (setjmp(errors_.escape) != 0) return false;
    jpeg_finish_decompress(&info_);
    return true;
  }
  bool StartEncoder() {
    if (setjmp(encoding_errors_.escape) != 0) return false;
    encoder_.Start(info_.output_width, info_.output_height, info_.out_color_space, &out_);
    return true;
  }
  bool WriteRow(JSAMPROW row) {
    if (setjmp(encoding_errors_.escape) != 0) return false;
    encoder_.AddRow(row);
    return true;
  }
  bool FinishWriting() {
    if (setjmp(encoding_errors_.escape) != 0) return false;
    encoder_.Finish();
    return true;
  }

  const std::string_view encoded_;
  JpegErrors errors_;
  JpegErrors encoding_errors_;
  jpeg_decompress_struct info_{};
  jpeg_progress_mgr progress_{};
  JpegEncoder encoder_;
  std::vector<JSAMPLE> row_;
  std::string out_;
};

class PngToJpeg {
 public:
  PngToJpeg() : encoder_(errors_) { image_.version = PNG_IMAGE_VERSION; }
  ~PngToJpeg() { png_image_free(&image_); }
  PngToJpeg(const PngToJpeg&) = delete;
  PngToJpeg& operator=(const PngToJpeg&) = delete;

  Result<std::string> Convert(std::string_view encoded) {
    if (png_image_begin_read_from_memory(&image_, encoded.data(), encoded.size()) == 0) {
      return Unusable(image_.message);
    }
    if (int64_t{image_.width} * image_.height > kMostPngPixels ||
        std::max(image_.width, image_.height) > kMostSideScaled) {
      return Unusable(fmt::format("{} x {} pixels are too many", image_.width, image_.height));
    }
    image_.format = PNG_FORMAT_RGB;
    pixels_.resize(PNG_IMAGE_SIZE(image_));
    const png_color white{255, 255, 255};  // behind what is transparent
    if (png_image_finish_read(&image_, &white, pixels_.data(), 0, nullptr) == 0) {
      return Unusable(image_.message);
    }
    if (!Encode(pixels_.data())) return errors_.ToError();
    return std::move(out_);
  }

 private:
  bool Encode(JSAMPLE* pixels) {
    if (setjmp(errors_.escape) != 0) return false;
    encoder_.Start(image_.width, image_.height, JCS_RGB, &out_);
    for (uint32_t row = 0; row < image_.height; ++row) {
      encoder_.AddRow(pixels + size_t{row} * image_.width * 3);
    }
    encoder_.Finish();
    return true;
  }

  png_image image_{};
  JpegErrors errors_;
  JpegEncoder encoder_;
  std::vector<JSAMPLE> pixels_;
  std::string out_;
};

// Memory that runs out costs the photo, where it does: in our own buffers too.
template <typename Work>
Result<std::string> WithinMemory(Work work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kRetry, "take a photo: too little memory", 0, "it is tried again"};
  }
}

}  // namespace

Result<std::string> CleanJpeg(std::string_view encoded) {
  if (!encoded.starts_with(kJpegStart)) return Unusable("it is no JPEG");
  return WithinMemory([&] { return JpegCleaner(encoded).Clean(); });
}

Result<std::string> CleanPicture(std::string_view encoded) {
  if (!encoded.starts_with(kPngStart)) return CleanJpeg(encoded);
  return WithinMemory([&]() -> Result<std::string> {
    TAMTAP_TRY(std::string jpeg, PngToJpeg().Convert(encoded));
    return CleanJpeg(jpeg);  // reduces it
  });
}

}  // namespace tamtap

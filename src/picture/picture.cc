#include "picture/picture.h"

#include <fmt/core.h>
#include <png.h>
// jpeglib.h needs these two first.
#include <cstddef>
#include <cstdio>
// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <array>
#include <csetjmp>
#include <string>

namespace tamtap {
namespace {

constexpr std::string_view kJpegStart = "\xFF\xD8\xFF";
constexpr std::string_view kPngStart = "\x89PNG\r\n\x1A\n";

Error Unusable(std::string_view why) {
  return Error{ErrorCode::kRejected, fmt::format("look at a picture: {}", why), 0, ""};
}

Result<> CheckSize(int64_t width, int64_t height) {
  if (width < 1 || height < 1) return Unusable("it is empty");
  if (width * height > kMostPixels) {
    return Unusable(fmt::format("{} x {} pixels are too many", width, height));
  }
  return {};
}

// libjpeg reports errors by a call that must not return, so it jumps. Nothing with a destructor may
// live in a function that is jumped out of or into: such functions take plain pointers only.
class JpegDecoder {
 public:
  explicit JpegDecoder(std::string_view encoded) : encoded_(encoded) {
    info_.err = jpeg_std_error(&errors_);
    info_.client_data = this;
    errors_.error_exit = [](j_common_ptr info) {
      auto* const self = static_cast<JpegDecoder*>(info->client_data);
      info->err->format_message(info, self->message_.data());
      std::longjmp(self->escape_, 1);
    };
    errors_.emit_message = [](j_common_ptr info, int level) {
      // A picture that ends early would have a grey bottom; other warnings change little.
      if (level < 0 && info->err->msg_code == JWRN_JPEG_EOF) info->err->error_exit(info);
      if (level < 0 &&
          (info->err->msg_code == JWRN_HUFF_BAD_CODE || info->err->msg_code == JWRN_HIT_MARKER)) {
        static_cast<JpegDecoder*>(info->client_data)->damaged_ = true;
      }
    };
    errors_.output_message = [](j_common_ptr) {};  // standard error is not libjpeg's
  }
  ~JpegDecoder() { jpeg_destroy_decompress(&info_); }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  Result<GreyPicture> Decode(int enough_width) {
    if (!ReadHeader()) return Unusable(message_.data());
    TAMTAP_RETURN_IF_ERROR(CheckSize(info_.image_width, info_.image_height));
    unsigned divisor = 1;
    while (divisor < 8 &&
           info_.image_width / (divisor * 2) >= static_cast<unsigned>(enough_width)) {
      divisor *= 2;
    }
    if (!Start(divisor)) return Unusable(message_.data());
    GreyPicture picture;
    picture.width = static_cast<int>(info_.output_width);
    picture.height = static_cast<int>(info_.output_height);
    picture.reduced = static_cast<int>(divisor);
    picture.pixels.resize(size_t{info_.output_width} * info_.output_height);
    if (!ReadRows(picture.pixels.data())) return Unusable(message_.data());
    picture.damaged = damaged_;
    return picture;
  }

 private:
  bool ReadHeader() {
    if (setjmp(escape_) != 0) return false;
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(encoded_.data()),
                 static_cast<unsigned long>(encoded_.size()));
    jpeg_read_header(&info_, TRUE);
    return true;
  }

  bool Start(unsigned divisor) {
    if (setjmp(escape_) != 0) return false;
    info_.out_color_space = JCS_GRAYSCALE;
    info_.scale_num = 1;
    info_.scale_denom = divisor;
    jpeg_start_decompress(&info_);
    return true;
  }

  bool ReadRows(unsigned char* pixels) {
    if (setjmp(escape_) != 0) return false;
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = pixels + size_t{info_.output_scanline} * info_.output_width;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    return true;
  }

  const std::string_view encoded_;
  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf escape_{};
  bool damaged_ = false;
  std::array<char, JMSG_LENGTH_MAX> message_{};
};

class PngDecoder {
 public:
  PngDecoder() { image_.version = PNG_IMAGE_VERSION; }
  ~PngDecoder() { png_image_free(&image_); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;

  Result<GreyPicture> Decode(std::string_view encoded) {
    if (png_image_begin_read_from_memory(&image_, encoded.data(), encoded.size()) == 0) {
      return Unusable(image_.message);
    }
    TAMTAP_RETURN_IF_ERROR(CheckSize(image_.width, image_.height));
    image_.format = PNG_FORMAT_GRAY;
    GreyPicture picture;
    picture.width = static_cast<int>(image_.width);
    picture.height = static_cast<int>(image_.height);
    picture.pixels.resize(size_t{image_.width} * image_.height);
    const png_color white{255, 255, 255};  // behind what is transparent
    if (png_image_finish_read(&image_, &white, picture.pixels.data(), 0, nullptr) == 0) {
      return Unusable(image_.message);
    }
    return picture;
  }

 private:
  png_image image_{};
};

}  // namespace

Result<GreyPicture> DecodeGrey(std::string_view encoded, int enough_width) {
  if (encoded.starts_with(kJpegStart)) return JpegDecoder(encoded).Decode(enough_width);
  if (encoded.starts_with(kPngStart)) return PngDecoder().Decode(encoded);
  return Unusable("it is neither JPEG nor PNG");
}

}  // namespace tamtap

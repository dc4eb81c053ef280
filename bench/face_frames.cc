#include "face_frames.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace tamtap::bench {
namespace {

constexpr int kJpegQuality = 90;

cv::Mat Load(const std::string& photos, const std::string& name) {
  cv::Mat picture = cv::imread(photos + "/" + name, cv::IMREAD_GRAYSCALE);
  if (!picture.empty()) return picture;
  fmt::print(stderr, "{}/{} is missing: run scripts/test-photos\n", photos, name);
  std::exit(1);
}

cv::Mat Resized(const cv::Mat& picture, double scale) {
  cv::Mat resized;
  cv::resize(picture, resized, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return resized;
}

// Somebody, alone in their picture: where the face is in it, and how wide.
struct Person {
  cv::Mat picture;
  double x, y, width;
};

cv::Mat Plain(int width, int height) { return {height, width, CV_8UC1, cv::Scalar(170)}; }

// The middle of a photograph, so large that it fills the frame.
cv::Mat Filled(const cv::Mat& photograph, int width, int height) {
  const double scale = std::max(double(width) / photograph.cols, double(height) / photograph.rows);
  const cv::Mat all = Resized(photograph, scale * 1.001);
  return all(cv::Rect((all.cols - width) / 2, (all.rows - height) / 2, width, height)).clone();
}

using Change = std::function<void(cv::Mat& picture, const cv::Rect2d& face)>;

// `person` in front of `background`, their face `width` pixels wide, its middle at this share of
// the frame's width.
cv::Mat With(const cv::Mat& background, const Person& person, double width, double centre = 0.5,
             const Change& change = nullptr, double height_share = 0.48) {
  const double scale = width / person.width;
  cv::Mat picture = Resized(person.picture, scale);
  const cv::Rect2d face(person.x * scale, person.y * scale, width, width);
  if (change) change(picture, face);
  const int left = cvRound(centre * background.cols - face.x - width / 2);
  const int top = cvRound(height_share * background.rows - face.y - width / 2);
  const cv::Rect there = cv::Rect(left, top, picture.cols, picture.rows) &
                         cv::Rect(0, 0, background.cols, background.rows);
  cv::Mat frame = background.clone();
  if (there.empty()) return frame;
  picture(there - cv::Point(left, top)).copyTo(frame(there));
  return frame;
}

cv::Mat Lit(const cv::Mat& frame, double gain, double offset) {
  cv::Mat lit;
  frame.convertTo(lit, CV_8UC1, gain, offset);
  return lit;
}

cv::Mat LitFromTheSide(const cv::Mat& frame, double left, double right) {
  cv::Mat lit = frame.clone();
  for (int x = 0; x < lit.cols; ++x) {
    const double gain = left + (right - left) * x / (lit.cols - 1);
    lit.col(x).convertTo(lit.col(x), CV_8UC1, gain);
  }
  return lit;
}

cv::Mat Turned(const cv::Mat& frame, double degrees) {
  const cv::Point2f middle(float(frame.cols) / 2, float(frame.rows) / 2);
  cv::Mat turned;
  cv::warpAffine(frame, turned, cv::getRotationMatrix2D(middle, degrees, 1), frame.size(),
                 cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return turned;
}

cv::Mat Noisy(const cv::Mat& frame, int most) {
  cv::Mat wide;
  frame.convertTo(wide, CV_16SC1);
  cv::Mat noise(frame.size(), CV_16SC1);
  cv::RNG random(5);
  random.fill(noise, cv::RNG::UNIFORM, -most, most + 1);
  wide += noise;
  cv::Mat noisy;
  wide.convertTo(noisy, CV_8UC1);
  return noisy;
}

Change Glasses(bool dark) {
  return [dark](cv::Mat& picture, const cv::Rect2d& face) {
    const double width = face.width;
    const int line = std::max(2, cvRound(width / 40));
    const auto at = [&](double x) {
      return cv::Point(cvRound(face.x + x * width), cvRound(face.y + 0.4 * width));
    };
    for (const double eye : {0.31, 0.69}) {
      cv::ellipse(picture, at(eye), cv::Size(cvRound(0.15 * width), cvRound(0.11 * width)), 0, 0,
                  360, cv::Scalar(30), dark ? cv::FILLED : line);
    }
    for (const auto& [from, to] : {std::pair{0.46, 0.54}, {0.0, 0.16}, {0.84, 1.0}}) {
      cv::line(picture, at(from), at(to), cv::Scalar(30), line);
    }
  };
}

Change Mask(int grey) {
  return [grey](cv::Mat& picture, const cv::Rect2d& face) {
    const auto at = [&](double x, double y) {
      return cv::Point(cvRound(face.x + x * face.width), cvRound(face.y + y * face.width));
    };
    const std::vector<cv::Point> edge = {at(0.14, 0.6), at(0.5, 0.52), at(0.86, 0.6),
                                         at(0.8, 0.9),  at(0.5, 1.04), at(0.2, 0.9)};
    cv::fillPoly(picture, std::vector{edge}, cv::Scalar(grey));
    for (const double y : {0.68, 0.78, 0.88}) {
      cv::line(picture, at(0.2, y), at(0.8, y), cv::Scalar(grey - 25));
    }
  };
}

class Frames {
 public:
  Frames(const std::string& photos, const std::function<void(const FaceFrame&)>& take)
      : take_(take) {
    const cv::Mat six = Load(photos, "six_faces.jpg");
    people_ = {{Load(photos, "one_face.png"), 142, 65, 96},
               {six(cv::Rect(405, 215, 155, 305)), 44, 60, 136},
               {six(cv::Rect(690, 285, 170, 215)), 36, 71, 113},
               {six(cv::Rect(1040, 225, 240, 225)), 72, 51, 121},
               {Load(photos, "portrait.png"), 22, 22, 66}};
    six_ = six;
    for (const char* name :
         {"none_camera.png", "none_chelsea.png", "none_coffee.png", "none_page.png",
          "none_rocket.jpg", "pattern_brick.png", "pattern_cell.png", "pattern_clock_motion.png",
          "pattern_coins.png", "pattern_grass.png", "pattern_gravel.png", "pattern_moon.png",
          "pattern_motorcycle_left.png", "pattern_text.png"}) {
      backgrounds_[name] = Load(photos, name);
    }
  }

  void All() {
    OnePerson();
    Light();
    Angles();
    Covered();
    Backgrounds();
    SeveralPeople();
    Unfit();
    Nobody();
  }

 private:
  void Give(std::string_view group, const cv::Mat& frame, Wanted wanted) {
    std::vector<unsigned char> bytes;
    cv::imencode(".jpg", frame, bytes, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality});
    take_({group, std::string(bytes.begin(), bytes.end()), wanted});
  }
  cv::Mat Usual(const Person& person) { return With(Plain(640, 480), person, 140); }

  void OnePerson() {
    for (const Person& each : people_) {
      for (const double width : {90, 110, 140, 180, 240}) {
        Give("one face, 90 to 240 pixels wide", With(Plain(640, 480), each, width), Wanted::kOne);
      }
    }
    for (const Person& each : people_) {
      for (const double centre : {0.38, 0.44, 0.56, 0.62}) {
        Give("shifted within the middle", With(Plain(640, 480), each, 140, centre), Wanted::kOne);
      }
    }
    for (const Person& each : people_) {
      for (const auto& [width, height] :
           {std::pair{320, 240}, {800, 600}, {1280, 720}, {1920, 1080}, {480, 640}}) {
        const double face = std::max(90.0, 0.3 * std::min(width, height));
        Give("frames of 320x240 to 1920x1080", With(Plain(width, height), each, face),
             Wanted::kOne);
      }
    }
  }

  void Light() {
    for (const Person& each : people_) {
      for (const auto& [gain, offset] :
           {std::pair{0.12, 0.0}, {0.3, 0.0}, {0.3, 170.0}, {0.15, 200.0}}) {
        Give("dark, fog", Lit(Usual(each), gain, offset), Wanted::kOne);
      }
      Give("dark, fog", LitFromTheSide(Usual(each), 0.15, 1.2), Wanted::kOne);
      Give("dark, fog", LitFromTheSide(Usual(each), 1.2, 0.15), Wanted::kOne);
    }
    for (const Person& each : people_) {
      for (const int size : {3, 5, 7, 9}) {
        cv::Mat blurred;
        cv::blur(Usual(each), blurred, cv::Size(size, size));
        Give("blurred", blurred, Wanted::kOne);
      }
    }
    for (const Person& each : people_) {
      for (const int most : {15, 30}) Give("noise", Noisy(Usual(each), most), Wanted::kOne);
    }
  }

  void Angles() {
    const auto turn = [this](std::string_view group, std::initializer_list<double> angles) {
      for (const Person& each : people_) {
        for (const double angle : angles) {
          Give(group, Turned(Usual(each), angle), Wanted::kOne);
          Give(group, Turned(Usual(each), -angle), Wanted::kOne);
        }
      }
    };
    turn("tilted by 5 and 8 degrees", {5, 8});
    turn("tilted by 12 and 16 degrees", {12, 16});
    turn("tilted by 20 degrees", {20});
  }

  void Covered() {
    const auto cover = [this](std::string_view group, std::initializer_list<Change> changes) {
      for (const Person& each : people_) {
        for (const double width : {110, 150, 200}) {
          for (const Change& change : changes) {
            Give(group, With(Plain(640, 480), each, width, 0.5, change), Wanted::kOne);
          }
        }
      }
    };
    cover("glasses", {Glasses(false)});
    cover("dark glasses", {Glasses(true)});
    cover("mask", {Mask(225), Mask(120)});
  }

  void Backgrounds() {
    for (const Person& each : people_) {
      for (const auto& [name, background] : backgrounds_) {
        Give("before patterns", With(Filled(background, 640, 480), each, 140), Wanted::kOne);
      }
    }
    for (size_t i = 0; i < people_.size(); ++i) {
      const cv::Mat near = With(Plain(1280, 960), people_[i], 300);
      Give("somebody small behind",
           With(near, people_[(i + 1) % people_.size()], 75, 0.12, nullptr, 0.2), Wanted::kOne);
    }
  }

  void SeveralPeople() {
    for (const Person& left : people_) {
      for (const Person& right : people_) {
        Give("two people", With(With(Plain(640, 480), left, 120, 0.28), right, 120, 0.72),
             Wanted::kSeveral);
      }
    }
    for (const Person& each : people_) {
      cv::Mat tiles;
      cv::repeat(With(Plain(320, 320), each, 115), 2, 2, tiles);
      Give("tiled", tiles, Wanted::kSeveral);
    }
    for (const double scale : {0.8, 1.0, 1.3}) {
      Give("six people", Resized(six_, scale), Wanted::kSeveral);
    }
    cv::Mat mirrored;
    cv::flip(six_, mirrored, 1);
    Give("six people", mirrored, Wanted::kSeveral);
  }

  void Unfit() {
    for (const Person& each : people_) {
      for (const double centre : {0.2, 0.27, 0.73, 0.8}) {
        Give("off the middle", With(Plain(640, 480), each, 140, centre), Wanted::kOffMiddle);
      }
    }
    for (const Person& each : people_) {
      Give("cut by the edge", With(Plain(640, 480), each, 160, 0), Wanted::kNotTaken);
      Give("cut by the edge", With(Plain(640, 480), each, 160, 1), Wanted::kNotTaken);
    }
    for (const Person& each : people_) {
      Give("too small, upside down", With(Plain(640, 480), each, 50), Wanted::kNone);
      Give("too small, upside down", Turned(Usual(each), 180), Wanted::kNone);
    }
  }

  void Nobody() {
    constexpr std::string_view kGroup = "nobody";
    for (const auto& [name, photograph] : backgrounds_) {
      Give(kGroup, Filled(photograph, 640, 480), Wanted::kNone);
      Give(kGroup, Filled(photograph, 1280, 720), Wanted::kNone);
      const cv::Size part(photograph.cols * 2 / 3, photograph.rows * 2 / 3);
      for (const int x : {0, photograph.cols / 3}) {
        for (const int y : {0, photograph.rows / 3}) {
          Give(kGroup, Filled(photograph(cv::Rect(cv::Point(x, y), part)), 640, 480),
               Wanted::kNone);
        }
      }
    }
    Give(kGroup, Filled(six_(cv::Rect(0, 480, 1280, 406)), 640, 480), Wanted::kNone);
    Give(kGroup, Plain(640, 480), Wanted::kNone);
    Give(kGroup, Noisy(Plain(640, 480), 120), Wanted::kNone);
  }

  const std::function<void(const FaceFrame&)>& take_;
  std::vector<Person> people_;
  cv::Mat six_;
  std::map<std::string, cv::Mat> backgrounds_;
};

}  // namespace

void ForEachFaceFrame(const std::string& photos,
                      const std::function<void(const FaceFrame&)>& take) {
  Frames(photos, take).All();
}

bool IsRight(Wanted wanted, FaceVerdict said) {
  switch (wanted) {
    case Wanted::kOne:
      return said == FaceVerdict::kOneFace;
    case Wanted::kOffMiddle:
      return said == FaceVerdict::kPartial;
    case Wanted::kSeveral:
      return said == FaceVerdict::kMultipleFaces;
    case Wanted::kNone:
      return said == FaceVerdict::kNoFace;
    case Wanted::kNotTaken:
      return said != FaceVerdict::kOneFace;
  }
  return false;
}

}  // namespace tamtap::bench

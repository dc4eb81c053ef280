// The check over what FaceSearch finds. Of OpenCV only objdetect, imgproc and core are linked; see
// picture.h.
#include "face/face_check.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "face/face_search.h"
#include "picture/picture.h"

namespace tamtap {
namespace {

constexpr double kSmallestFace = 80;  // pixels
// Larger pictures are judged as if they were of this size.
constexpr double kLargestSide = 1280;
// A JPEG that is wider is decoded at half its size, or less.
constexpr int kEnoughWidth = 640;
// The middle, as shares of the width.
constexpr double kCentreFrom = 0.35;
constexpr double kCentreTo = 0.65;
constexpr double kEyesWithin = 0.6;  // of the face's height, from the top
constexpr double kEyeLook = 200;     // the face's width when its eyes are looked for, pixels
constexpr double kEyeStep = 1.1;
constexpr int kEyeNeighbours = 3;

// Faces below these two are people in the background of a large picture, not at the gate: narrower
// than 1/8 of the picture (80 px in a 640-pixel frame), and than half of the largest face.
constexpr double kNearWidth = 1.0 / 8;
constexpr double kNearShare = 0.5;

constexpr std::array<const char*, 3> kUsualPlaces{"/usr/share/opencv4", "/usr/local/share/opencv4",
                                                  "/usr/share/opencv"};

Error Failed(const std::exception& cause) {
  return Error{ErrorCode::kRejected, fmt::format("look for a face: {}", cause.what()), 0, ""};
}

std::string DirectoryOfOpenCv() {
  for (const char* place : kUsualPlaces) {
    std::error_code missing;
    if (std::filesystem::is_directory(place, missing)) return place;
  }
  return kUsualPlaces.front();
}

class CascadeFaceCheck final : public FaceCheck {
 public:
  // The name of the cascade that is missing, or "".
  std::string Load(const std::string& directory) {
    if (auto missing = search_.Load(directory); !missing.empty()) return missing;
    constexpr std::array<const char*, 2> kEyes{"haarcascades/haarcascade_eye.xml",
                                               "haarcascades/haarcascade_eye_tree_eyeglasses.xml"};
    for (size_t i = 0; i < kEyes.size(); ++i) {
      if (auto missing = LoadCascade(eyes_[i], directory, kEyes[i]); !missing.empty()) {
        return missing;
      }
    }
    return "";
  }

  Result<FaceVerdict> Check(const Frame& frame, const FaceRules& rules) override {
    try {
      TAMTAP_TRY(GreyPicture decoded, DecodeGrey(frame.encoded, kEnoughWidth));
      if (decoded.damaged) {
        return Error{ErrorCode::kRejected, "look for a face", 0, "the picture is damaged"};
      }
      cv::Mat picture(decoded.height, decoded.width, CV_8UC1, decoded.pixels.data());
      // How many times smaller all in it is than in a picture of the size that is judged.
      const double reduced = decoded.reduced;
      const double encoded_side = reduced * std::max(decoded.width, decoded.height);
      double shrunk = reduced * std::min(1.0, kLargestSide / encoded_side);
      if (shrunk < 1) {
        cv::Mat smaller;
        const cv::Size size(std::max(1, cvRound(picture.cols * shrunk)),
                            std::max(1, cvRound(picture.rows * shrunk)));
        cv::resize(picture, smaller, size, 0, 0, cv::INTER_AREA);
        picture = smaller;
        shrunk = 1;
      }
      return Judge(search_.Find(picture, kSmallestFace / shrunk), picture.cols, rules);
    } catch (const std::exception& cause) {  // cv::Exception is one
      return Failed(cause);
    }
  }

 private:
  FaceVerdict Judge(std::vector<FoundFace> faces, int width, const FaceRules& rules) {
    if (faces.empty()) return FaceVerdict::kNoFace;
    const int largest = faces.front().where.width;
    std::erase_if(faces, [&](const FoundFace& face) {
      return face.where.width < width * kNearWidth && face.where.width < largest * kNearShare;
    });
    if (faces.size() > 1) return FaceVerdict::kMultipleFaces;
    const FoundFace& face = faces.front();
    if (face.centre < kCentreFrom || face.centre > kCentreTo) return FaceVerdict::kPartial;
    if (rules.eyes && !HasEyes(face)) return FaceVerdict::kEyesNotVisible;
    return FaceVerdict::kOneFace;
  }

  bool HasEyes(const FoundFace& face) {
    const cv::Rect upper(face.where.x, face.where.y, face.where.width,
                         std::max(1, cvRound(face.where.height * kEyesWithin)));
    // The eye cascades were taught on eyes of 20 pixels: small faces are enlarged, large ones
    // reduced.
    const double scale = kEyeLook / face.where.width;
    cv::Mat look;
    cv::resize(face.upright(upper), look, cv::Size(), scale, scale,
               scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
    cv::equalizeHist(look, look);
    return std::any_of(eyes_.begin(), eyes_.end(), [&look](cv::CascadeClassifier& cascade) {
      std::vector<cv::Rect> eyes;
      cascade.detectMultiScale(look, eyes, kEyeStep, kEyeNeighbours);
      return !eyes.empty();
    });
  }

  FaceSearch search_;
  std::array<cv::CascadeClassifier, 2> eyes_;  // bare, and behind glasses
};

}  // namespace

Result<std::unique_ptr<FaceCheck>> MakeFaceCheck(const std::string& given_directory) {
  const std::string directory = given_directory.empty() ? DirectoryOfOpenCv() : given_directory;
  try {
    auto check = std::make_unique<CascadeFaceCheck>();
    const std::string missing = check->Load(directory);
    if (missing.empty()) return std::unique_ptr<FaceCheck>(std::move(check));
    return Error{ErrorCode::kMisconfigured, fmt::format("read {}/{}", directory, missing), 0,
                 "install opencv-data, or name the directory that holds its cascades"};
  } catch (const std::exception& cause) {  // a cascade that is no XML
    return Error{ErrorCode::kMisconfigured,
                 fmt::format("read the cascades of {}: {}", directory, cause.what()), 0,
                 "install opencv-data anew"};
  }
}

}  // namespace tamtap

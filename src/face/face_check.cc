// The one file that sees OpenCV. Only objdetect, imgproc and core are linked; see picture.h.
#include "face/face_check.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <iterator>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <vector>

#include "picture/picture.h"

namespace tamtap {
namespace {

constexpr double kScaleStep = 1.15;
constexpr int kNeighbours = 3;
constexpr int kSmallestFace = 80;  // pixels
// Larger pictures are looked at in this size: it costs as much as a frame of a good camera.
constexpr int kWidestLook = 1280;
constexpr int kHighestLook = 1280;
// The middle, as shares of the width.
constexpr double kCentreFrom = 0.35;
constexpr double kCentreTo = 0.65;
constexpr double kEyesWithin = 0.6;  // of the face's height, from the top

// Faces below these two are people in the background of a large picture, not at the gate: narrower
// than 1/8 of the picture (80 px in a 640-pixel frame), and than half of the largest face.
constexpr double kNearWidth = 1.0 / 8;
constexpr double kNearShare = 0.5;

// What the last stage of the default cascade gives: on real photographs faces have 2 to 9, patterns
// that are none up to 5.
constexpr double kSureWeight = 4.0;

constexpr std::array<const char*, 3> kUsualPlaces{"/usr/share/opencv4/haarcascades",
                                                  "/usr/local/share/opencv4/haarcascades",
                                                  "/usr/share/opencv/haarcascades"};

Error Failed(const std::exception& cause) {
  return Error{ErrorCode::kRejected, fmt::format("look for a face: {}", cause.what()), 0, ""};
}

struct Seen {
  cv::Rect where;
  bool believed = false;  // by both frontal cascades, or very surely by the default one
  bool eyes = false;
};

// Whether they are the same face found twice.
bool Overlap(const cv::Rect& a, const cv::Rect& b) {
  return (a & b).area() * 10 > std::min(a.area(), b.area()) * 4;
}

class HaarFaceCheck final : public FaceCheck {
 public:
  // Reads the cascades; the name of the one that is missing, or "".
  std::string Load(const std::string& directory) {
    const auto load = [&](cv::CascadeClassifier& cascade, const char* name) {
      const std::string path = directory + "/" + name;
      // OpenCV says on standard error what it cannot open; we say it better.
      const bool loaded = access(path.c_str(), R_OK) == 0 && cascade.load(path);
      return loaded ? std::string() : std::string(name);
    };
    if (auto missing = load(default_, "haarcascade_frontalface_default.xml"); !missing.empty()) {
      return missing;
    }
    if (auto missing = load(alt2_, "haarcascade_frontalface_alt2.xml"); !missing.empty()) {
      return missing;
    }
    if (auto missing = load(eye_, "haarcascade_eye.xml"); !missing.empty()) return missing;
    return load(eye_behind_glasses_, "haarcascade_eye_tree_eyeglasses.xml");
  }

  Result<FaceVerdict> Check(const Frame& frame) override {
    try {
      TAMTAP_TRY(GreyPicture decoded, DecodeGrey(frame.encoded, kWidestLook));
      const cv::Mat picture = Prepare(decoded);
      const std::vector<Seen> faces = Near(picture, FindFaces(picture));
      if (faces.empty()) return FaceVerdict::kNoFace;
      if (faces.size() > 1) return FaceVerdict::kMultipleFaces;
      const cv::Rect& face = faces.front().where;
      const double centre = (face.x + face.width / 2.0) / picture.cols;
      if (centre < kCentreFrom || centre > kCentreTo) return FaceVerdict::kPartial;
      if (!faces.front().eyes) return FaceVerdict::kEyesNotVisible;
      return FaceVerdict::kOneFace;
    } catch (const std::exception& cause) {  // cv::Exception, std::bad_alloc
      return Failed(cause);
    }
  }

 private:
  static cv::Mat Prepare(GreyPicture& decoded) {
    cv::Mat picture(decoded.height, decoded.width, CV_8UC1, decoded.pixels.data());
    const double scale = std::min({1.0, static_cast<double>(kWidestLook) / decoded.width,
                                   static_cast<double>(kHighestLook) / decoded.height});
    cv::Mat prepared;
    if (scale < 1) {
      const cv::Size size(std::max(1, cvRound(decoded.width * scale)),
                          std::max(1, cvRound(decoded.height * scale)));
      cv::resize(picture, prepared, size, 0, 0, cv::INTER_AREA);
      cv::equalizeHist(prepared, prepared);
    } else {
      cv::equalizeHist(picture, prepared);
    }
    return prepared;
  }

  // One cascade alone sees faces in patterns now and then, each in other ones, and each may miss a
  // face. So they vote: the best of these that there are any of count, and the lesser do not.
  //   1. believed, and with eyes
  //   2. seen by one cascade only, and with eyes
  //   3. believed, without eyes
  std::vector<Seen> FindFaces(const cv::Mat& picture) {
    std::vector<Seen> seen = Candidates(picture);
    for (Seen& face : seen) face.eyes = HasEyes(picture, face.where);
    const auto keep = [&seen](bool believed, bool eyes) {
      std::vector<Seen> kept;
      std::copy_if(seen.begin(), seen.end(), std::back_inserter(kept), [&](const Seen& face) {
        return (face.believed || !believed) && (face.eyes || !eyes);
      });
      return kept;
    };
    if (auto faces = keep(true, true); !faces.empty()) return faces;
    if (auto faces = keep(false, true); !faces.empty()) return faces;
    return keep(true, false);
  }

  std::vector<Seen> Candidates(const cv::Mat& picture) {
    const cv::Size smallest(kSmallestFace, kSmallestFace);
    std::vector<cv::Rect> first;
    std::vector<int> levels;
    std::vector<double> weights;
    default_.detectMultiScale(picture, first, levels, weights, kScaleStep, kNeighbours, 0, smallest,
                              cv::Size(), true);
    std::vector<cv::Rect> second;
    alt2_.detectMultiScale(picture, second, kScaleStep, kNeighbours, 0, smallest);

    std::vector<Seen> seen;
    const auto add = [&seen](const Seen& candidate) {
      for (Seen& other : seen) {
        if (!Overlap(candidate.where, other.where)) continue;
        other.believed |= candidate.believed;
        return;
      }
      seen.push_back(candidate);
    };
    for (size_t i = 0; i < first.size(); ++i) {
      const bool in_both = std::any_of(second.begin(), second.end(), [&](const cv::Rect& other) {
        return Overlap(first[i], other);
      });
      add({first[i], in_both || weights[i] >= kSureWeight, false});
    }
    for (const cv::Rect& face : second) add({face, false, false});
    return seen;
  }

  static std::vector<Seen> Near(const cv::Mat& picture, std::vector<Seen> faces) {
    int largest = 0;
    for (const Seen& face : faces) largest = std::max(largest, face.where.width);
    std::erase_if(faces, [&](const Seen& face) {
      return face.where.width < picture.cols * kNearWidth &&
             face.where.width < largest * kNearShare;
    });
    return faces;
  }

  bool HasEyes(const cv::Mat& picture, const cv::Rect& face) {
    const cv::Rect upper(face.x, face.y, face.width, cvRound(face.height * kEyesWithin));
    cv::Mat region = picture(upper & cv::Rect(0, 0, picture.cols, picture.rows));
    // The eye cascades were taught on eyes of 20 pixels: small faces are enlarged, large ones
    // reduced.
    const double scale = kEyeLook / face.width;
    cv::Mat scaled;
    cv::resize(region, scaled, cv::Size(), scale, scale,
               scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
    for (cv::CascadeClassifier* cascade : {&eye_, &eye_behind_glasses_}) {
      std::vector<cv::Rect> eyes;
      cascade->detectMultiScale(scaled, eyes, 1.1, kNeighbours);
      if (!eyes.empty()) return true;
    }
    return false;
  }

  static constexpr double kEyeLook = 200;  // the face's width for it, pixels

  cv::CascadeClassifier default_;
  cv::CascadeClassifier alt2_;
  cv::CascadeClassifier eye_;
  cv::CascadeClassifier eye_behind_glasses_;
};

}  // namespace

Result<std::unique_ptr<FaceCheck>> MakeFaceCheck(const std::string& cascade_directory) {
  std::string directory = cascade_directory;
  if (directory.empty()) {
    directory = kUsualPlaces.front();
    for (const char* place : kUsualPlaces) {
      std::error_code missing;
      if (std::filesystem::is_directory(place, missing)) {
        directory = place;
        break;
      }
    }
  }
  try {
    auto check = std::make_unique<HaarFaceCheck>();
    const std::string missing = check->Load(directory);
    if (missing.empty()) return std::unique_ptr<FaceCheck>(std::move(check));
    return Error{ErrorCode::kMisconfigured, fmt::format("read {}/{}", directory, missing), 0,
                 "install opencv-data, or name the directory of its Haar cascades"};
  } catch (const std::exception& cause) {  // a cascade that is no XML
    return Error{ErrorCode::kMisconfigured,
                 fmt::format("read the cascades of {}: {}", directory, cause.what()), 0,
                 "install opencv-data anew"};
  }
}

}  // namespace tamtap

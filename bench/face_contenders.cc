#include "face_contenders.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <vector>

#include "picture/picture.h"

namespace tamtap::bench {
namespace {

constexpr double kStep = 1.15;
constexpr int kNeighbours = 3;
constexpr int kSmallest = 80;
constexpr double kLargestSide = 1280;
constexpr double kSureWeight = 4.0;

void Load(cv::CascadeClassifier& cascade, const std::string& name) {
  const std::string path = "/usr/share/opencv4/haarcascades/haarcascade_" + name + ".xml";
  if (cascade.load(path)) return;
  fmt::print(stderr, "{} is missing: install opencv-data\n", path);
  std::exit(1);
}

// Equalised, and at most of the largest size.
Result<cv::Mat> Prepared(const Frame& frame) {
  TAMTAP_TRY(GreyPicture decoded, DecodeGrey(frame.encoded, 1280));
  const cv::Mat picture(decoded.height, decoded.width, CV_8UC1, decoded.pixels.data());
  const double scale = std::min(1.0, kLargestSide / std::max(decoded.width, decoded.height));
  cv::Mat prepared;
  cv::resize(picture, prepared, {}, scale, scale, cv::INTER_AREA);
  cv::equalizeHist(prepared, prepared);
  return prepared;
}

FaceVerdict Judge(const std::vector<cv::Rect>& faces, int width) {
  if (faces.empty()) return FaceVerdict::kNoFace;
  if (faces.size() > 1) return FaceVerdict::kMultipleFaces;
  const double centre = (faces.front().x + faces.front().width / 2.0) / width;
  return centre < 0.35 || centre > 0.65 ? FaceVerdict::kPartial : FaceVerdict::kOneFace;
}

class One final : public FaceCheck {
 public:
  One() { Load(cascade_, "frontalface_default"); }
  Result<FaceVerdict> Check(const Frame& frame, const FaceRules&) override {
    TAMTAP_TRY(const cv::Mat picture, Prepared(frame));
    std::vector<cv::Rect> faces;
    cascade_.detectMultiScale(picture, faces, kStep, kNeighbours, 0,
                              cv::Size(kSmallest, kSmallest));
    return Judge(faces, picture.cols);
  }

 private:
  cv::CascadeClassifier cascade_;
};

class Two final : public FaceCheck {
 public:
  Two() {
    Load(default_, "frontalface_default");
    Load(alt2_, "frontalface_alt2");
    Load(eye_, "eye");
    Load(eye_behind_glasses_, "eye_tree_eyeglasses");
  }
  Result<FaceVerdict> Check(const Frame& frame, const FaceRules&) override {
    TAMTAP_TRY(const cv::Mat picture, Prepared(frame));
    std::vector<Seen> seen = Candidates(picture);
    for (Seen& face : seen) face.eyes = HasEyes(picture, face.where);
    std::vector<cv::Rect> faces = Kept(seen, true, true);
    if (faces.empty()) faces = Kept(seen, false, true);
    if (faces.empty()) faces = Kept(seen, true, false);
    int largest = 0;
    for (const cv::Rect& face : faces) largest = std::max(largest, face.width);
    std::erase_if(faces, [&](const cv::Rect& face) {
      return face.width < picture.cols / 8.0 && face.width < largest * 0.5;
    });
    return Judge(faces, picture.cols);
  }

 private:
  struct Seen {
    cv::Rect where;
    bool believed = false;
    bool eyes = false;
  };
  static bool Overlap(const cv::Rect& a, const cv::Rect& b) {
    return (a & b).area() * 10 > std::min(a.area(), b.area()) * 4;
  }
  static std::vector<cv::Rect> Kept(const std::vector<Seen>& seen, bool believed, bool eyes) {
    std::vector<cv::Rect> kept;
    for (const Seen& face : seen) {
      if ((face.believed || !believed) && (face.eyes || !eyes)) kept.push_back(face.where);
    }
    return kept;
  }
  std::vector<Seen> Candidates(const cv::Mat& picture) {
    const cv::Size smallest(kSmallest, kSmallest);
    std::vector<cv::Rect> first;
    std::vector<int> levels;
    std::vector<double> weights;
    default_.detectMultiScale(picture, first, levels, weights, kStep, kNeighbours, 0, smallest, {},
                              true);
    std::vector<cv::Rect> second;
    alt2_.detectMultiScale(picture, second, kStep, kNeighbours, 0, smallest);
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
      const bool both = std::any_of(second.begin(), second.end(), [&](const cv::Rect& other) {
        return Overlap(first[i], other);
      });
      add({first[i], both || weights[i] >= kSureWeight, false});
    }
    for (const cv::Rect& face : second) add({face, false, false});
    return seen;
  }
  bool HasEyes(const cv::Mat& picture, const cv::Rect& face) {
    const cv::Rect upper(face.x, face.y, face.width, cvRound(face.height * 0.6));
    const double scale = 200.0 / face.width;
    cv::Mat look;
    cv::resize(picture(upper), look, {}, scale, scale,
               scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
    for (cv::CascadeClassifier* const cascade : {&eye_, &eye_behind_glasses_}) {
      std::vector<cv::Rect> eyes;
      cascade->detectMultiScale(look, eyes, 1.1, kNeighbours);
      if (!eyes.empty()) return true;
    }
    return false;
  }

  cv::CascadeClassifier default_;
  cv::CascadeClassifier alt2_;
  cv::CascadeClassifier eye_;
  cv::CascadeClassifier eye_behind_glasses_;
};

}  // namespace

std::unique_ptr<FaceCheck> OneCascade() { return std::make_unique<One>(); }
std::unique_ptr<FaceCheck> TwoCascadesThatVote() { return std::make_unique<Two>(); }

}  // namespace tamtap::bench

#include "face/face_search.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>

namespace tamtap {
namespace {

// The quick look. It is taken at the picture's reduced copy, whose longer side has so many pixels.
constexpr double kQuickLook = 320;
constexpr int kQuickWindow = 24;  // pixels; the cascade sees nothing smaller
constexpr double kQuickStep = 1.15;
constexpr int kQuickNeighbours = 1;  // it may point at too much, not at too little
// Its boxes are narrower than a face by up to so much.
constexpr double kNarrowBox = 0.88;

// The sure look, at a candidate and a quarter of its width around it, brought to one size.
constexpr double kAround = 0.25;
constexpr double kSureLook = 48;  // the candidate's width for it, pixels
constexpr double kSureStep = 1.1;
constexpr int kSureNeighbours = 2;
constexpr double kSureFrom = 0.6;  // of that width: what is narrower or wider is another face
constexpr double kSureTo = 1.5;

// Cascades see heads that are tilted by up to about 10 degrees; turned by these, up to 22.
constexpr std::array<double, 2> kTilts{12.0, -12.0};

// Whether they are the same face found twice.
bool AreOneFace(const cv::Rect& a, const cv::Rect& b) {
  return (a & b).area() * 10 > std::min(a.area(), b.area()) * 4;
}

// The widest first, and each face once.
std::vector<cv::Rect> EachOnce(std::vector<cv::Rect> faces) {
  std::stable_sort(faces.begin(), faces.end(),
                   [](const cv::Rect& a, const cv::Rect& b) { return a.width > b.width; });
  std::vector<cv::Rect> kept;
  for (const cv::Rect& face : faces) {
    const bool again = std::any_of(kept.begin(), kept.end(), [&face](const cv::Rect& other) {
      return AreOneFace(face, other);
    });
    if (!again) kept.push_back(face);
  }
  return kept;
}

cv::Mat Resized(const cv::Mat& picture, double scale) {
  const cv::Size size(std::max(1, cvRound(picture.cols * scale)),
                      std::max(1, cvRound(picture.rows * scale)));
  cv::Mat resized;
  cv::resize(picture, resized, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return resized;
}

cv::Mat TurnBy(const cv::Mat& picture, double degrees) {
  const cv::Point2f middle(static_cast<float>(picture.cols) / 2,
                           static_cast<float>(picture.rows) / 2);
  return cv::getRotationMatrix2D(middle, degrees, 1);
}

cv::Point2d MiddleOf(const cv::Rect& face) {
  return {face.x + face.width / 2.0, face.y + face.height / 2.0};
}

}  // namespace

std::string LoadCascade(cv::CascadeClassifier& cascade, const std::string& directory,
                        const std::string& name) {
  const std::string path = directory + "/" + name;
  // OpenCV says on standard error what it cannot open; we say it better.
  return access(path.c_str(), R_OK) == 0 && cascade.load(path) ? std::string() : name;
}

std::string FaceSearch::Load(const std::string& directory) {
  std::string missing = LoadCascade(quick_, directory, "lbpcascades/lbpcascade_frontalface.xml");
  if (!missing.empty()) return missing;
  return LoadCascade(sure_, directory, "haarcascades/haarcascade_frontalface_alt2.xml");
}

std::vector<FoundFace> FaceSearch::Find(const cv::Mat& picture, double smallest) {
  std::vector<FoundFace> found;
  for (const cv::Rect& face : FindUpright(picture, smallest)) {
    found.push_back({face, picture, MiddleOf(face).x / picture.cols});
  }
  for (auto tilt = kTilts.begin(); tilt != kTilts.end() && found.empty(); ++tilt) {
    const cv::Mat turn = TurnBy(picture, *tilt);
    cv::Mat turned;
    cv::warpAffine(picture, turned, turn, picture.size(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    cv::Mat back;
    cv::invertAffineTransform(turn, back);
    for (const cv::Rect& face : FindUpright(turned, smallest)) {
      const cv::Point2d middle = MiddleOf(face);
      const double x = back.at<double>(0, 0) * middle.x + back.at<double>(0, 1) * middle.y +
                       back.at<double>(0, 2);
      found.push_back({face, turned, x / picture.cols});
    }
  }
  return found;
}

std::vector<cv::Rect> FaceSearch::FindUpright(const cv::Mat& picture, double smallest) {
  // The copy may not be so small that the smallest face does not fill the cascade's window.
  const double scale = std::min(
      1.0, std::max(kQuickLook / std::max(picture.cols, picture.rows), kQuickWindow / smallest));
  cv::Mat quick;
  cv::equalizeHist(scale < 1 ? Resized(picture, scale) : picture, quick);
  const int narrowest = std::max(kQuickWindow, static_cast<int>(smallest * scale * kNarrowBox));
  std::vector<cv::Rect> candidates;
  quick_.detectMultiScale(quick, candidates, kQuickStep, kQuickNeighbours, 0,
                          cv::Size(narrowest, narrowest));
  std::vector<cv::Rect> faces;
  for (const cv::Rect& each : EachOnce(std::move(candidates))) {
    const cv::Rect there(cvRound(each.x / scale), cvRound(each.y / scale),
                         cvRound(each.width / scale), cvRound(each.height / scale));
    if (const cv::Rect face = Confirmed(picture, there); !face.empty()) faces.push_back(face);
  }
  return EachOnce(std::move(faces));
}

cv::Rect FaceSearch::Confirmed(const cv::Mat& picture, const cv::Rect& candidate) {
  const int around = cvRound(candidate.width * kAround);
  const cv::Rect place = cv::Rect(candidate.x - around, candidate.y - around,
                                  candidate.width + 2 * around, candidate.height + 2 * around) &
                         cv::Rect(0, 0, picture.cols, picture.rows);
  if (place.empty()) return {};
  const double scale = kSureLook / candidate.width;
  cv::Mat look;
  cv::equalizeHist(Resized(picture(place), scale), look);
  const int from = static_cast<int>(kSureLook * kSureFrom);
  const int to = static_cast<int>(kSureLook * kSureTo);
  std::vector<cv::Rect> seen;
  sure_.detectMultiScale(look, seen, kSureStep, kSureNeighbours, 0, cv::Size(from, from),
                         cv::Size(to, to));
  if (seen.empty()) return {};
  const cv::Rect& widest =
      *std::max_element(seen.begin(), seen.end(),
                        [](const cv::Rect& a, const cv::Rect& b) { return a.width < b.width; });
  return cv::Rect(place.x + cvRound(widest.x / scale), place.y + cvRound(widest.y / scale),
                  cvRound(widest.width / scale), cvRound(widest.height / scale)) &
         cv::Rect(0, 0, picture.cols, picture.rows);
}

}  // namespace tamtap

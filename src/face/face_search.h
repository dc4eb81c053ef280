// FaceSearch: where the faces are in a grey picture. A quick cascade (LBP) looks over a small copy
// of the picture and points at what may be a face; a slower one that errs less (Haar) then looks
// at these places alone, each in one size and lit alike. Where nobody is found upright, both look
// once more with the head tilted to either side.
//
// One thread at a time.
#pragma once

#include <opencv2/objdetect.hpp>
#include <string>
#include <vector>

namespace tamtap {

struct FoundFace {
  cv::Rect where;     // in `upright`
  cv::Mat upright;    // the picture, turned so that this face is upright
  double centre = 0;  // of the face in the picture as it was given: 0 its left edge, 1 its right
};

class FaceSearch {
 public:
  // Reads its cascades from OpenCV's directory ("/usr/share/opencv4"). What is missing, or "".
  std::string Load(const std::string& directory);

  // The faces that are at least about `smallest` pixels wide, the widest first.
  std::vector<FoundFace> Find(const cv::Mat& picture, double smallest);

 private:
  std::vector<cv::Rect> FindUpright(const cv::Mat& picture, double smallest);
  // What the slower cascade makes of a place; an empty one: it is no face.
  cv::Rect Confirmed(const cv::Mat& picture, const cv::Rect& candidate);

  cv::CascadeClassifier quick_;
  cv::CascadeClassifier sure_;
};

// Reads a cascade beneath OpenCV's directory. What is missing, or "".
std::string LoadCascade(cv::CascadeClassifier& cascade, const std::string& directory,
                        const std::string& name);

}  // namespace tamtap

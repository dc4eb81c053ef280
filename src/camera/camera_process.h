// A program that writes MJPEG to its standard output, as a source of frames: rpicam-vid, or what
// `--camera exec:` names. What it says on its standard error is read, too: its last line is the
// best hint there is when it fails.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "camera/frame_source.h"

namespace tamtap {

// Starts `words[0]`, a path, with the rest as its arguments, in a process group of its own; all of
// it ends with the source, and the program ends with ours, however that ends. Its frames are read
// as fast as it writes them, so it never waits for us; memory is bounded by MjpegSplitter.
Result<std::unique_ptr<FrameSource>> StartCameraProcess(std::vector<std::string> words);

// The path of a program of that name, as a shell finds it; empty: there is none.
std::string FindProgram(const std::string& name);

}  // namespace tamtap

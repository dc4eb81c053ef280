// A file system that loses power on command, for the tests that run release binaries over it.
//
//   fault_fs MOUNTPOINT        in the foreground, until it is unmounted
//
// Files live on a sim::SimulatedDisk: what was not flushed is lost, torn or reordered in a crash,
// by a seed. Commands are lines on standard input; each is answered by a line "done":
//   crash SEED     power is lost; every call fails with EIO until
//   on             power is back, with what survived
//   fail-sync N    the N-th flush of a file from now on fails, once
//   slow-sync MS   each flush of a file takes so long
//   short-writes   a write takes at most half of what it is given
//   capacity N     bytes that all files together may have
//
// The kernel caches nothing (direct_io), so that what a program reads after a crash is what
// survived. The exception is SQLite's -shm file: it is mapped, which needs a cache, and holds
// nothing that has to survive; whoever opens the database first after a crash makes it anew.
#define FUSE_USE_VERSION 35
#include <fuse3/fuse.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "sim/simulated_disk.h"

namespace tamtap {
namespace {

const std::string kRoot = "/disk";  // the mount point's place on the simulated disk

std::string OnDisk(const char* path) { return std::strcmp(path, "/") == 0 ? kRoot : kRoot + path; }

class FaultFs {
 public:
  // Every operation of the file system, one at a time.
  template <typename Operation>
  int Do(const Operation& operation) {
    const std::lock_guard lock(mutex_);
    if (!power_) return -EIO;
    return operation();
  }

  void Obey(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    uint64_t number = 0;
    words >> command >> number;
    const std::lock_guard lock(mutex_);
    if (command == "crash") {
      SeededRandom random(number);
      disk_.Crash(random);
      files_.clear();
      power_ = false;
    } else if (command == "on") {
      power_ = true;
    } else if (command == "fail-sync") {
      fail_sync_ = number;
      disk_.SetFaults([this](sim::DiskCall call, const std::string&) {
        const bool fails = call == sim::DiskCall::kSync && fail_sync_ > 0 && --fail_sync_ == 0;
        return fails ? std::optional(sim::DiskFault{EIO, 0}) : std::nullopt;
      });
    } else if (command == "slow-sync") {
      sync_time_ = std::chrono::milliseconds(number);
    } else if (command == "short-writes") {
      short_writes_ = true;
    } else if (command == "capacity") {
      disk_.SetCapacity(number);
    } else {
      std::cerr << "fault_fs: no command '" << line << "'\n";
      std::exit(2);
    }
  }

  int Attributes(const std::string& path, struct stat& attributes) {
    attributes = {};
    attributes.st_uid = getuid();
    attributes.st_gid = getgid();
    if (directories_.contains(path)) {
      attributes.st_mode = S_IFDIR | 0700;
      attributes.st_nlink = 2;
      return 0;
    }
    const auto file = disk_.Open(path, OpenMode::kRead);
    if (!file) return Code(file.error());
    const auto size = (*file)->Size();
    if (!size) return Code(size.error());
    attributes.st_mode = S_IFREG | 0600;
    attributes.st_nlink = 1;
    attributes.st_size = static_cast<off_t>(*size);
    attributes.st_blocks = static_cast<blkcnt_t>((*size + 511) / 512);
    return 0;
  }

  std::set<std::string> Names(const std::string& directory) {
    std::set<std::string> names;
    const auto files = disk_.List(directory);
    if (files) names.insert(files->begin(), files->end());
    for (const std::string& each : directories_) {
      if (ParentDirectory(each) == directory) names.insert(each.substr(each.rfind('/') + 1));
    }
    return names;
  }

  int Open(const std::string& path, OpenMode mode, fuse_file_info& info) {
    auto file = disk_.Open(path, mode);
    if (!file) return Code(file.error());
    info.fh = ++last_handle_;
    info.direct_io = path.ends_with("-shm") ? 0 : 1;
    files_[info.fh] = *std::move(file);
    return 0;
  }
  File* Find(const fuse_file_info& info) {
    const auto file = files_.find(info.fh);
    return file == files_.end() ? nullptr : file->second.get();
  }
  void Close(const fuse_file_info& info) { files_.erase(info.fh); }

  static int Code(const Error& error) { return error.errno_value == 0 ? -EIO : -error.errno_value; }

  sim::SimulatedDisk& disk() { return disk_; }
  std::set<std::string>& directories() { return directories_; }
  std::chrono::milliseconds sync_time() const { return sync_time_; }
  bool short_writes() const { return short_writes_; }

 private:
  std::mutex mutex_;
  sim::SimulatedDisk disk_;
  std::set<std::string> directories_ = {kRoot};  // these survive: they are made once
  std::map<uint64_t, std::unique_ptr<File>> files_;
  uint64_t last_handle_ = 0;
  bool power_ = true;
  bool short_writes_ = false;
  uint64_t fail_sync_ = 0;
  std::chrono::milliseconds sync_time_{0};
};

FaultFs& Fs() {
  static FaultFs fs;
  return fs;
}

int Outcome(const Result<>& result) { return result ? 0 : FaultFs::Code(result.error()); }

int GetAttributes(const char* path, struct stat* attributes, fuse_file_info*) {
  return Fs().Do([&] { return Fs().Attributes(OnDisk(path), *attributes); });
}

int ReadDirectory(const char* path, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info*,
                  fuse_readdir_flags) {
  return Fs().Do([&] {
    const std::string directory = OnDisk(path);
    if (!Fs().directories().contains(directory)) return -ENOENT;
    for (const std::string& name : Fs().Names(directory)) {
      fill(buffer, name.c_str(), nullptr, 0, fuse_fill_dir_flags{});
    }
    return 0;
  });
}

int OpenFile(const char* path, fuse_file_info* info) {
  const bool writes = (info->flags & O_ACCMODE) != O_RDONLY;
  return Fs().Do([&] {
    return Fs().Open(OnDisk(path), writes ? OpenMode::kReadWrite : OpenMode::kRead, *info);
  });
}

int CreateFile(const char* path, mode_t, fuse_file_info* info) {
  return Fs().Do([&] { return Fs().Open(OnDisk(path), OpenMode::kCreateReadWrite, *info); });
}

int ReadFile(const char*, char* buffer, size_t size, off_t offset, fuse_file_info* info) {
  return Fs().Do([&] {
    File* const file = Fs().Find(*info);
    if (file == nullptr) return -EIO;
    const auto got = file->ReadAt(static_cast<uint64_t>(offset), std::span(buffer, size));
    return got ? static_cast<int>(*got) : FaultFs::Code(got.error());
  });
}

int WriteFile(const char*, const char* bytes, size_t size, off_t offset, fuse_file_info* info) {
  return Fs().Do([&] {
    File* const file = Fs().Find(*info);
    if (file == nullptr) return -EIO;
    if (Fs().short_writes() && size > 1) size /= 2;
    const auto written = file->WriteAt(static_cast<uint64_t>(offset), {bytes, size});
    return written ? static_cast<int>(size) : FaultFs::Code(written.error());
  });
}

int FlushFile(const char*, int, fuse_file_info* info) {
  std::this_thread::sleep_for(Fs().sync_time());
  return Fs().Do([&] {
    File* const file = Fs().Find(*info);
    return file == nullptr ? -EIO : Outcome(file->DataSync());
  });
}

int FlushDirectory(const char* path, int, fuse_file_info*) {
  return Fs().Do([&] { return Outcome(Fs().disk().SyncDirectory(OnDisk(path))); });
}

int TruncateFile(const char* path, off_t size, fuse_file_info* info) {
  return Fs().Do([&] {
    if (info != nullptr) {
      File* const file = Fs().Find(*info);
      return file == nullptr ? -EIO : Outcome(file->Truncate(static_cast<uint64_t>(size)));
    }
    const auto file = Fs().disk().Open(OnDisk(path), OpenMode::kReadWrite);
    if (!file) return FaultFs::Code(file.error());
    return Outcome((*file)->Truncate(static_cast<uint64_t>(size)));
  });
}

int CloseFile(const char*, fuse_file_info* info) {
  // Whatever the power does, a descriptor can be closed.
  static_cast<void>(Fs().Do([&] {
    Fs().Close(*info);
    return 0;
  }));
  return 0;
}

int RemoveFile(const char* path) {
  return Fs().Do([&] { return Outcome(Fs().disk().Remove(OnDisk(path))); });
}

int RenameFile(const char* from, const char* to, unsigned int) {
  return Fs().Do([&] { return Outcome(Fs().disk().Rename(OnDisk(from), OnDisk(to))); });
}

int MakeDirectory(const char* path, mode_t) {
  return Fs().Do([&] { return Fs().directories().insert(OnDisk(path)).second ? 0 : -EEXIST; });
}

int TellSpace(const char*, struct statvfs* space) {
  return Fs().Do([&] {
    const auto free = Fs().disk().FreeBytes("/");
    if (!free) return FaultFs::Code(free.error());
    *space = {};
    space->f_bsize = space->f_frsize = 4096;
    space->f_namemax = 255;
    space->f_blocks = space->f_bfree = space->f_bavail =
        std::min<uint64_t>(*free, uint64_t{1} << 40) / 4096;
    return 0;
  });
}

int ChangeMode(const char*, mode_t, fuse_file_info*) { return 0; }

}  // namespace
}  // namespace tamtap

int main(int argc, char** argv) {
  using namespace tamtap;
  if (argc != 2) {
    std::cerr << "fault_fs MOUNTPOINT\n";
    return 2;
  }
  fuse_operations operations{};
  operations.getattr = GetAttributes;
  operations.readdir = ReadDirectory;
  operations.open = OpenFile;
  operations.create = CreateFile;
  operations.read = ReadFile;
  operations.write = WriteFile;
  operations.fsync = FlushFile;
  operations.fsyncdir = FlushDirectory;
  operations.truncate = TruncateFile;
  operations.release = CloseFile;
  operations.unlink = RemoveFile;
  operations.rename = RenameFile;
  operations.mkdir = MakeDirectory;
  operations.statfs = TellSpace;
  operations.chmod = ChangeMode;

  std::thread([] {
    for (std::string line; std::getline(std::cin, line);) {
      Fs().Obey(line);
      std::cout << "done" << std::endl;
    }
  }).detach();
  // No names or attributes are remembered by the kernel: a crash changes them.
  std::string arguments[] = {argv[0], "-f", "-o",
                             "attr_timeout=0,entry_timeout=0,negative_timeout=0", argv[1]};
  char* fuse_argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(),
                       arguments[3].data(), arguments[4].data(), nullptr};
  return fuse_main(5, fuse_argv, &operations, nullptr);
}

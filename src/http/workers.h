// Workers: the threads on which handlers run, and whose turn it is. Work of those who are known
// goes first. Strangers' is done in turns, one task of each address at a time, and never by all of
// the threads: what strangers ask for, however much it is, delays nobody but strangers, and an
// address that asks for much delays mostly itself.
//
// Most work of those who are known is to wait for a disk or a database, and what waits together is
// committed together. So a thread more is started whenever their work finds none free, up to a
// bound.
//
// Thread-safe. A task that throws is over; its thread goes on.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace tamtap::http {

class Workers {
 public:
  // `threads` are there from the beginning, and at most `most`, if that is more, in the end.
  Workers(size_t threads, size_t most);
  ~Workers() { Join(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void Post(std::function<void()> task) EXCLUDES(mutex_);
  void PostForStranger(const std::string& address, std::function<void()> task) EXCLUDES(mutex_);
  // Ends when nothing is left to do. Nothing may be posted afterwards.
  void Join() EXCLUDES(mutex_);

 private:
  using Tasks = std::deque<std::function<void()>>;

  void AddThread() REQUIRES(mutex_);
  void Run() EXCLUDES(mutex_);
  bool StrangersTurn() REQUIRES(mutex_);
  std::function<void()> TakeStrangers() REQUIRES(mutex_);

  const size_t most_strangers_;  // threads
  const size_t most_;            // threads
  Mutex mutex_;
  CondVar changed_;
  Tasks known_ GUARDED_BY(mutex_);
  std::map<std::string, Tasks> strangers_ GUARDED_BY(mutex_);
  std::deque<std::string> turns_ GUARDED_BY(mutex_);  // addresses that have tasks
  size_t strangers_running_ GUARDED_BY(mutex_) = 0;
  size_t free_ GUARDED_BY(mutex_) = 0;  // threads that wait for work
  bool joining_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);
};

}  // namespace tamtap::http

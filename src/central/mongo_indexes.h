// The indexes that questions about a MongoDB database need.
#pragma once

#include <boost/json.hpp>
#include <vector>

namespace tamtap::central {

struct MongoIndex {
  const char* collection;
  const char* name;
  boost::json::object key;
  bool unique;
};

std::vector<MongoIndex> MongoIndexes();

// One index a command: one that can't be made takes no other with it.
boost::json::object CommandFor(const MongoIndex& index);

}  // namespace tamtap::central

// The functions of the module libtamtap_mongodb.so (base/module.h).
#pragma once

#include <memory>

#include "central/stores.h"

namespace tamtap::central {

struct MongoModule {
  Result<std::unique_ptr<SchoolStore>> (*open)(const MongoOptions& options);
  Result<> (*check)(const MongoOptions& options);
  Result<std::unique_ptr<ExistingDatabase>> (*open_existing)(const MongoOptions& options);
  Result<std::unique_ptr<IdentityStore>> (*open_identity)(const MongoOptions& options);
  Result<> (*take_over)(const MongoOptions& options, const IdentityContent& content,
                        const std::string& file);
};

}  // namespace tamtap::central

#include "central/mongo_module.h"

#include "base/module.h"

namespace tamtap::central {

Result<std::unique_ptr<SchoolStore>> OpenMongoModule(const MongoOptions& options) {
  TAMTAP_TRY(const void* const functions, LoadModule("mongodb"));
  return static_cast<const MongoModule*>(functions)->open(options);
}

}  // namespace tamtap::central

#include "central/mongo_module.h"

#include "base/module.h"

namespace tamtap::central {

Result<std::unique_ptr<SchoolStore>> OpenMongoModule(const MongoOptions& options) {
  TAMTAP_TRY(const void* const functions, LoadModule("mongodb"));
  return static_cast<const MongoModule*>(functions)->open(options);
}

Result<std::unique_ptr<ExistingDatabase>> OpenExistingDatabaseModule(const MongoOptions& options) {
  TAMTAP_TRY(const void* const functions, LoadModule("mongodb"));
  return static_cast<const MongoModule*>(functions)->open_existing(options);
}

Result<std::unique_ptr<IdentityStore>> OpenMongoIdentityModule(const MongoOptions& options) {
  TAMTAP_TRY(const void* const functions, LoadModule("mongodb"));
  return static_cast<const MongoModule*>(functions)->open_identity(options);
}

Result<> TakeIntoMongoModule(const MongoOptions& options, const IdentityContent& content,
                             const std::string& file) {
  TAMTAP_TRY(const void* const functions, LoadModule("mongodb"));
  return static_cast<const MongoModule*>(functions)->take_over(options, content, file);
}

Result<> CheckMongoModule(const MongoOptions& options) {
  const auto functions = LoadModule("mongodb");
  // Who opens the store says so; the module may be installed while a gate runs.
  if (!functions) return {};
  return static_cast<const MongoModule*>(*functions)->check(options);
}

}  // namespace tamtap::central

// libtamtap_mongodb.so: the room `mongo` and libmongoc, for the program to load.
#include "base/module.h"
#include "central/mongo_module.h"

namespace {

constexpr tamtap::central::MongoModule kFunctions{
    tamtap::central::OpenMongo, tamtap::central::CheckMongoUri,
    tamtap::central::OpenExistingDatabase, tamtap::central::OpenMongoIdentity,
    tamtap::central::TakeIntoMongo};

}  // namespace

extern "C" {
[[gnu::visibility("default")]] extern const tamtap::ModuleEntry tamtap_module;
const tamtap::ModuleEntry tamtap_module = tamtap::EntryOf(&kFunctions);
}

# Writes OUTPUT: what program and modules of one build have in common, as kModuleBuild. Both sides
# share C++ types, so it holds a digest of every header, and the compiler with its flags.
file(GLOB_RECURSE headers RELATIVE ${SOURCE} ${SOURCE}/*.h)
list(SORT headers)
set(digests "")
foreach(header IN LISTS headers)
  file(SHA256 ${SOURCE}/${header} digest)
  string(APPEND digests "${header} ${digest}\n")
endforeach()
string(SHA256 digest "${digests}${FLAGS}")
string(SUBSTRING "${digest}" 0 16 digest)
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
#include "base/module.h"

namespace tamtap {
const char kModuleBuild[] = "@VERSION@ @COMPILER@ @digest@";
}  // namespace tamtap
]] @ONLY)

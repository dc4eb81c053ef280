#include "server/openapi.h"

extern const char kOpenApi[];
extern const unsigned long kOpenApiSize;

namespace tamtap {

const std::string& OpenApiDocument() {
  static const std::string document(kOpenApi, kOpenApiSize);
  return document;
}

}  // namespace tamtap

// Who may use a device, by the owner, the group and the mode of its file.
#pragma once

#include <sys/types.h>

#include <string>

namespace tamtap {

// Why that user can't read and write the device, in a sentence that says what to do; empty: they
// can, or there is no such file.
std::string WhyNoAccess(const std::string& device, uid_t user);

// The name of the user; the number, if nobody has it.
std::string UserName(uid_t user);

}  // namespace tamtap

// Secrets that settings name instead of holding them: "credential:NAME" is what the file NAME of
// /etc/tamtap/credentials has, which belongs to root. systemd hands these files to the services
// (LoadCredential); root's commands read them where they are.
#pragma once

#include "base/result.h"
#include "cli/settings.h"

namespace tamtap::cli {

// Puts the secret itself in the place of its name in --central, --metrics-token and what words are
// sent by (--words-smtp-password, --words-gateway-header, --words-staff-webhook), and the path of
// its file in those of --tls-certificate and --tls-key. kMisconfigured: there is no such file, or
// this user can't read it.
Result<> ResolveCredentials(Settings& settings);

}  // namespace tamtap::cli

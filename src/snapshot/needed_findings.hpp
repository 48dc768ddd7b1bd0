// SPDX-License-Identifier: MIT
// Of what there is to say of certificate files, what matters to a policy host
// of this configuration. A folder is often that of a whole machine: what is in
// disorder there and serves no policy is for others to mend.
#pragma once

#include <chrono>
#include <string>

#include "config/config.hpp"
#include "diagnostic.hpp"
#include "tls/certificate_files.hpp"
#include "tls/certificate_store.hpp"

namespace mtasts::snapshot {

/// Kept is what is said of a certificate that a policy host offers at `now`,
/// or why one that it lacks was not taken, and of files that are named in the
/// configuration. `store` has what was found. `host`: the one that counts
/// instead of those of `live`; or empty.
Diagnostics keep_needed(tls::FoundCertificates& found, const config::Live& live,
                        const std::string& host,
                        const tls::CertificateStore& store,
                        std::chrono::sys_seconds now);

}  // namespace mtasts::snapshot

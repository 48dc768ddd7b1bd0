// SPDX-License-Identifier: MIT
// Asks and changes records by PowerDNS's HTTP API
// (/api/v1/servers/localhost/zones).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "nameserver/answer.hpp"
#include "nameserver/update.hpp"
#include "result.hpp"

namespace mtasts::nameserver {

/// What PowerDNS itself has at `owner` in `zone`, as its API tells: as from a
/// server that is asked directly. `refused`: it has no such zone. A name that
/// is not there is no_data.
Answer ask_powerdns(const std::string& url, const std::string& key,
                    const std::string& zone, const std::string& owner,
                    Type type, std::chrono::milliseconds time);

/// The API has no prerequisites: what is there is read first and compared with
/// what was seen. `url` is "http://127.0.0.1:8081", at an address that is not
/// public: the key, its X-API-Key, goes there in clear text. `time` is for all
/// of it.
Result<void> patch_powerdns(const std::string& url, const std::string& key,
                            const std::string& zone,
                            const std::vector<RecordChange>& changes,
                            std::chrono::milliseconds time);

}  // namespace mtasts::nameserver

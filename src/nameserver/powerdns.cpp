// SPDX-License-Identifier: MIT
#include "nameserver/powerdns.hpp"

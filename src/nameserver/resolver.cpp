// SPDX-License-Identifier: MIT
#include "nameserver/resolver.hpp"

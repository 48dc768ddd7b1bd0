// SPDX-License-Identifier: MIT
#include "http/fetch.hpp"

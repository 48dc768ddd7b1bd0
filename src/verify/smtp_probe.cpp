// SPDX-License-Identifier: MIT
#include "verify/smtp_probe.hpp"

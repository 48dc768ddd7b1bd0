// SPDX-License-Identifier: MIT
#include "verify/smtp_reply.hpp"

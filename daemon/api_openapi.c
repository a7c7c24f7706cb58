// SPDX-License-Identifier: GPL-3.0-or-later
// The description, as the build has made bytes of it (Makefile).
#include "daemon/api.h"

const char api_openapi[] = {
#include "openapi.inc"
    '\0',
};

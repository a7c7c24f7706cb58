// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/site_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "tests/store_folder.h"

static int write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    return !file || fputs(text, file) < 0 || fclose(file);
}

int site_folder_enter(void **state)
{
    return store_folder_enter(state) ||
           write_file("zones.csv", "id,name\nyen-lu,Yên Lư\nphuc-son,Phúc Sơn\n");
}

int site_folder_leave(void **state)
{
    return store_folder_leave(state);
}

struct config *site_folder_config(const char *intake, const char *more)
{
    char text[4096];
    snprintf(
        text, sizeof text,
        "[site]\nclock = +07:00\nstep = 30min\nzones = zones.csv\n[store]\npath = store.db\n"
        // Seasons have tests of their own, and take their time.
        "[season]\nevery = 0s\n[heartbeat]\nevery = 0s\n[intake]\nlisten = 127.0.0.1:0\n%s\n%s",
        intake ? intake : "", more ? more : "");
    assert_int_equal(write_file("phutaid.conf", text), 0);
    struct config_errors errors;
    struct config *config = config_read("phutaid.conf", &errors);
    if (!config)
        fail_msg("%s", errors.n ? errors.text[0] : "out of memory");
    config_errors_done(&errors);
    return config;
}

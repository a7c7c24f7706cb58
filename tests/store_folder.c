// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/store_folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int store_folder_enter(void **state)
{
    static char folder[32];
    strcpy(folder, "/tmp/test_store.XXXXXX");
    *state = folder;
    return !mkdtemp(folder) || chdir(folder);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

int store_folder_leave(void **state)
{
    return chdir("/") || nftw(*state, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

struct store *store_folder_open(enum store_mode mode)
{
    char error[256] = "";
    struct store *store = store_open("store.db", mode, error);
    if (!store) {
        fprintf(stderr, "%s\n", error);
        abort();
    }
    return store;
}

bool store_folder_refused(const char *path, enum store_mode mode, const char *words)
{
    char error[256] = "";
    struct store *store = store_open(path, mode, error);
    store_close(store);
    if (!store && strstr(error, words) && strstr(error, path))
        return true;
    fprintf(stderr, "'%s' gave \"%s\", not \"%s\"\n", path, error, words);
    return false;
}

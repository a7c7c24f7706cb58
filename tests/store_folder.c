// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/store_folder.h"

#include <ftw.h>
#include <sqlite3.h>
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

void store_folder_age(int format)
{
    static const char to_2[] =
        "DROP TABLE score; DROP TABLE sink; DROP INDEX outbox_of_sink;"
        "ALTER TABLE outbox DROP COLUMN lines; ALTER TABLE outbox DROP COLUMN acked;"
        "ALTER TABLE outbox DROP COLUMN server; ALTER TABLE reject DROP COLUMN lines;"
        "CREATE INDEX outbox_of_sink ON outbox (sink, id, created, bytes);"
        "PRAGMA user_version = 2;";
    static const char to_1[] = "DROP TABLE register; DROP TABLE effect; PRAGMA user_version = 1";
    sqlite3 *db;
    if (sqlite3_open("store.db", &db) != SQLITE_OK ||
        sqlite3_exec(db, to_2, NULL, NULL, NULL) != SQLITE_OK ||
        (format == 1 && sqlite3_exec(db, to_1, NULL, NULL, NULL) != SQLITE_OK)) {
        fprintf(stderr, "store.db: %s\n", sqlite3_errmsg(db));
        abort();
    }
    sqlite3_close(db);
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

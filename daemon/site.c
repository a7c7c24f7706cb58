// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/site.h"

#include "config/text.h"
#include "daemon/log.h"
#include "daemon/origin.h"

static bool read_config(struct site *site, const char *path)
{
    struct config_errors errors;
    site->config = config_read(path, &errors);
    for (size_t i = 0; i < errors.n; i++)
        log_error("%s", errors.text[i]);
    if (!site->config && !errors.n)
        log_error("%s: out of memory", path);
    config_errors_done(&errors);
    return site->config != NULL;
}

static bool look_at_origin(struct site *site)
{
    if (!store_simulated(site->store, &site->simulated)) {
        log_error("%s", store_error(site->store));
        return false;
    }
    if (site->simulated)
        log_warning("store '%s': " ORIGIN_WORDS, site->config->store.path);
    return true;
}

bool site_open(struct site *site, const char *path, enum store_mode mode)
{
    char error[256];
    *site = (struct site){0};
    if (!read_config(site, path))
        return false;
    if (!civil_clock_parse(site->config->site.clock, &site->clock)) {
        log_error("%s: [site] clock '%s': neither an offset such as +07:00 nor a POSIX TZ rule",
                  path, site->config->site.clock);
        return false;
    }
    site->store = store_open(site->config->store.path, mode, error);
    if (!site->store)
        log_error("%s", error);
    return site->store && look_at_origin(site);
}

void site_close(struct site *site)
{
    store_close(site->store);
    config_free(site->config);
    *site = (struct site){0};
}

bool site_time(const struct site *site, const char *text, int64_t *ret_instant)
{
    int64_t local_s;
    int32_t offset_s;
    if (!text_time(text, &local_s, &offset_s))
        return false;
    *ret_instant =
        offset_s == TEXT_NO_OFFSET ? civil_instant(&site->clock, local_s) : local_s - offset_s;
    return true;
}

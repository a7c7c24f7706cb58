// SPDX-License-Identifier: GPL-3.0-or-later
// usage: bench_season READINGS WEATHER HOLIDAYS|- ISSUE FROM TO PATHS [ZONE]
// Times the seasons of all zones of a file, or of one, and prints `name value` lines.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <gsl/gsl_errno.h>

#include "daemon/dataset.h"
#include "daemon/seasons.h"

enum { SEED = 1 };

static void die(const char *why)
{
    fprintf(stderr, "bench_season: %s\n", why);
    exit(EXIT_FAILURE);
}

static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void read_times(const struct dataset *data, char **text, struct seasons_request *ret)
{
    if (!dataset_time(data, text[0], &ret->issue) || !dataset_time(data, text[1], &ret->begin) ||
        !dataset_time(data, text[2], &ret->until))
        die("a time that is none");
    ret->until += CIVIL_DAY_S;
    ret->weather_until = ret->issue;
}

// The zones of the file, each with the mean temperature of all stations.
static struct seasons_zone *choose_zones(const struct dataset *data, const char *only, size_t *ret)
{
    struct seasons_zone *zones = calloc(data->n_zones + 1, sizeof *zones);
    size_t n = 0;
    for (size_t k = 0; zones && k < data->n_zones; k++)
        if (!only || !strcmp(data->zones[k].id, only))
            zones[n++] = (struct seasons_zone){.id = data->zones[k].id,
                                               .load = &data->zones[k].series,
                                               .temp = &data->temp,
                                               .kin = SIZE_MAX};
    if (!n)
        die("no such zone, or out of memory");
    *ret = n;
    return zones;
}

// The same paths once more, on one core and without any fit.
static double paths_on_one_core(const struct seasons_request *r, const struct seasons *seasons)
{
    const double poe[] = {0.9, 0.5, 0.1, 0.01};
    double peak[4], before = processor_s();
    struct season_request request = {
        .clock = r->clock,
        .issue = r->issue,
        .begin = r->begin,
        .start = r->begin > r->issue ? r->begin : r->issue,
        .until = r->until,
        .step_s = r->zones[0].load->step_s,
        .n_zones = r->n_zones,
        .zones = seasons->zones,
        .n_sums = r->n_sums,
        .sums = r->sums,
        .n_paths = r->n_paths,
        .seed = r->seed,
    };
    struct season *season = season_new(&request);
    for (size_t block = 0; season && block < SEASON_BLOCKS; block++)
        if (!season_run(season, block))
            die("out of memory");
    if (!season)
        die("out of memory");
    season_finish(season);
    for (size_t node = 0; node < r->n_zones + r->n_sums; node++)
        if (!peaks_quantiles(season_peaks(season, node), PEAKS_PEAK, 4, poe, peak))
            die("out of memory");
    double spent = processor_s() - before;
    season_free(season);
    return spent;
}

static double most_mb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

int main(int argc, char **argv)
{
    struct dataset data;
    struct seasons seasons;
    struct seasons_request request = {.seed = SEED};
    if (argc < 8)
        die("READINGS WEATHER HOLIDAYS|- ISSUE FROM TO PATHS [ZONE]");
    gsl_set_error_handler_off();
    if (!dataset_read(argv[1], argv[2], strcmp(argv[3], "-") ? argv[3] : NULL, NULL, &data))
        return EXIT_FAILURE;
    read_times(&data, argv + 4, &request);
    request.n_paths = strtoul(argv[7], NULL, 10);
    request.clock = &data.clock;
    request.calendar = data.calendar;
    struct seasons_zone *zones = choose_zones(&data, argc > 8 ? argv[8] : NULL, &request.n_zones);
    request.zones = zones;
    size_t *all = calloc(request.n_zones + 1, sizeof *all);
    for (size_t z = 0; all && z < request.n_zones; z++)
        all[z] = z;
    struct season_sum total = {request.n_zones, all};
    request.sums = &total;
    request.n_sums = request.n_zones > 1 ? 1 : 0;
    if (!all || !seasons_run(&request, &seasons))
        die("out of memory");
    printf("zones %zu\npaths %zu\nfit_s %.3f\npaths_s %.3f\nmost_mb %.0f\n", request.n_zones,
           request.n_paths, seasons.fit_s, seasons.paths_s, most_mb());
    printf("one_core_s %.3f\n", paths_on_one_core(&request, &seasons));
    seasons_done(&seasons);
    dataset_done(&data);
    free(all);
    free(zones);
    return EXIT_SUCCESS;
}

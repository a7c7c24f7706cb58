// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/cores.h"

#include <cblas.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

struct share {
    atomic_size_t next;
    size_t n;
    cores_fn *fn;
    void *context;
};

unsigned cores_count(void)
{
    long n = openblas_get_parallel() ? sysconf(_SC_NPROCESSORS_ONLN) : 1;
    // The threads are ours: the library's own beside them would only be in their way.
    openblas_set_num_threads(1);
    return n > 0 ? (unsigned)n : 1;
}

static void *take_turns(void *context)
{
    struct share *share = context;
    for (size_t i; (i = atomic_fetch_add(&share->next, 1)) < share->n;)
        share->fn(share->context, i);
    return NULL;
}

void cores_each(size_t n, cores_fn *fn, void *context)
{
    struct share share = {.n = n, .fn = fn, .context = context};
    pthread_t threads[THREADS_MAX];
    size_t started = 0, cores = cores_count();
    // The caller's own thread is one of them.
    while (started < THREADS_MAX && started + 1 < n && started + 1 < cores &&
           !pthread_create(&threads[started], NULL, take_turns, &share))
        started++;
    take_turns(&share);
    for (size_t k = 0; k < started; k++)
        pthread_join(threads[k], NULL);
}

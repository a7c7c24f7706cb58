// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/worker.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct worker {
    sd_event_source *source;
    worker_run_fn *run;
    worker_done_fn *done;
    void *context;
    pthread_t thread;
    pthread_mutex_t lock; // guards the four that follow
    pthread_cond_t wake;
    void *todo;
    bool quit;
    bool alone; // the loop has let go of it: the thread frees it
    void *work; // of the loop alone: what is out, NULL where nothing is
    uint64_t since_us;
    int eventfd;
};

static void destroy(struct worker *worker)
{
    sd_event_source_disable_unref(worker->source);
    if (worker->eventfd >= 0)
        close(worker->eventfd);
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->wake);
    free(worker);
}

static void *run_thread(void *context)
{
    struct worker *worker = context;
    pthread_mutex_lock(&worker->lock);
    for (;;) {
        while (!worker->todo && !worker->quit)
            pthread_cond_wait(&worker->wake, &worker->lock);
        if (worker->quit)
            break;
        void *work = worker->todo;
        worker->todo = NULL;
        pthread_mutex_unlock(&worker->lock);
        worker->run(work);
        // Cannot fail: the counter is read before it could ever be full.
        eventfd_write(worker->eventfd, 1);
        pthread_mutex_lock(&worker->lock);
    }
    const bool alone = worker->alone;
    pthread_mutex_unlock(&worker->lock);
    if (alone)
        destroy(worker);
    return NULL;
}

static int on_done(sd_event_source *source, int fd, uint32_t events, void *context)
{
    (void)source, (void)events;
    struct worker *worker = context;
    eventfd_t count;
    if (eventfd_read(fd, &count) < 0 || !worker->work)
        return 0;
    void *work = worker->work;
    worker->work = NULL;
    worker->done(worker->context, work);
    return 0;
}

static bool start_thread(struct worker *worker)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&worker->thread, NULL, run_thread, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code == 0;
}

struct worker *worker_new(sd_event *event, worker_run_fn *run, worker_done_fn *done, void *context)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return NULL;
    worker->run = run;
    worker->done = done;
    worker->context = context;
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->wake, NULL);
    worker->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (worker->eventfd >= 0 &&
        sd_event_add_io(event, &worker->source, worker->eventfd, EPOLLIN, on_done, worker) >= 0 &&
        start_thread(worker))
        return worker;
    destroy(worker);
    return NULL;
}

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1000000 * (uint64_t)now.tv_sec + (uint64_t)now.tv_nsec / 1000;
}

void worker_start(struct worker *worker, void *work)
{
    assert(work && !worker->work);
    worker->work = work;
    worker->since_us = now_us();
    pthread_mutex_lock(&worker->lock);
    worker->todo = work;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
}

bool worker_busy(const struct worker *worker)
{
    return worker->work;
}

uint64_t worker_busy_us(const struct worker *worker)
{
    return worker->work ? now_us() - worker->since_us : 0;
}

bool worker_free(struct worker *worker)
{
    if (!worker)
        return true;
    pthread_mutex_lock(&worker->lock);
    worker->quit = true;
    if (worker->todo)
        worker->todo = worker->work = NULL;
    worker->alone = worker->work;
    const bool alone = worker->alone;
    if (alone) {
        worker->source = sd_event_source_disable_unref(worker->source);
        pthread_detach(worker->thread);
    }
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
    if (alone)
        return false;
    pthread_join(worker->thread, NULL);
    destroy(worker);
    return true;
}

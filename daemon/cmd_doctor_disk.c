// SPDX-License-Identifier: GPL-3.0-or-later
// phutai doctor: the place of the store.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/quota.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/cmd_doctor.h"

enum { MIN_FREE_MB = 100, LOW_FREE_MB = 1000 };

// The folder of the store; the caller frees. NULL without memory.
static char *store_folder(const struct doctor *doctor)
{
    char *folder = strdup(doctor->config->store.path),
         *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        slash[slash == folder] = '\0';
    else if (folder)
        strcpy(folder, ".");
    return folder;
}

// What a quota of that kind leaves, in MB; UINT64_MAX where there is none.
static uint64_t quota_left_mb(int folder, int kind, unsigned id)
{
    enum { LIMIT_UNIT = 1024 };
    struct dqblk quota = {0};
    // QCMD of the header shifts into the sign.
    unsigned command = ((unsigned)Q_GETQUOTA << SUBCMDSHIFT) | ((unsigned)kind & SUBCMDMASK);
    if (syscall(SYS_quotactl_fd, folder, command, id, &quota) || !quota.dqb_bhardlimit)
        return UINT64_MAX;
    uint64_t limit = quota.dqb_bhardlimit * LIMIT_UNIT;
    return quota.dqb_curspace < limit ? (limit - quota.dqb_curspace) / 1000000 : 0;
}

// The least that the quotas of whoever owns the store leave.
static uint64_t quotas_left_mb(const struct doctor *doctor, const char *path)
{
    struct stat owner;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return UINT64_MAX;
    if (stat(doctor->config->store.path, &owner) && fstat(folder, &owner)) {
        close(folder);
        return UINT64_MAX;
    }
    uint64_t user = quota_left_mb(folder, USRQUOTA, owner.st_uid);
    uint64_t group = quota_left_mb(folder, GRPQUOTA, owner.st_gid);
    close(folder);
    return user < group ? user : group;
}

void cmd_doctor_disk(struct doctor *doctor)
{
    char *folder = store_folder(doctor);
    struct statvfs disk;
    if (!folder || statvfs(folder, &disk)) {
        cmd_doctor_say(doctor, DOCTOR_FAIL, "disk", "the folder of %s: %s",
                       doctor->config->store.path, strerror(errno));
        free(folder);
        return;
    }
    uint64_t free_mb = (uint64_t)disk.f_bavail * disk.f_frsize / 1000000;
    uint64_t quota_mb = quotas_left_mb(doctor, folder);
    bool by_quota = quota_mb < free_mb;
    uint64_t mb = by_quota ? quota_mb : free_mb;
    enum doctor_grade grade = mb < MIN_FREE_MB   ? DOCTOR_FAIL
                              : mb < LOW_FREE_MB ? DOCTOR_WARN
                                                 : DOCTOR_OK;
    cmd_doctor_say(doctor, grade, "disk", "%" PRIu64 " MB %s where the store is", mb,
                   by_quota ? "left of the quota" : "free");
    free(folder);
}

void cmd_doctor_folder(struct doctor *doctor)
{
    char *folder = store_folder(doctor);
    struct stat status;
    if (!folder || stat(folder, &status)) {
        free(folder);
        return; // told of the disk
    }
    // SQLite makes its log beside the store, so who writes the one must be able to make the other.
    if (access(folder, W_OK))
        cmd_doctor_say(doctor, DOCTOR_FAIL, "folder", "%s may not be written by this user: %s",
                       folder, strerror(errno));
    else if ((status.st_mode & S_IWOTH) && !(status.st_mode & S_ISVTX))
        cmd_doctor_say(doctor, DOCTOR_FAIL, "folder",
                       "%s can be changed by everybody, who could so replace the store: chmod 750",
                       folder);
    else
        cmd_doctor_say(doctor, DOCTOR_OK, "folder", "%s", folder);
    free(folder);
}

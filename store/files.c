/* store/files.c -- checks of folder, file and file system before the records are opened. */
#include "store/files.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

struct refused {
	unsigned long magic;
	const char *name;
};

/* clang-format off */
static const struct refused refused[] = {
	{ 0x6969,     "nfs" },
	{ 0x517b,     "smb" },
	{ 0xfe534d42, "smb2" },
	{ 0xff534d42, "cifs" },
	{ 0x65735546, "fuse" },
	{ 0x01021997, "9p" },
	{ 0x00c36400, "ceph" },
	{ 0x5346414f, "afs" },
	{ 0x73757245, "coda" },
	{ 0x0bd00bd0, "lustre" },
	{ 0x01161970, "gfs2" },
	{ 0x7461636f, "ocfs2" },
	{ 0x19830326, "beegfs" },
	{ 0x47504653, "gpfs" },
	{ 0x564c,     "ncp" },
	{ 0x786f4256, "vboxsf" },
	{ 0xbacbacbc, "vmhgfs" },
};
/* clang-format on */

const char *files_refused_type(unsigned long magic)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (refused[i].magic == magic)
			return refused[i].name;
	return NULL;
}

static enum status failed(const char *event, const char *path)
{
	log_error(event, LOG_C("path", path), LOG_INT("errno", errno));
	return STATUS_FAILED;
}

/* A folder such as /tmp is never ours to close. */
static enum status make_private(const char *path, mode_t mode)
{
	struct stat info;

	if (stat(path, &info) != 0)
		return failed("records.stat_failed", path);
	if ((info.st_mode & 077) == 0)
		return STATUS_OK;
	if (info.st_uid != geteuid() || (info.st_mode & S_ISVTX) != 0) {
		log_error("records.not_private", LOG_C("path", path),
			  LOG_INT("mode", info.st_mode & 07777));
		return STATUS_FAILED;
	}
	if (chmod(path, mode) != 0)
		return failed("records.chmod_failed", path);
	log_info("records.made_private", LOG_C("path", path));
	return STATUS_OK;
}

static enum status check_file_system(const char *dir)
{
	struct statfs info;
	const char *type;

	if (statfs(dir, &info) != 0)
		return failed("records.statfs_failed", dir);
	type = files_refused_type((unsigned long)info.f_type & 0xffffffff);
	if (type == NULL)
		return STATUS_OK;
	log_error("records.not_local", LOG_C("dir", dir), LOG_C("file_system", type));
	return STATUS_FAILED;
}

/* With O_EXCL: a file that exists is not opened, since closing it would drop SQLite's locks on it.
 */
static enum status make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		return failed("records.create_failed", path);
	return make_private(path, 0600);
}

enum status files_prepare(const char *dir, struct arena *arena, const char **path_out)
{
	enum status status;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return failed("records.mkdir_failed", dir);
	status = check_file_system(dir);
	if (status == STATUS_OK)
		status = make_private(dir, 0700);
	*path_out = str_format(arena, "%s/eco.db", dir).data;
	return status == STATUS_OK ? make_file(*path_out) : status;
}

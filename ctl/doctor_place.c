/* ctl/doctor_place.c -- settings, folder, disk, and which processes live. */
#include "ctl/doctor.h"

#include "ctl/words.h"
#include "domain/settings.h"
#include "store/files.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	MB = 1 << 20,
	FREE_BYTES_FAIL = 200 * MB,
	FREE_BYTES_WARN = 1024 * MB,
	FREE_PERCENT_WARN = 5,
	ALIVE_AGE_MS_MAX = 10 * 1000, /* every process renews its sign of life every 2 s */
};

/* ---- settings ---------------------------------------------------------------------------- */

static bool zone_is_known(struct ctl *ctl)
{
	const char *zone = config_c(&ctl->config, "ECO_TIMEZONE");
	const char *path = str_format(&ctl->arena, "/usr/share/zoneinfo/%s", zone).data;

	return strstr(zone, "..") == NULL && access(path, R_OK) == 0;
}

void doctor_settings(struct doctor *doctor)
{
	struct ctl *ctl = doctor->ctl;
	const char *page =
		str_format(&ctl->arena, "%s/index.html", config_c(&ctl->config, "ECO_WEB_DIR"))
			.data;
	bool is_fine = true;

	if (!zone_is_known(ctl)) {
		doctor_say(doctor, DOCTOR_FAIL, "settings",
			   "set ECO_TIMEZONE to a name like Europe/Moscow, install tzdata",
			   "the time zone %s is unknown here",
			   config_c(&ctl->config, "ECO_TIMEZONE"));
		is_fine = false;
	}
	if (access(page, R_OK) != 0) {
		doctor_say(doctor, DOCTOR_WARN, "settings",
			   "build it (make web) or set ECO_WEB_DIR", "no dashboard at %s", page);
		is_fine = false;
	}
	if (config_int(&ctl->config, "ECO_TEST") == 1)
		doctor_say(doctor, DOCTOR_WARN, "settings",
			   "take ECO_TEST away unless this is a test",
			   "ECO_TEST=1 lets a file move the clock");
	else if (is_fine)
		doctor_say(doctor, DOCTOR_OK, "settings", NULL, "%zu, all known",
			   ctl->config.count);
}

/* ---- folder and disk --------------------------------------------------------------------- */

void doctor_folder(struct doctor *doctor)
{
	const char *dir = doctor->ctl->dir, *type;
	struct stat info;
	struct statfs file_system;

	if (stat(dir, &info) != 0 || statfs(dir, &file_system) != 0) {
		doctor_say(doctor, DOCTOR_FAIL, "folder", "set ECO_DIR", "%s: %s", dir,
			   strerror(errno));
		return;
	}
	type = files_refused_type((unsigned long)file_system.f_type & 0xffffffff);
	if (type != NULL)
		doctor_say(doctor, DOCTOR_FAIL, "folder", "move ECO_DIR to a local disk",
			   "%s is on %s, whose locks can't be trusted", dir, type);
	else if (info.st_uid != geteuid() && geteuid() != 0)
		doctor_say(doctor, DOCTOR_FAIL, "folder", "run ecoctl as the services' user",
			   "%s belongs to user %d", dir, (int)info.st_uid);
	else if ((info.st_mode & 077) != 0)
		doctor_say(doctor, DOCTOR_FAIL, "folder", "chmod 700 it",
			   "%s is open to others (mode %o)", dir, (unsigned)info.st_mode & 07777);
	else
		doctor_say(doctor, DOCTOR_OK, "folder", NULL, "%s, local and private", dir);
}

enum doctor_level doctor_disk_level(int64_t free_bytes, int64_t all_bytes, int64_t records_bytes)
{
	if (free_bytes < FREE_BYTES_FAIL)
		return DOCTOR_FAIL;
	if (free_bytes < FREE_BYTES_WARN || free_bytes < all_bytes / 100 * FREE_PERCENT_WARN ||
	    free_bytes < records_bytes)
		return DOCTOR_WARN;
	return DOCTOR_OK;
}

void doctor_disk(struct doctor *doctor)
{
	struct arena *arena = &doctor->ctl->arena;
	const char *dir = doctor->ctl->dir;
	struct stat records = { 0 };
	struct statvfs disk;
	int64_t free_bytes, all_bytes;

	if (statvfs(dir, &disk) != 0)
		return; /* said by the folder's check */
	(void)stat(str_format(arena, "%s/eco.db", dir).data, &records);
	free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
	all_bytes = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize;
	doctor_say(doctor, doctor_disk_level(free_bytes, all_bytes, (int64_t)records.st_size),
		   "disk", "make room: a full disk stops everything that is written",
		   "%s of %s free, records take %s", words_bytes(free_bytes, arena),
		   words_bytes(all_bytes, arena), words_bytes((int64_t)records.st_size, arena));
}

/* ---- processes --------------------------------------------------------------------------- */

/* Is there a file <service>.<host> that was renewed lately? */
static bool is_alive(const char *folder, const char *service)
{
	DIR *files = opendir(folder);
	size_t len = strlen(service);
	int64_t now_ms = doctor_now_ms();
	struct dirent *entry;
	bool alive = false;

	while (files != NULL && !alive && (entry = readdir(files)) != NULL) {
		struct stat info;

		if (strncmp(entry->d_name, service, len) != 0 || entry->d_name[len] != '.' ||
		    fstatat(dirfd(files), entry->d_name, &info, 0) != 0)
			continue;
		alive = now_ms - (int64_t)info.st_mtim.tv_sec * 1000 < ALIVE_AGE_MS_MAX;
	}
	if (files != NULL)
		closedir(files);
	return alive;
}

void doctor_services(struct doctor *doctor)
{
	static const char *const services[] = { "api", "workers", "bots", "scheduler" };
	struct arena *arena = &doctor->ctl->arena;
	const char *folder = str_format(arena, "%s/alive", doctor->ctl->dir).data;
	struct str missing = STR("");
	size_t count = sizeof(services) / sizeof(*services);

	for (size_t i = 0; i < count; i++)
		if (!is_alive(folder, services[i]))
			missing = str_format(arena, "%.*s%s%s", STR_ARG(missing),
					     missing.len > 0 ? ", " : "", services[i]);
	if (missing.len > 0)
		doctor_say(doctor, DOCTOR_WARN, "services", "start them: ecoctl up",
			   "no sign of life from %.*s", STR_ARG(missing));
	else
		doctor_say(doctor, DOCTOR_OK, "services", NULL,
			   "api, workers, bots and scheduler live");
}

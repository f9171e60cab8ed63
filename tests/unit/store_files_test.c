/* tests/unit/store_files_test.c -- where records may live: a private folder on a local file system.
 */
#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

struct place {
	char dir[64];
	char records[96], file[128]; /* dir/records, and eco.db in it */
	struct arena arena;
};

static int place_make(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	log_init("test", LOG_ERROR + 1);
	fixture_make_dir(p->dir, sizeof(p->dir));
	snprintf(p->records, sizeof(p->records), "%s/records", p->dir);
	snprintf(p->file, sizeof(p->file), "%s/eco.db", p->records);
	*state = p;
	return 0;
}

static int place_remove(void **state)
{
	struct place *p = *state;

	unlink(p->file);
	rmdir(p->records);
	folder_remove(p->dir);
	arena_release(&p->arena);
	free(p);
	return 0;
}

static mode_t mode_of(const char *path)
{
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 07777;
}

static enum status prepare(struct place *p)
{
	const char *path;
	enum status status = files_prepare(p->records, &p->arena, &path);

	if (status == STATUS_OK)
		assert_string_equal(path, p->file);
	return status;
}

static void a_missing_folder_is_made_for_us_alone(void **state)
{
	struct place *p = *state;

	assert_ok(prepare(p));
	assert_int_equal(mode_of(p->records), 0700);
	assert_int_equal(mode_of(p->file), 0600);
}

static void what_others_could_read_is_closed_to_them(void **state)
{
	struct place *p = *state;

	assert_ok(prepare(p));
	assert_int_equal(chmod(p->records, 0755), 0);
	assert_int_equal(chmod(p->file, 0644), 0);
	assert_ok(prepare(p));
	assert_int_equal(mode_of(p->records), 0700);
	assert_int_equal(mode_of(p->file), 0600);
}

static void records_that_are_there_are_left_alone(void **state)
{
	struct place *p = *state;
	struct stat before, after;
	int fd;

	assert_ok(prepare(p));
	fd = open(p->file, O_WRONLY);
	assert_int_equal(write(fd, "records", 7), 7);
	close(fd);
	assert_int_equal(stat(p->file, &before), 0);
	assert_ok(prepare(p));
	assert_int_equal(stat(p->file, &after), 0);
	assert_int_equal(after.st_size, 7);
	assert_int_equal(after.st_ino, before.st_ino);
}

static void a_shared_folder_is_refused(void **state)
{
	struct place *p = *state;

	assert_int_equal(mkdir(p->records, 0700), 0);
	assert_int_equal(chmod(p->records, 01777), 0);
	assert_status(prepare(p), STATUS_FAILED);
	assert_int_equal(mode_of(p->records), 01777);
	assert_int_equal(access(p->file, F_OK), -1);
}

static void a_folder_of_somebody_else_is_refused(void **state)
{
	struct place *p = *state;

	if (geteuid() != 0)
		skip(); /* only root can give one away */
	assert_int_equal(mkdir(p->records, 0755), 0);
	assert_int_equal(chown(p->records, 12345, 12345), 0);
	assert_status(prepare(p), STATUS_FAILED);
	assert_int_equal(mode_of(p->records), 0755);
}

static void what_is_no_folder_is_refused(void **state)
{
	struct place *p = *state;
	const char *path;
	char beyond[160];

	assert_int_equal(close(open(p->records, O_CREAT | O_WRONLY, 0600)), 0);
	assert_status(prepare(p), STATUS_FAILED);
	snprintf(beyond, sizeof(beyond), "%s/missing/records", p->dir);
	assert_status(files_prepare(beyond, &p->arena, &path), STATUS_FAILED);
	assert_int_equal(unlink(p->records), 0);
}

static void network_file_systems_are_refused_by_name(void **state)
{
	static const struct {
		unsigned long magic;
		const char *name; /* NULL: fine */
	} types[] = {
		{ 0x6969, "nfs" },	{ 0x517b, "smb" },	{ 0xfe534d42, "smb2" },
		{ 0xff534d42, "cifs" }, { 0x65735546, "fuse" }, { 0x01021997, "9p" },
		{ 0x00c36400, "ceph" }, { 0xef53, NULL }, /* ext4 */
		{ 0x58465342, NULL },			  /* xfs */
		{ 0x9123683e, NULL },			  /* btrfs */
		{ 0x01021994, NULL },			  /* tmpfs */
		{ 0x794c7630, NULL },			  /* overlayfs, as containers have it */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		const char *name = files_refused_type(types[i].magic);

		if (types[i].name == NULL)
			assert_null(name);
		else
			assert_string_equal(name, types[i].name);
	}
}

int main(void)
{
#define in_place(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)
	const struct CMUnitTest tests[] = {
		in_place(a_missing_folder_is_made_for_us_alone),
		in_place(what_others_could_read_is_closed_to_them),
		in_place(records_that_are_there_are_left_alone),
		in_place(a_shared_folder_is_refused),
		in_place(a_folder_of_somebody_else_is_refused),
		in_place(what_is_no_folder_is_refused),
		cmocka_unit_test(network_file_systems_are_refused_by_name),
	};

	return cmocka_run_group_tests_name("store_files", tests, NULL, NULL);
}

/* ctl/doctor_redis.c -- Redis: there, new enough, roomy, never evicting, and of the records' time.
 */
#include "ctl/doctor.h"

#include "ctl/reach.h"
#include "ctl/words.h"
#include "redis/queue.h"
#include "store/meta.h"

enum { MEMORY_PERCENT_WARN = 80, MEMORY_PERCENT_FAIL = 95, VERSION_MAJOR_MIN = 7 };

/* The value of a line "name:value" of INFO. */
static struct str info_get(struct str info, struct str name)
{
	while (info.data != NULL) {
		struct str line, value, head;

		info = str_cut(info, '\n', &line);
		value = str_cut(str_trim(line), ':', &head);
		if (str_eq(head, name))
			return value;
	}
	return STR("");
}

static int64_t info_number(struct str info, struct str name)
{
	int64_t number = 0;

	return str_to_int(info_get(info, name), 0, INT64_MAX, &number) == STATUS_OK ? number : 0;
}

enum doctor_level doctor_memory_level(int64_t used_bytes, int64_t bytes_max)
{
	if (bytes_max == 0)
		return DOCTOR_WARN;
	if (used_bytes > bytes_max / 100 * MEMORY_PERCENT_FAIL)
		return DOCTOR_FAIL;
	return used_bytes > bytes_max / 100 * MEMORY_PERCENT_WARN ? DOCTOR_WARN : DOCTOR_OK;
}

static void memory_look(struct doctor *doctor, struct str info)
{
	struct arena *arena = &doctor->ctl->arena;
	struct str policy = info_get(info, STR("maxmemory_policy"));
	int64_t used = info_number(info, STR("used_memory"));
	int64_t max = info_number(info, STR("maxmemory"));

	if (!str_eq_c(policy, "noeviction"))
		doctor_say(doctor, DOCTOR_FAIL, "redis",
			   "set maxmemory-policy noeviction: others take whole streams",
			   "its policy is %.*s", STR_ARG(policy));
	if (max == 0)
		doctor_say(doctor, DOCTOR_WARN, "redis", "set maxmemory (redis/redis.conf: 512mb)",
			   "uses %s, without a limit", words_bytes(used, arena));
	else
		doctor_say(doctor, doctor_memory_level(used, max), "redis",
			   "raise maxmemory, or find out why work piles up: ecoctl queue",
			   "uses %s of %s", words_bytes(used, arena), words_bytes(max, arena));
}

static void version_look(struct doctor *doctor, struct str info)
{
	struct str version = info_get(info, STR("redis_version")), major;
	int64_t number = 0;

	str_cut(version, '.', &major);
	if (str_to_int(major, 0, 1000, &number) != STATUS_OK || number < VERSION_MAJOR_MIN)
		doctor_say(doctor, DOCTOR_FAIL, "redis", "use Redis 7.0 or newer",
			   "it is version %.*s", STR_ARG(version));
	else
		doctor_say(doctor, DOCTOR_OK, "redis", NULL, "answers, version %.*s",
			   STR_ARG(version));
}

static void refusal_say(struct doctor *doctor, const char *trouble)
{
	static const struct str refusals[] = {
		{ "WRONGPASS", 9 },
		{ "NOAUTH", 6 },
		{ "NOPERM", 6 },
		{ "ERR AUTH", 8 },
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (str_starts(str_from_c(trouble), refusals[i])) {
			doctor_say(doctor, DOCTOR_FAIL, "redis",
				   "start it with --aclfile users.acl of ECO_REDIS_USERS, or set "
				   "user and password in ECO_REDIS_URL",
				   "refuses us: %s", trouble);
			return;
		}
	doctor_say(doctor, DOCTOR_FAIL, "redis",
		   "start it (ecoctl up starts the private one), check ECO_REDIS_URL",
		   "does not answer: %s", trouble);
}

void doctor_redis(struct doctor *doctor)
{
	struct ctl *ctl = doctor->ctl;
	struct redis_command command = redis_words(&ctl->arena, STR("INFO"));
	struct redis_value info;

	if (reach_redis(ctl, REACH_REDIS_TIMEOUT_MS, &doctor->redis) != STATUS_OK) {
		doctor_say(doctor, DOCTOR_FAIL, "redis", "correct ECO_REDIS_URL",
			   "its address can't be read");
		return;
	}
	if (redis_run(doctor->redis, &command, &ctl->arena, &info) != STATUS_OK) {
		refusal_say(doctor, redis_conn_trouble(doctor->redis));
		return;
	}
	if (info.type != REDIS_IS_STR) {
		refusal_say(doctor, str_to_c(&ctl->arena, info.text));
		return;
	}
	doctor->redis_answers = true;
	version_look(doctor, info.text);
	memory_look(doctor, info.text);
}

void doctor_epoch(struct doctor *doctor)
{
	static const char *const todo =
		"the scheduler rebuilds it from the records: does one run? (ecoctl up)";
	struct queue_epoch epoch;
	int64_t number = 0;

	if (!doctor->redis_answers || doctor->db == NULL ||
	    meta_get(doctor->db, META_QUEUE_EPOCH, &number) != STATUS_OK)
		return;
	if (queue_epoch_get(doctor->redis, &doctor->ctl->arena, &epoch) != STATUS_OK)
		doctor_say(doctor, DOCTOR_FAIL, "epoch", "check Redis", "it can't be read");
	else if (epoch.state == QUEUE_EPOCH_MISSING)
		doctor_say(doctor, DOCTOR_FAIL, "epoch", todo,
			   "Redis is empty, damaged or another server");
	else if (epoch.state == QUEUE_EPOCH_BUILDING)
		doctor_say(doctor, DOCTOR_WARN, "epoch", todo, "Redis is being rebuilt (%lld)",
			   (long long)epoch.number);
	else if (epoch.number != number)
		doctor_say(doctor, DOCTOR_FAIL, "epoch", todo,
			   "Redis is of another time: %lld, the records say %lld",
			   (long long)epoch.number, (long long)number);
	else
		doctor_say(doctor, DOCTOR_OK, "epoch", NULL, "Redis is complete (%lld)",
			   (long long)number);
}

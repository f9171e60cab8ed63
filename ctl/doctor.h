/* ctl/doctor.h -- `ecoctl doctor`: looks at everything the desk stands on, one line each. Changes
 * nothing. */
#ifndef CTL_DOCTOR_H
#define CTL_DOCTOR_H

#include "ctl/command.h"
#include "redis/conn.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

enum doctor_level { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

/* What one check leaves for the next ones. */
struct doctor {
	struct ctl *ctl;
	enum doctor_level worst;
	struct db *db;		  /* NULL: the records can't be read */
	struct redis_conn *redis; /* NULL: its address is wrong */
	bool redis_answers;
	int64_t telegram_off_ms; /* its clock against ours; with has_telegram_clock */
	bool has_telegram_clock;
};

/* One line: level, subject, what was found, and for a person what to do (NULL: nothing). */
void doctor_say(struct doctor *doctor, enum doctor_level level, const char *subject,
		const char *todo, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The machine's clock; a test's is not asked. */
int64_t doctor_now_ms(void);

/* doctor_place.c */
void doctor_settings(struct doctor *doctor);
void doctor_folder(struct doctor *doctor);
void doctor_disk(struct doctor *doctor);
void doctor_services(struct doctor *doctor);
enum doctor_level doctor_disk_level(int64_t free_bytes, int64_t all_bytes, int64_t records_bytes);

/* doctor_records.c */
void doctor_records(struct doctor *doctor);
void doctor_wal(struct doctor *doctor);
void doctor_tasks(struct doctor *doctor);
enum doctor_level doctor_wal_level(int64_t bytes);

/* doctor_redis.c */
void doctor_redis(struct doctor *doctor);
void doctor_epoch(struct doctor *doctor);
enum doctor_level doctor_memory_level(int64_t used_bytes, int64_t bytes_max);

/* doctor_net.c */
void doctor_telegram(struct doctor *doctor);
void doctor_clock(struct doctor *doctor);
enum doctor_level doctor_clock_level(int64_t off_ms);

#endif

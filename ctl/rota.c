/* ctl/rota.c -- rota plan, replan and check: the even rota on JSON files. */
#include "ctl/command.h"

#include "base/clock.h"
#include "ctl/args.h"
#include "ctl/rota_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* What a command is given; its parts live in ctl's arena. */
struct job {
	struct arena *arena;
	struct rota_file file;
	struct rota_answer answer;
	struct rota_past past; /* what the answer goes on from; all 0: from nothing */
	struct reader reader;
	bool timing; /* say on stderr how long each step took */
	int64_t since_us;
};

static int say(struct str what, int code)
{
	fprintf(stderr, "ecoctl: %.*s\n", STR_ARG(what));
	return code;
}

static void step_done(struct job *job, const char *step)
{
	int64_t now_us = clock_mono_us();

	if (job->timing)
		fprintf(stderr, "%s_us=%lld\n", step, (long long)(now_us - job->since_us));
	job->since_us = clock_mono_us();
}

static void job_init(struct job *job, struct ctl *ctl)
{
	*job = (struct job){ .arena = &ctl->arena, .since_us = clock_mono_us() };
	job->reader.arena = &ctl->arena;
}

static FILE *file_open(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file == NULL)
		fprintf(stderr, "ecoctl: %s: %s\n", path, strerror(errno));
	return file;
}

static void peak_say(const struct job *job)
{
	struct rusage usage;

	if (job->timing && getrusage(RUSAGE_SELF, &usage) == 0)
		fprintf(stderr, "peak_kb=%ld\n", usage.ru_maxrss);
}

/* No answer leaves unchecked, and none leaves in part. */
static int answer_send(struct job *job)
{
	struct str fault = STR_NONE;
	struct arena scratch = { 0 };
	struct buf out = buf_in(&scratch);
	enum status status = rota_check(&job->file.problem, &job->answer, &scratch, &fault);
	int code = CTL_OK;

	if (status == STATUS_OK)
		status = rota_check_past(&job->file.problem, &job->answer, &job->past, &scratch,
					 &fault);
	step_done(job, "check");
	if (status != STATUS_OK) {
		code = say(str_format(job->arena, "this answer did not stand its check: %.*s",
				      STR_ARG(fault)),
			   CTL_FAILED);
	} else {
		rota_answer_write(&job->file, &job->answer, &out);
		if (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
			code = say(STR("the answer could not be written"), CTL_FAILED);
	}
	arena_release(&scratch);
	step_done(job, "write");
	peak_say(job);
	return code;
}

static enum status problem_read(struct job *job, FILE *in, const char *name)
{
	job->reader.file = name;
	if (rota_problem_read(&job->reader, in, &job->file) != STATUS_OK) {
		say(job->reader.fault, CTL_USAGE);
		return STATUS_BAD_INPUT;
	}
	step_done(job, "read");
	return STATUS_OK;
}

int rota_plan_command(struct ctl *ctl, int argc, char **argv)
{
	struct job job;
	struct str fault = STR_NONE;
	const struct args_option options[] = { { "--timing", NULL, &job.timing } };
	const struct args_spec spec = { options, 1, NULL, 0 };

	job_init(&job, ctl);
	if (args_parse(&spec, argc, argv) != STATUS_OK)
		return CTL_USAGE;
	if (problem_read(&job, stdin, "input") != STATUS_OK)
		return CTL_REFUSED;
	if (rota_plan(&job.file.problem, job.arena, &job.answer, &fault) != STATUS_OK)
		return say(str_format(job.arena, "input: %.*s", STR_ARG(fault)), CTL_REFUSED);
	step_done(&job, "solve");
	return answer_send(&job);
}

/* ---- going on ---------------------------------------------------------------------------- */

struct wish {
	const char *from_day, *prefer, *previous;
};

static enum status from_day_get(const char *text, struct rota_past *past)
{
	int64_t day;

	if (text == NULL || str_to_int(str_from_c(text), 0, ROTA_DAYS_MAX, &day) != STATUS_OK) {
		say(STR("--from-day must be a day from 0 on"), CTL_USAGE);
		return STATUS_BAD_INPUT;
	}
	past->from_day = (int32_t)day;
	return STATUS_OK;
}

static enum status wish_check(const struct wish *wish, struct rota_past *past)
{
	if (from_day_get(wish->from_day, past) != STATUS_OK)
		return STATUS_BAD_INPUT;
	past->prefer_evenness = wish->prefer != NULL && strcmp(wish->prefer, "evenness") == 0;
	if (!past->prefer_evenness &&
	    (wish->prefer == NULL || strcmp(wish->prefer, "changes") != 0)) {
		say(STR("--prefer must be changes or evenness"), CTL_USAGE);
		return STATUS_BAD_INPUT;
	}
	return STATUS_OK;
}

static enum status previous_read(struct job *job, const char *name)
{
	struct rota_past *past = &job->past;
	FILE *file = file_open(name);
	enum status status;

	if (file == NULL)
		return STATUS_BAD_INPUT;
	job->reader.file = name;
	status = rota_assigned_read(&job->reader, file, &job->file, past);
	fclose(file);
	if (status != STATUS_OK)
		say(job->reader.fault, CTL_REFUSED);
	if (status == STATUS_OK && past->from_day > job->file.problem.day_count) {
		say(STR("--from-day lies beyond the input's last day"), CTL_REFUSED);
		status = STATUS_BAD_INPUT;
	}
	return status;
}

static int go_on(struct job *job)
{
	struct rota_replan *replan;
	struct str fault = STR_NONE;

	if (rota_replan_open(&job->file.problem, &job->past, job->arena, &replan, &fault) !=
	    STATUS_OK)
		return say(str_format(job->arena, "input: %.*s", STR_ARG(fault)), CTL_REFUSED);
	step_done(job, "prepare");
	rota_replan_move(replan);
	step_done(job, "solve");
	rota_replan_finish(replan, &job->answer);
	step_done(job, "finish");
	return answer_send(job);
}

int rota_replan_command(struct ctl *ctl, int argc, char **argv)
{
	struct job job;
	struct wish wish = { 0 };
	const struct args_option options[] = {
		{ "--from-day", &wish.from_day, NULL },
		{ "--prefer", &wish.prefer, NULL },
		{ "--timing", NULL, &job.timing },
	};
	const struct args_spec spec = { options, sizeof(options) / sizeof(*options), &wish.previous,
					1 };

	job_init(&job, ctl);
	if (args_parse(&spec, argc, argv) != STATUS_OK || wish_check(&wish, &job.past) != STATUS_OK)
		return CTL_USAGE;
	if (problem_read(&job, stdin, "input") != STATUS_OK ||
	    previous_read(&job, wish.previous) != STATUS_OK)
		return CTL_REFUSED;
	step_done(&job, "previous");
	return go_on(&job);
}

/* ---- checking ---------------------------------------------------------------------------- */

/* What the caller knows of the rota that the answer goes on from. */
struct known {
	const char *from_day, *previous;
	const char *names[2];
};

static int check_say(struct job *job, const char *name, enum status status, struct str fault)
{
	int32_t from_day = job->answer.proof.from_day;
	struct str given = from_day > 0 ? str_format(job->arena,
						     " from day %d on, what is before it taken as "
						     "given",
						     from_day)
					: STR("");

	if (status != STATUS_OK)
		return say(str_format(job->arena, "%s: %.*s", name, STR_ARG(fault)),
			   status == STATUS_CONFLICT ? CTL_FAILED : CTL_REFUSED);
	printf("%s%.*s: %lld of %lld places covered, cost %.*s, bound %.*s\n",
	       job->answer.optimal ? "optimal" : "gap", STR_ARG(given),
	       (long long)job->answer.covered, (long long)job->answer.demand,
	       STR_ARG(job->answer.cost), STR_ARG(job->answer.bound));
	return CTL_OK;
}

static int files_check(struct job *job, FILE *in, FILE *out, const struct known *known)
{
	struct str fault = STR_NONE;
	enum status status;

	if (problem_read(job, in, known->names[0]) != STATUS_OK ||
	    (known->previous != NULL && previous_read(job, known->previous) != STATUS_OK))
		return CTL_REFUSED;
	job->reader.file = known->names[1];
	if (rota_answer_read(&job->reader, out, &job->file, &job->answer) != STATUS_OK)
		return say(job->reader.fault, CTL_REFUSED);
	step_done(job, "answer");
	status = rota_check(&job->file.problem, &job->answer, job->arena, &fault);
	if (status == STATUS_OK && known->from_day != NULL)
		status = rota_check_past(&job->file.problem, &job->answer, &job->past, job->arena,
					 &fault);
	step_done(job, "check");
	peak_say(job);
	return check_say(job, known->names[status == STATUS_CONFLICT], status, fault);
}

/* --previous means nothing without the day from which it was no longer kept. */
static enum status known_check(const struct known *known, struct rota_past *past)
{
	if (known->from_day != NULL || known->previous != NULL)
		return from_day_get(known->from_day, past);
	return STATUS_OK;
}

int rota_check_command(struct ctl *ctl, int argc, char **argv)
{
	struct known known = { 0 };
	struct job job;
	const struct args_option options[] = {
		{ "--from-day", &known.from_day, NULL },
		{ "--previous", &known.previous, NULL },
		{ "--timing", NULL, &job.timing },
	};
	const struct args_spec spec = { options, sizeof(options) / sizeof(*options), known.names,
					2 };
	FILE *in, *out;
	int code = CTL_REFUSED;

	job_init(&job, ctl);
	if (args_parse(&spec, argc, argv) != STATUS_OK ||
	    known_check(&known, &job.past) != STATUS_OK)
		return CTL_USAGE;
	in = file_open(known.names[0]);
	out = in != NULL ? file_open(known.names[1]) : NULL;
	if (out != NULL)
		code = files_check(&job, in, out, &known);
	if (out != NULL)
		fclose(out);
	if (in != NULL)
		fclose(in);
	return code;
}

/* tests/unit/ctl_children_test.c -- what `ecoctl up` plans to run, and how one child lives and is
 * logged. */
#include "base/clock.h"
#include "ctl/child.h"
#include "ctl/log_files.h"
#include "ctl/probe.h"
#include "domain/settings.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
	char dir[64];
	struct ctl ctl;
};

static const char *const settings_touched[] = { "ECO_DIR", "ECO_WORKERS", "ECO_REDIS_URL",
						"ECO_SUPPORT_TOKEN", "ECO_COURIER_TOKEN" };

static int place_make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	snprintf(place->dir, sizeof(place->dir), "/tmp/eco-ctl-XXXXXX");
	*state = place;
	return mkdtemp(place->dir) == NULL ? -1 : 0;
}

static int place_remove(void **state)
{
	struct place *place = *state;

	folder_remove(place->dir);
	for (size_t i = 0; i < sizeof(settings_touched) / sizeof(*settings_touched); i++)
		unsetenv(settings_touched[i]);
	arena_release(&place->ctl.arena);
	free(place);
	return 0;
}

/* ---- the plan ---------------------------------------------------------------------------- */

static struct plan plan_of(struct place *place)
{
	struct ctl *ctl = &place->ctl;
	struct plan plan;

	setenv("ECO_DIR", place->dir, 1);
	assert_int_equal(
		config_load(&ctl->config, settings_rows, settings_count, "ECO_", NULL, &ctl->arena),
		STATUS_OK);
	ctl->dir = place->dir;
	ctl->bin_dir = "/opt/eco/bin";
	assert_int_equal(plan_make(ctl, &plan), STATUS_OK);
	return plan;
}

static const struct plan_child *child_named(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->children[i].name, name) == 0)
			return &plan->children[i];
	return NULL;
}

static const struct plan_child *child_of(const struct plan *plan, const char *name)
{
	const struct plan_child *child = child_named(plan, name);

	assert_non_null(child);
	if (child == NULL)
		abort();
	return child;
}

static void without_settings_everything_runs_here(void **state)
{
	struct plan plan = plan_of(*state);
	const char *const names[] = { "redis", "sandbox", "scheduler", "api", "worker-1", "bots" };

	assert_int_equal(plan.count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_non_null(child_named(&plan, names[i]));
	assert_string_equal(child_of(&plan, "worker-1")->path, "/opt/eco/bin/workers");
	assert_int_equal(child_of(&plan, "redis")->stage, 0);
	assert_true(child_of(&plan, "bots")->stage > child_of(&plan, "api")->stage);
}

static void the_private_redis_listens_on_its_socket_alone(void **state)
{
	struct place *place = *state;
	struct plan plan = plan_of(place);
	char *const *argv = child_of(&plan, "redis")->argv;
	char *resolved = realpath(place->dir, NULL);
	bool port_off = false, socket_here = false;

	for (size_t i = 0; argv[i] != NULL && argv[i + 1] != NULL; i++) {
		port_off = port_off ||
			   (strcmp(argv[i], "--port") == 0 && strcmp(argv[i + 1], "0") == 0);
		socket_here = socket_here ||
			      (strcmp(argv[i], "--unixsocket") == 0 &&
			       strncmp(argv[i + 1], resolved, strlen(resolved)) == 0);
	}
	free(resolved);
	assert_true(port_off);
	assert_true(socket_here);
}

static void settings_decide_what_runs(void **state)
{
	struct plan plan;

	setenv("ECO_WORKERS", "3", 1);
	setenv("ECO_REDIS_URL", "redis://127.0.0.1:6379", 1);
	setenv("ECO_SUPPORT_TOKEN", "1:a", 1);
	setenv("ECO_COURIER_TOKEN", "2:b", 1);
	plan = plan_of(*state);
	assert_null(child_named(&plan, "redis"));
	assert_null(child_named(&plan, "sandbox"));
	assert_non_null(child_named(&plan, "worker-3"));
	assert_null(child_named(&plan, "worker-4"));
}

static void one_token_is_not_enough_to_leave_the_sandbox_out(void **state)
{
	struct plan plan;

	setenv("ECO_SUPPORT_TOKEN", "1:a", 1);
	plan = plan_of(*state);
	assert_non_null(child_named(&plan, "sandbox"));
}

/* ---- one child --------------------------------------------------------------------------- */

static void pauses_double_from_a_tenth_of_a_second_to_five(void **state)
{
	(void)state;
	assert_int_equal(child_pause_ms(1), 100);
	assert_int_equal(child_pause_ms(2), 200);
	assert_int_equal(child_pause_ms(6), 3200);
	assert_int_equal(child_pause_ms(7), 5000);
	assert_int_equal(child_pause_ms(1000), 5000);
}

static void a_steady_child_begins_again_with_the_shortest_pause(void **state)
{
	struct child child = { .state = CHILD_RUNNING };

	(void)state;
	assert_int_equal(child_note_death(&child, 10), 100);
	assert_int_equal(child_note_death(&child, 20), 200);
	assert_int_equal(child_note_death(&child, CHILD_STEADY_MS), 100);
	child.expected = true;
	assert_int_equal(child_note_death(&child, CHILD_STEADY_MS), 0);
	assert_int_equal(child.failures, 0);
}

/* Runs a shell line as the child "it" and waits for its end. */
static struct str end_of(struct place *place, const char *line)
{
	char *const argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
			       str_to_c(&place->ctl.arena, str_from_c(line)), NULL };
	const struct plan_child plan = { .name = "it", .path = "/bin/sh", .argv = argv };
	struct child child = { .plan = &plan };
	int wait_status;

	assert_int_equal(log_file_rotate(place->dir, "it"), STATUS_OK);
	assert_int_equal(child_start(&child, place->dir), STATUS_OK);
	assert_int_equal(child.state, CHILD_RUNNING);
	assert_int_equal(waitpid(child.pid, &wait_status, 0), child.pid);
	return child_end_words(wait_status, &place->ctl.arena);
}

static void what_a_child_says_last_is_in_its_log(void **state)
{
	struct place *place = *state;

	assert_true(str_eq_c(end_of(place, "echo first; echo last >&2; exit 3"), "exit code 3"));
	assert_true(str_eq_c(log_file_last_words(place->dir, "it", &place->ctl.arena), "last"));
	assert_true(str_eq_c(end_of(place, "kill -9 $$"), "signal 9 (Killed)"));
	assert_int_equal(log_file_last_words(place->dir, "it", &place->ctl.arena).len, 0);
}

static void an_error_has_the_last_word_before_an_orderly_end(void **state)
{
	struct place *place = *state;

	(void)end_of(place, "echo time=1 level=error event=port.taken; echo time=2 level=info "
			    "event=service.stopped");
	assert_true(str_eq_c(log_file_last_words(place->dir, "it", &place->ctl.arena),
			     "time=1 level=error event=port.taken"));
	(void)end_of(place, "echo time=1 level=error event=old; echo time=2 event=service.started; "
			    "echo time=3 level=info event=x");
	assert_true(str_eq_c(log_file_last_words(place->dir, "it", &place->ctl.arena),
			     "time=3 level=info event=x"));
}

static void a_child_has_its_own_group_and_an_empty_input(void **state)
{
	struct place *place = *state;

	/* cat would wait for ever on a terminal */
	(void)end_of(place, "cat; read -r pid name state parent group rest </proc/$$/stat; echo "
			    "$((pid - group))");
	assert_true(str_eq_c(log_file_last_words(place->dir, "it", &place->ctl.arena), "0"));
}

static void a_program_that_is_missing_says_so_in_the_log(void **state)
{
	struct place *place = *state;
	char *const argv[] = { (char[]){ "nothing" }, NULL };
	const struct plan_child plan = { .name = "it", .path = "/nowhere/nothing", .argv = argv };
	struct child child = { .plan = &plan };
	int wait_status;

	assert_int_equal(log_file_rotate(place->dir, "it"), STATUS_OK);
	assert_int_equal(child_start(&child, place->dir), STATUS_OK);
	assert_int_equal(waitpid(child.pid, &wait_status, 0), child.pid);
	assert_int_equal(WEXITSTATUS(wait_status), 127);
	assert_true(str_eq_c(log_file_last_words(place->dir, "it", &place->ctl.arena),
			     "/nowhere/nothing: No such file or directory"));
}

static void five_old_logs_are_kept(void **state)
{
	struct place *place = *state;
	char path[128];

	for (int i = 0; i < 8; i++)
		(void)end_of(place, str_format(&place->ctl.arena, "echo start %d", i).data);
	assert_true(str_eq_c(log_file_last_words(place->dir, "it", &place->ctl.arena), "start 7"));
	snprintf(path, sizeof(path), "%s/log/it.log.5", place->dir);
	assert_int_equal(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%s/log/it.log.6", place->dir);
	assert_int_equal(access(path, F_OK), -1);
}

/* The supervisor is killed: nobody is left to stop its child. */
static void a_child_does_not_outlive_its_supervisor(void **state)
{
	struct place *place = *state;
	int pipes[2], len, wait_status;
	char text[32] = "";
	int64_t deadline_ms;
	pid_t supervisor, child;

	assert_int_equal(pipe(pipes), 0);
	supervisor = fork();
	assert_true(supervisor >= 0);
	if (supervisor == 0) {
		char *const argv[] = { (char[]){ "sleep" }, (char[]){ "1000" }, NULL };
		const struct plan_child plan = { .name = "it", .path = "sleep", .argv = argv };
		struct child its = { .plan = &plan };

		if (log_file_rotate(place->dir, "it") != STATUS_OK ||
		    child_start(&its, place->dir) != STATUS_OK)
			_exit(1);
		dprintf(pipes[1], "%d\n", (int)its.pid);
		for (;;)
			pause();
	}
	close(pipes[1]);
	len = (int)read(pipes[0], text, sizeof(text) - 1);
	assert_true(len > 0);
	close(pipes[0]);
	child = (pid_t)strtol(text, NULL, 10);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1),
			 0); /* so that we can wait for the orphan */
	kill(supervisor, SIGKILL);
	assert_int_equal(waitpid(supervisor, NULL, 0), supervisor);
	deadline_ms = clock_mono_ms() + 20000;
	while (waitpid(child, &wait_status, WNOHANG) != child) {
		assert_true(clock_mono_ms() < deadline_ms);
		usleep(1000);
	}
	assert_true(WIFSIGNALED(wait_status) || WEXITSTATUS(wait_status) == 127);
}

/* ---- where to reach a listener ----------------------------------------------------------- */

static void a_listener_is_reached_from_here(void **state)
{
	struct place *place = *state;
	struct arena *arena = &place->ctl.arena;

	assert_string_equal(probe_address(STR("127.0.0.1:8080,127.0.0.1:8000"), arena),
			    "127.0.0.1:8080");
	assert_string_equal(probe_address(STR("0.0.0.0:80"), arena), "127.0.0.1:80");
	assert_string_equal(probe_address(STR(" desk.example:8080 "), arena), "desk.example:8080");
	assert_string_equal(probe_address(STR("[::]:8080"), arena), "127.0.0.1:8080");
	assert_string_equal(probe_address(STR("[::1]:8080"), arena), "[::1]:8080");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_settings_everything_runs_here),
		TEST(the_private_redis_listens_on_its_socket_alone),
		TEST(settings_decide_what_runs),
		TEST(one_token_is_not_enough_to_leave_the_sandbox_out),
		cmocka_unit_test(pauses_double_from_a_tenth_of_a_second_to_five),
		cmocka_unit_test(a_steady_child_begins_again_with_the_shortest_pause),
		TEST(what_a_child_says_last_is_in_its_log),
		TEST(an_error_has_the_last_word_before_an_orderly_end),
		TEST(a_child_has_its_own_group_and_an_empty_input),
		TEST(a_program_that_is_missing_says_so_in_the_log),
		TEST(five_old_logs_are_kept),
		TEST(a_child_does_not_outlive_its_supervisor),
		TEST(a_listener_is_reached_from_here),
	};

	return cmocka_run_group_tests_name("ctl_children", tests, NULL, NULL);
}

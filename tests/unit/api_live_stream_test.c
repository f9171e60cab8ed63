/* tests/unit/api_live_stream_test.c -- live updates: nobody misses or doubles an event, wherever
 * they begin; who may not listen any more, or does not, is cut; and many cost no more than one. */
#include "tests/unit/api_live_fixture.h"

static struct rig rig;

static int setup(void **state)
{
	(void)state;
	rig_open(&rig);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rig_close(&rig);
	return 0;
}

static void hear_until(struct listener *listener, int64_t seq)
{
	RIG_UNTIL(&rig, (listener_take(listener), listener->last >= seq));
}

static bool has_come(struct listener *listener, const char *text)
{
	listener_take(listener);
	return raw_count(&listener->raw, text) > 0;
}

/* ---- resume ------------------------------------------------------------------------------ */

static void who_resumes_hears_exactly_what_came_after(void **state)
{
	int64_t session = rig_sign_in(&rig).id, head;
	struct listener listener;

	(void)state;
	rig_events(&rig, 500);
	head = rig_head(&rig);
	for (int64_t missed = 0; missed <= 400; missed += 100) {
		listener = listener_open(&rig, session, event_id(&rig, head - missed));
		listener_greeted(&listener);
		rig_events(&rig, 5);
		hear_until(&listener, head + 5);
		assert_int_equal(listener.first, head - missed + 1);
		assert_int_equal(listener.events, missed + 5);
		assert_true(listener.in_order);
		assert_int_equal(raw_count(&listener.raw, "event: reset"), 0);
		raw_close(&listener.raw);
		head += 5;
	}
}

/* The seam between what is read behind and what comes at the head. */
static void what_happens_during_the_catch_up_comes_once(void **state)
{
	int64_t session = rig_sign_in(&rig).id, head;
	struct listener listener;

	(void)state;
	rig_events(&rig, 3000);
	head = rig_head(&rig);
	listener = listener_open(&rig, session, event_id(&rig, head - 3000));
	listener_greeted(&listener);
	for (int i = 0; i < 60; i++) {
		rig_events(&rig, 7);
		listener_take(&listener);
		run_turn(rig.service.base);
	}
	hear_until(&listener, head + 420);
	assert_int_equal(listener.events, 3420);
	assert_true(listener.in_order);
	raw_close(&listener.raw);
}

static void without_an_id_only_what_is_new_comes(void **state)
{
	int64_t session = rig_sign_in(&rig).id, head;
	struct listener listener;

	(void)state;
	rig_events(&rig, 20);
	head = rig_head(&rig);
	listener = listener_open(&rig, session, "");
	listener_greeted(&listener);
	rig_events(&rig, 3);
	hear_until(&listener, head + 3);
	assert_int_equal(listener.first, head + 1);
	assert_int_equal(listener.events, 3);
	raw_close(&listener.raw);
}

/* ---- reset ------------------------------------------------------------------------------- */

static void check_reset(int64_t session, const char *after, const char *reason)
{
	struct listener listener = listener_open(&rig, session, after);
	int64_t head = rig_head(&rig);

	RIG_UNTIL(&rig, has_come(&listener, "event: reset"));
	assert_int_equal(raw_count(&listener.raw, reason), 1);
	/* and from there on it hears everything */
	rig_events(&rig, 2);
	hear_until(&listener, head + 2);
	assert_int_equal(listener.first, head + 1);
	assert_true(listener.in_order);
	raw_close(&listener.raw);
}

static void far_behind_or_of_other_records_it_begins_anew(void **state)
{
	int64_t session = rig_sign_in(&rig).id, head;
	struct listener listener;

	(void)state;
	rig_events(&rig, 10050);
	head = rig_head(&rig);
	check_reset(session, event_id(&rig, head - 10001), "too_far_behind");
	head = rig_head(&rig);
	check_reset(session, event_id(&rig, head + 1), "another_epoch");
	check_reset(session,
		    str_format(&rig.service.arena, "%lld-%lld", (long long)rig.epoch - 1,
			       (long long)head)
			    .data,
		    "another_epoch");
	/* one less is not too far */
	head = rig_head(&rig);
	listener = listener_open(&rig, session, event_id(&rig, head - 10000));
	hear_until(&listener, head);
	assert_int_equal(listener.events, 10000);
	assert_true(listener.in_order);
	assert_int_equal(raw_count(&listener.raw, "event: reset"), 0);
	raw_close(&listener.raw);
}

/* ---- the end ----------------------------------------------------------------------------- */

static void a_stream_ends_when_its_token_does(void **state)
{
	int64_t session = rig_sign_in(&rig).id;
	struct listener old, young;

	(void)state;
	rig_clock_move(0);
	old = listener_open(&rig, session, "");
	listener_greeted(&old);
	rig_clock_move(600000);
	young = listener_open(&rig, session, "");
	listener_greeted(&young);
	rig_clock_move((TOKEN_LIFETIME_S - 600) * 1000 + 1000);
	RIG_UNTIL(&rig, (listener_take(&old), old.raw.closed));
	listener_take(&young);
	assert_false(young.raw.closed);
	assert_int_equal(live_counters(rig.app.live).clients, 1);
	/* an orderly end: the last chunk has come */
	assert_int_equal(raw_count(&old.raw, "0\r\n\r\n"), 1);
	raw_close(&old.raw);
	raw_close(&young.raw);
}

static void a_revoked_session_hears_nothing_more(void **state)
{
	struct rig_session one = rig_sign_in(&rig), two = rig_sign_in(&rig);
	struct listener revoked = listener_open(&rig, one.id, ""),
			other = listener_open(&rig, two.id, "");
	int64_t head;

	(void)state;
	listener_greeted(&revoked);
	listener_greeted(&other);
	assert_ok(store_run(rig.app.store, rig_run_revoke, &one));
	RIG_UNTIL(&rig, (listener_take(&revoked), revoked.raw.closed));
	rig_events(&rig, 3);
	head = rig_head(&rig);
	hear_until(&other, head);
	assert_false(other.raw.closed);
	assert_int_equal(revoked.events, 0);
	raw_close(&revoked.raw);
	raw_close(&other.raw);
}

/* ---- the slow ---------------------------------------------------------------------------- */

struct letters {
	int64_t appeal_id, customer_id, next_id;
	struct arena *arena;
};

/* Ten letters of 4000 characters: some 45 KB on the wire. */
static enum status run_letters(struct db *db, void *arg)
{
	struct letters *letters = arg;
	char *text = arena_alloc(letters->arena, 4000);
	struct message_incoming message = { .appeal_id = letters->appeal_id,
					    .customer_id = letters->customer_id,
					    .bot_id = 1,
					    .chat_id = 1,
					    .text = { text, 4000 } };
	enum status status = STATUS_OK;
	int64_t id;

	memset(text, 'x', 4000);
	message.date_ms = clock_wall_ms();
	for (int i = 0; i < 10 && status == STATUS_OK; i++) {
		message.telegram_message_id = ++letters->next_id;
		status = messages_add_incoming(db, &message, clock_wall_ms(), &id);
	}
	return status;
}

static enum status run_appeal(struct db *db, void *arg)
{
	struct letters *letters = arg;
	struct customer_seen seen = { 1, 1, STR("Anna"), STR_NONE, STR("en") };
	struct customer customer;
	enum status status = customers_see(db, &seen, clock_wall_ms(), letters->arena, &customer);

	if (status != STATUS_OK)
		return status;
	letters->customer_id = customer.id;
	return appeals_open(db, customer.id, APPEAL_NEW, 0, 0, (struct actor){ ACTOR_SYSTEM, 0 },
			    clock_wall_ms(), &letters->appeal_id);
}

static void who_does_not_read_is_dropped_and_holds_nobody_up(void **state)
{
	int64_t session = rig_sign_in(&rig).id, head;
	struct arena arena = { 0 };
	struct letters letters = { .arena = &arena };
	struct listener slow = listener_open(&rig, session, ""), quick;
	int sent_kb = 0, small = 4096;

	(void)state;
	setsockopt(slow.raw.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	listener_greeted(&slow);
	quick = listener_open(&rig, session, "");
	listener_greeted(&quick);
	head = rig_head(&rig);
	assert_ok(store_run(rig.app.store, run_appeal, &letters));
	while (http_server_counters(rig.app.server).streams_dropped_slow == 0) {
		assert_ok(store_run(rig.app.store, run_letters, &letters));
		arena_reset(&arena);
		hear_until(&quick, rig_head(&rig));
		sent_kb += 45;
		/* the kernel's buffers, and 256 KB of ours */
		assert_true(sent_kb < 16000);
	}
	assert_int_equal(live_counters(rig.app.live).clients, 1);
	assert_true(quick.in_order);
	assert_int_equal(quick.events, quick.last - head);
	raw_close(&slow.raw);
	raw_close(&quick.raw);
	arena_release(&arena);
}

/* ---- many -------------------------------------------------------------------------------- */

static struct listener many[LISTENERS_MAX];

static bool all_heard(int64_t seq)
{
	bool all = true;

	for (int i = 0; i < LISTENERS_MAX; i++) {
		listener_take(&many[i]);
		all = all && many[i].last >= seq;
	}
	return all;
}

static void many_listeners_are_served_by_the_reads_of_one(void **state)
{
	int64_t session = rig_sign_in(&rig).id, head;
	uint64_t reads;

	(void)state;
	rig_events(&rig, 50);
	head = rig_head(&rig);
	for (int i = 0; i < LISTENERS_MAX; i++) {
		many[i] = listener_open(&rig, session, "");
		listener_greeted(&many[i]);
	}
	/* One commit: a read, and perhaps one more that found nothing; and two half seconds. */
	for (int round = 0; round < 3; round++) {
		reads = live_counters(rig.app.live).reads;
		rig_events(&rig, 20);
		head += 20;
		RIG_UNTIL(&rig, all_heard(head));
		assert_true(live_counters(rig.app.live).reads - reads < 20);
	}
	assert_int_equal(live_counters(rig.app.live).events_sent, 60 * LISTENERS_MAX);
	for (int i = 0; i < LISTENERS_MAX; i++) {
		assert_true(many[i].in_order);
		assert_int_equal(many[i].events, 60);
		raw_close(&many[i].raw);
	}
}

/* All come back at once, as after a restart. */
static void many_that_are_behind_catch_up_by_the_same_reads(void **state)
{
	int64_t session = rig_sign_in(&rig).id, head;
	uint64_t reads;

	(void)state;
	rig_events(&rig, 1000);
	head = rig_head(&rig);
	for (int i = 0; i < LISTENERS_MAX; i++)
		many[i] = listener_open(&rig, session, event_id(&rig, head - 1000));
	reads = live_counters(rig.app.live).reads;
	RIG_UNTIL(&rig, all_heard(head));
	/* 8 pages for each, if each read for itself */
	assert_true(live_counters(rig.app.live).reads - reads < LISTENERS_MAX * 4);
	for (int i = 0; i < LISTENERS_MAX; i++) {
		assert_true(many[i].in_order);
		assert_int_equal(many[i].events, 1000);
		raw_close(&many[i].raw);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_resumes_hears_exactly_what_came_after),
		TEST(what_happens_during_the_catch_up_comes_once),
		TEST(without_an_id_only_what_is_new_comes),
		TEST(far_behind_or_of_other_records_it_begins_anew),
		TEST(a_stream_ends_when_its_token_does),
		TEST(a_revoked_session_hears_nothing_more),
		TEST(who_does_not_read_is_dropped_and_holds_nobody_up),
		TEST(many_listeners_are_served_by_the_reads_of_one),
		TEST(many_that_are_behind_catch_up_by_the_same_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

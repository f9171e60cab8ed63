/* tests/unit/bots_intake_test.c -- batches of updates against real records: what is taken in, what
 * is kept raw, what is confirmed. */
#include "tests/unit/bots_fixture.h"

/* ---- words ------------------------------------------------------------------------------- */

static void a_text_opens_an_appeal_and_the_next_continues_it(void **state)
{
	struct desk *desk = *state;
	struct batch *batch = TAKE(desk, message(desk, 10, 1, "\"text\":\"my scooter stopped\""),
				   message(desk, 11, 2, "\"text\":\"at the bridge\""));
	struct message messages[4];
	struct appeal appeal;

	assert_int_equal(batch->replies.count, 0);
	batch_release(batch);
	assert_int_equal(appeal_now(desk, &appeal), STATUS_OK);
	assert_int_equal(appeal.state, APPEAL_NEW);
	assert_true(str_eq_c(appeal.customer.name, "Anna Li"));
	assert_int_equal(words_of_anna(desk, appeal.id, messages, 4), 2);
	assert_true(str_eq_c(messages[0].text, "my scooter stopped"));
	assert_true(str_eq_c(messages[1].text, "at the bridge"));
	assert_int_equal(offset_now(desk), 12);
}

static void the_same_update_again_does_nothing(void **state)
{
	struct desk *desk = *state;
	struct batch *batch;

	take(desk, message(desk, 10, 1, "\"text\":\"hello\""));
	batch = TAKE(desk, message(desk, 10, 1, "\"text\":\"hello\""),
		     message(desk, 11, 2, "\"text\":\"more\""));
	assert_int_equal(batch->duplicates, 1);
	batch_release(batch);
	assert_int_equal(words_count(desk), 2);
}

static void the_same_message_under_another_update_id_does_nothing(void **state)
{
	struct desk *desk = *state;

	take(desk, message(desk, 10, 1, "\"text\":\"hello\""));
	take(desk, message(desk, 77, 1, "\"text\":\"hello\""));
	assert_int_equal(words_count(desk), 1);
	assert_int_equal(tasks_in(desk, TASK_DEAD), 0);
}

static void two_customers_get_two_appeals(void **state)
{
	struct desk *desk = *state;
	struct str other = STR("{\"update_id\":11,\"message\":{\"message_id\":1,\"date\":"
			       "1700000000,\"from\":{\"id\":2002,"
			       "\"first_name\":\"Boris\"},\"chat\":{\"id\":2002,\"type\":"
			       "\"private\"},\"text\":\"and me\"}}");
	struct customer boris;
	struct appeal of_anna, of_boris;

	batch_release(TAKE(desk, message(desk, 10, 1, "\"text\":\"hello\""), other));
	assert_int_equal(appeal_now(desk, &of_anna), STATUS_OK);
	assert_int_equal(store_read_begin(desk->reader), STATUS_OK);
	assert_int_equal(customers_find(desk->reader, BOT_ID, 2002, &desk->arena, &boris),
			 STATUS_OK);
	assert_int_equal(appeals_current(desk->reader, boris.id, &desk->arena, &of_boris),
			 STATUS_OK);
	store_read_end(desk->reader);
	assert_int_not_equal(of_anna.id, of_boris.id);
	assert_int_not_equal(of_anna.number, of_boris.number);
}

/* ---- offsets ----------------------------------------------------------------------------- */

static void the_offset_follows_the_latest_batch_even_downwards(void **state)
{
	struct desk *desk = *state;

	assert_int_equal(offset_now(desk), 0);
	take(desk, message(desk, 500000, 1, "\"text\":\"hello\""));
	assert_int_equal(offset_now(desk), 500001);
	take(desk, message(desk, 42, 2, "\"text\":\"after a week of silence\""));
	assert_int_equal(offset_now(desk), 43);
	assert_int_equal(words_count(desk), 2);
}

static void the_offset_is_the_highest_id_of_a_batch_whatever_its_order(void **state)
{
	struct desk *desk = *state;

	batch_release(TAKE(desk, message(desk, 12, 1, "\"text\":\"a\""),
			   message(desk, 11, 2, "\"text\":\"b\"")));
	assert_int_equal(offset_now(desk), 13);
}

static void an_answer_without_ids_confirms_nothing(void **state)
{
	const char *const bad[] = { "{}", "\"text\"", "[1,2]", "[{\"message\":{}}]",
				    "[{\"update_id\":\"7\"}]" };
	struct batch batch;
	json_t *json = json_of("[]");

	(void)state;
	assert_int_equal(batch_init(&batch, &intake_support, BOT_ID, json), STATUS_EMPTY);
	json_decref(json);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		json = json_loads(bad[i], JSON_DECODE_ANY, NULL);
		assert_non_null(json);
		assert_int_equal(batch_init(&batch, &intake_support, BOT_ID, json),
				 STATUS_BAD_INPUT);
		json_decref(json);
	}
}

/* ---- failures ---------------------------------------------------------------------------- */

/* Does its work, says something, and then fails if the text asks for it. */
static enum status bomb_handle(struct intake *intake, const struct update *update)
{
	enum status status = words_handle_text(intake, update);

	intake_reply(intake, update, STR("heard"));
	return status == STATUS_OK && str_eq_c(update->text, "bomb") ? STATUS_FAILED : status;
}

static const struct intake_row bomb_rows[] = { { UPDATE_MESSAGE, WHERE_PRIVATE, WHAT_TEXT, true,
						 bomb_handle } };
static const struct intake_table bomb_table = { bomb_rows, 1 };

static void an_update_that_fails_is_kept_raw_and_the_others_stay(void **state)
{
	struct desk *desk = *state;
	const struct str updates[] = {
		message(desk, 20, 1, "\"text\":\"before\""),
		message(desk, 21, 2, "\"text\":\"bomb\""),
		message(desk, 22, 3, "\"text\":\"after\""),
	};
	struct batch *batch = take_through(desk, &bomb_table, updates, 3);

	assert_int_equal(batch->kept_raw, 1);
	assert_int_equal(batch->replies.count, 2);
	batch_release(batch);
	assert_int_equal(words_count(desk), 2);
	assert_int_equal(tasks_in(desk, TASK_DEAD), 1);
	assert_int_equal(offset_now(desk), 23);
	/* It has been taken in: it does not come twice. */
	batch_release(take_through(desk, &bomb_table, &updates[1], 1));
	assert_int_equal(tasks_in(desk, TASK_DEAD), 1);
}

static void a_malformed_update_is_kept_raw_and_confirmed(void **state)
{
	struct desk *desk = *state;
	struct batch *batch =
		TAKE(desk, STR("{\"update_id\":30,\"message\":{\"message_id\":\"no number\"}}"),
		     message(desk, 31, 1, "\"text\":\"fine\""));

	assert_int_equal(batch->kept_raw, 1);
	batch_release(batch);
	assert_int_equal(tasks_in(desk, TASK_DEAD), 1);
	assert_int_equal(words_count(desk), 1);
	assert_int_equal(offset_now(desk), 32);
}

static enum status batch_run_then_fail(struct db *db, void *arg)
{
	enum status status = batch_run(db, arg);

	return status == STATUS_OK ? STATUS_BUSY : status;
}

static void a_batch_that_was_not_committed_comes_again_whole(void **state)
{
	struct desk *desk = *state;
	json_t *json = json_of(str_format(&desk->arena, "[%.*s]",
					  STR_ARG(message(desk, 10, 1, "\"text\":\"hello\"")))
				       .data);
	struct batch batch;

	assert_int_equal(batch_init(&batch, &intake_support, BOT_ID, json), STATUS_OK);
	assert_int_equal(store_run(desk->store, batch_run_then_fail, &batch), STATUS_BUSY);
	assert_int_equal(offset_now(desk), 0);
	assert_int_equal(store_run(desk->store, batch_run, &batch), STATUS_OK);
	assert_int_equal(batch.duplicates, 0);
	batch_release(&batch);
	json_decref(json);
	assert_int_equal(words_count(desk), 1);
	assert_int_equal(offset_now(desk), 11);
}

/* ---- edits ------------------------------------------------------------------------------- */

static void an_edit_keeps_both_versions(void **state)
{
	struct desk *desk = *state;
	struct message messages[4];
	struct appeal appeal;

	take(desk, message(desk, 10, 1, "\"text\":\"scooter 17\""));
	take(desk, edit(desk, 11, 1, "scooter 71"));
	assert_int_equal(appeal_now(desk, &appeal), STATUS_OK);
	assert_int_equal(words_of_anna(desk, appeal.id, messages, 4), 1);
	assert_true(str_eq_c(messages[0].text, "scooter 71"));
	assert_int_equal(messages[0].version_count, 1);
	assert_true(str_eq_c(messages[0].versions[0].text, "scooter 17"));
	assert_int_equal(messages[0].edited_at_ms, (desk->now_s + 5) * 1000);
}

static void a_command_edited_into_words_reaches_the_desk(void **state)
{
	struct desk *desk = *state;

	take(desk, message(desk, 10, 1, "\"text\":\"/start\""));
	take(desk, edit(desk, 11, 1, "/help"));
	assert_int_equal(words_count(desk), 0);
	take(desk, edit(desk, 12, 1, "my scooter stopped"));
	assert_int_equal(words_count(desk), 1);
}

/* ---- buttons ----------------------------------------------------------------------------- */

static const char *button_data(struct desk *desk, const char *name)
{
	struct appeal appeal;

	assert_int_equal(appeal_now(desk, &appeal), STATUS_OK);
	return str_format(&desk->arena, "%s:%lld:%lld", name, (long long)appeal.id,
			  (long long)appeal.generation)
		.data;
}

static void solved_closes_and_pressing_it_again_changes_nothing(void **state)
{
	struct desk *desk = *state;
	struct appeal first, second;
	const char *data;

	take(desk, message(desk, 10, 1, "\"text\":\"hello\""));
	assert_int_equal(store_run(desk->store, operator_closes, desk), STATUS_OK);
	data = button_data(desk, "solved");
	assert_reply(TAKE(desk, press(desk, 11, data)), REPLY_TOAST,
		     text_of(TEXT_TOAST_SOLVED, LANG_EN));
	assert_int_equal(appeal_now(desk, &first), STATUS_OK);
	assert_int_equal(first.state, APPEAL_CLOSED);
	assert_int_equal(first.closed_by, APPEAL_CLOSER_CUSTOMER);
	/* The same press under a new update id, as Telegram repeats it when our answer was lost. */
	assert_reply(TAKE(desk, press(desk, 12, data)), REPLY_TOAST,
		     text_of(TEXT_TOAST_SOLVED, LANG_EN));
	assert_int_equal(appeal_now(desk, &second), STATUS_OK);
	assert_int_equal(second.closed_at_ms, first.closed_at_ms);
	assert_int_equal(second.message_count, first.message_count);
}

static void need_help_brings_the_appeal_back_to_its_operator(void **state)
{
	struct desk *desk = *state;
	struct appeal appeal;
	const char *solved;

	take(desk, message(desk, 10, 1, "\"text\":\"hello\""));
	assert_int_equal(store_run(desk->store, operator_closes, desk), STATUS_OK);
	solved = button_data(desk, "solved");
	assert_reply(TAKE(desk, press(desk, 11, button_data(desk, "need"))), REPLY_TOAST,
		     text_of(TEXT_TOAST_RETURNED, LANG_EN));
	assert_int_equal(appeal_now(desk, &appeal), STATUS_OK);
	assert_int_equal(appeal.state, APPEAL_IN_WORK);
	assert_true(str_eq_c(appeal.assignee_name, "Olga"));
	/* The other button of the same message is outdated now. */
	assert_reply(TAKE(desk, press(desk, 12, solved)), REPLY_TOAST,
		     text_of(TEXT_TOO_LATE, LANG_EN));
	assert_int_equal(appeal_now(desk, &appeal), STATUS_OK);
	assert_int_equal(appeal.state, APPEAL_IN_WORK);
}

static void foreign_and_broken_buttons_are_answered_too_late(void **state)
{
	struct desk *desk = *state;
	const char *const data[] = { "",	   "solved",	  "solved:1",
				     "solved:x:1", "solved:1:-1", "solved:99999:1",
				     "buy:1:1",	   "solved:1:1:1" };

	take(desk, message(desk, 10, 1, "\"text\":\"hello\""));
	for (size_t i = 0; i < sizeof(data) / sizeof(*data); i++)
		assert_reply(TAKE(desk, press(desk, 20 + (int64_t)i, data[i])), REPLY_TOAST,
			     text_of(TEXT_TOO_LATE, LANG_EN));
	assert_int_equal(tasks_in(desk, TASK_DEAD), 0);
}

/* ---- commands and language --------------------------------------------------------------- */

static struct str command_in(struct desk *desk, int64_t update_id, const char *text,
			     const char *language)
{
	return str_format(&desk->arena,
			  "{\"update_id\":%lld,\"message\":{\"message_id\":%lld,\"date\":%lld,"
			  "\"from\":{\"id\":%d,\"first_name\":\"A\"%s},"
			  "\"chat\":{\"id\":%d,\"type\":\"private\"},\"text\":\"%s\"}}",
			  (long long)update_id, (long long)update_id, (long long)desk->now_s, ANNA,
			  language, ANNA, text);
}

static void commands_are_answered_directly(void **state)
{
	struct desk *desk = *state;
	const struct {
		const char *text;
		enum text_key answer;
	} rows[] = {
		{ "/start", TEXT_WELCOME },	   { "/start scooter-17", TEXT_WELCOME },
		{ "/START@EcoBot", TEXT_WELCOME }, { "/help", TEXT_HELP },
		{ "/privacy", TEXT_PRIVACY },	   { "/nonsense", TEXT_HELP },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_reply(TAKE(desk, command_in(desk, 10 + (int64_t)i, rows[i].text,
						   ",\"language_code\":\"en\"")),
			     REPLY_MESSAGE, text_of(rows[i].answer, LANG_EN));
	assert_int_equal(words_count(desk), 0);
}

static void a_slash_before_a_number_is_words(void **state)
{
	struct desk *desk = *state;

	take(desk, message(desk, 10, 1, "\"text\":\"/2 of the price, please\""));
	assert_int_equal(words_count(desk), 1);
}

static void the_language_is_chosen_at_first_sight(void **state)
{
	struct desk *desk = *state;

	assert_reply(TAKE(desk, command_in(desk, 10, "/start", ",\"language_code\":\"ru\"")),
		     REPLY_MESSAGE, text_of(TEXT_WELCOME, LANG_RU));
	assert_reply(TAKE(desk, command_in(desk, 11, "/start", ",\"language_code\":\"en\"")),
		     REPLY_MESSAGE, text_of(TEXT_WELCOME, LANG_RU));
}

static void nothing_known_of_the_language_means_english(void **state)
{
	struct desk *desk = *state;

	assert_reply(TAKE(desk, command_in(desk, 10, "/start", "")), REPLY_MESSAGE,
		     text_of(TEXT_WELCOME, LANG_EN));
}

/* ---- what can't be taken yet ------------------------------------------------------------- */

static void a_sticker_without_an_appeal_is_answered_politely(void **state)
{
	struct desk *desk = *state;
	struct appeal appeal;

	assert_reply(TAKE(desk, message(desk, 10, 1, "\"sticker\":{\"file_id\":\"x\"}")),
		     REPLY_MESSAGE, text_of(TEXT_UNSUPPORTED, LANG_EN));
	assert_int_equal(appeal_now(desk, &appeal), STATUS_NOT_FOUND);
}

static void a_sticker_in_an_appeal_is_recorded(void **state)
{
	struct desk *desk = *state;
	struct message messages[4];
	struct appeal appeal;
	struct batch *batch;

	take(desk, message(desk, 10, 1, "\"text\":\"hello\""));
	batch = TAKE(desk, message(desk, 11, 2, "\"sticker\":{\"file_id\":\"x\"}"));
	assert_int_equal(batch->replies.count, 0); /* the desk says it, in the appeal */
	batch_release(batch);
	assert_int_equal(appeal_now(desk, &appeal), STATUS_OK);
	assert_int_equal(words_of_anna(desk, appeal.id, messages, 4), 2);
	assert_int_equal(messages[1].kind, MESSAGE_UNSUPPORTED);
	assert_true(str_eq_c(messages[1].text, "[sticker]"));
}

static void a_caption_is_words_and_opens_an_appeal(void **state)
{
	struct desk *desk = *state;
	struct message messages[4];
	struct appeal appeal;

	take(desk,
	     message(desk, 10, 1, "\"photo\":[{\"file_id\":\"x\"}],\"caption\":\"broken wheel\""));
	assert_int_equal(appeal_now(desk, &appeal), STATUS_OK);
	assert_int_equal(words_of_anna(desk, appeal.id, messages, 4), 1);
	assert_true(str_eq_c(messages[0].text, "[photo] broken wheel"));
}

static void telegrams_own_notes_and_groups_are_passed_over(void **state)
{
	struct desk *desk = *state;
	struct batch *batch;

	take(desk, message(desk, 10, 1, "\"text\":\"hello\""));
	batch = TAKE(desk, message(desk, 11, 2, "\"pinned_message\":{}"),
		     STR("{\"update_id\":12,\"message\":{\"message_id\":5,\"date\":1700000000,"
			 "\"from\":{\"id\":1001,\"first_name\":\"A\"},"
			 "\"chat\":{\"id\":-5,\"type\":\"group\"},\"text\":\"hi all\"}}"),
		     STR("{\"update_id\":13,\"poll\":{\"id\":\"1\"}}"));
	assert_int_equal(batch->replies.count, 0);
	assert_int_equal(batch->kept_raw, 0);
	batch_release(batch);
	assert_int_equal(words_count(desk), 1);
	assert_int_equal(offset_now(desk), 14);
}

/* ---- blocking ---------------------------------------------------------------------------- */

static void blocking_and_unblocking_are_recorded(void **state)
{
	struct desk *desk = *state;

	take(desk, member(desk, 9, "kicked")); /* of somebody unknown: nothing to record */
	take(desk, message(desk, 10, 1, "\"text\":\"hello\""));
	assert_true(anna(desk).reachable);
	take(desk, member(desk, 11, "kicked"));
	assert_false(anna(desk).reachable);
	take(desk, member(desk, 12, "member"));
	assert_true(anna(desk).reachable);
	take(desk, member(desk, 13, "kicked"));
	take(desk, message(desk, 14, 2, "\"text\":\"here again\""));
	assert_true(anna(desk).reachable);
}

/* ---- requeued updates -------------------------------------------------------------------- */

struct requeue {
	struct desk *desk;
	struct str payload;
	int64_t task_id;
};

static enum status requeue_change(struct db *db, void *arg)
{
	struct requeue *requeue = arg;
	const struct task_new task = { .type = TASK_BOT_UPDATE,
				       .class = TASK_INTERACTIVE,
				       .payload = requeue->payload,
				       .order_key =
					       batch_order_key(BOT_ID, &requeue->desk->arena) };
	enum status status =
		workers_add(db, STR("inc1"), STR("bots"), STR("bots-1"), clock_wall_ms());

	return status == STATUS_OK ? tasks_add(db, &task, clock_wall_ms(), &requeue->task_id)
				   : status;
}

static enum status bury_change(struct db *db, void *arg)
{
	struct desk *desk = arg;
	struct task *unknown;
	size_t count;

	return workers_bury(db, STR("inc1"), clock_wall_ms(), &desk->arena, &unknown, &count);
}

/* A raw update that people have made ready again, run once. */
static enum status requeued_once(struct desk *desk, const struct intake_table *table,
				 struct str payload, bool buried, struct requeued_run *run)
{
	struct requeue requeue = { desk, payload, 0 };
	const struct requeued_options options = { .table = table,
						  .bot_id = BOT_ID,
						  .incarnation = STR("inc1") };

	assert_int_equal(store_run(desk->store, requeue_change, &requeue), STATUS_OK);
	if (buried)
		assert_int_equal(store_run(desk->store, bury_change, desk), STATUS_OK);
	requeued_run_init(run, &options, requeue.task_id);
	return store_run(desk->store, requeued_change, run);
}

static void a_requeued_update_is_taken_in_and_its_row_goes(void **state)
{
	struct desk *desk = *state;
	struct requeued_run run;

	assert_int_equal(requeued_once(desk, &intake_support,
				       message(desk, 10, 1, "\"text\":\"late words\""), false,
				       &run),
			 STATUS_OK);
	requeued_run_release(&run);
	assert_int_equal(words_count(desk), 1);
	assert_int_equal(tasks_in(desk, TASK_READY), 0);
	assert_int_equal(tasks_in(desk, TASK_DEAD), 0);
}

static void a_requeued_update_that_fails_again_is_tried_later(void **state)
{
	struct desk *desk = *state;
	struct requeued_run run;

	assert_int_equal(requeued_once(desk, &bomb_table, message(desk, 10, 1, "\"text\":\"bomb\""),
				       false, &run),
			 STATUS_OK);
	assert_int_equal(run.replies.count, 0);
	assert_int_equal(store_run(desk->store, requeued_change, &run),
			 STATUS_EMPTY); /* not due yet */
	requeued_run_release(&run);
	assert_int_equal(tasks_in(desk, TASK_READY), 1);
}

static void a_requeued_update_that_is_none_is_buried(void **state)
{
	struct desk *desk = *state;
	struct requeued_run run;

	assert_int_equal(requeued_once(desk, &intake_support, STR("{\"broken\""), false, &run),
			 STATUS_OK);
	requeued_run_release(&run);
	assert_int_equal(tasks_in(desk, TASK_DEAD), 1);
}

static void a_process_held_for_dead_takes_no_task(void **state)
{
	struct desk *desk = *state;
	struct requeued_run run;

	assert_int_equal(requeued_once(desk, &intake_support,
				       message(desk, 10, 1, "\"text\":\"words\""), true, &run),
			 STATUS_DENIED);
	requeued_run_release(&run);
	assert_int_equal(tasks_in(desk, TASK_READY), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_make, desk_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_text_opens_an_appeal_and_the_next_continues_it),
		TEST(the_same_update_again_does_nothing),
		TEST(the_same_message_under_another_update_id_does_nothing),
		TEST(two_customers_get_two_appeals),
		TEST(the_offset_follows_the_latest_batch_even_downwards),
		TEST(the_offset_is_the_highest_id_of_a_batch_whatever_its_order),
		TEST(an_answer_without_ids_confirms_nothing),
		TEST(an_update_that_fails_is_kept_raw_and_the_others_stay),
		TEST(a_malformed_update_is_kept_raw_and_confirmed),
		TEST(a_batch_that_was_not_committed_comes_again_whole),
		TEST(an_edit_keeps_both_versions),
		TEST(a_command_edited_into_words_reaches_the_desk),
		TEST(solved_closes_and_pressing_it_again_changes_nothing),
		TEST(need_help_brings_the_appeal_back_to_its_operator),
		TEST(foreign_and_broken_buttons_are_answered_too_late),
		TEST(commands_are_answered_directly),
		TEST(a_slash_before_a_number_is_words),
		TEST(the_language_is_chosen_at_first_sight),
		TEST(nothing_known_of_the_language_means_english),
		TEST(a_sticker_without_an_appeal_is_answered_politely),
		TEST(a_sticker_in_an_appeal_is_recorded),
		TEST(a_caption_is_words_and_opens_an_appeal),
		TEST(telegrams_own_notes_and_groups_are_passed_over),
		TEST(blocking_and_unblocking_are_recorded),
		TEST(a_requeued_update_is_taken_in_and_its_row_goes),
		TEST(a_requeued_update_that_fails_again_is_tried_later),
		TEST(a_requeued_update_that_is_none_is_buried),
		TEST(a_process_held_for_dead_takes_no_task),
	};

	return cmocka_run_group_tests_name("bots_intake", tests, NULL, NULL);
}

/* tests/unit/store_idempotency_test.c -- answers kept under (actor, route, key) for a day. */
#include "tests/unit/store_fixture.h"

#include "store/idempotency.h"

static const struct idempotency_key key = { 7, { "POST /a", 7 }, { "k1", 2 }, { "h1", 2 } };

static void keep(struct records *r, const struct idempotency_key *of, int status, const char *body,
		 int64_t now_ms)
{
	struct idempotency_answer answer = { status, str_from_c(body), STR_NONE };

	assert_ok(idempotency_keep(r->db, of, &answer, now_ms));
}

static enum status find(struct records *r, const struct idempotency_key *of, int64_t now_ms,
			struct idempotency_answer *answer_out)
{
	return idempotency_find(r->db, of, now_ms, &r->arena, answer_out);
}

static void an_answer_is_found_again_whole(void **state)
{
	struct idempotency_answer given = { 201, STR("{\"id\":\"5\"}"), STR("/a/5") }, found;
	struct records *r = *state;

	assert_status(find(r, &key, T0, &found), STATUS_NOT_FOUND);
	assert_ok(idempotency_keep(r->db, &key, &given, T0));
	assert_ok(find(r, &key, T0 + 1, &found));
	assert_int_equal(found.status, 201);
	assert_str(found.body, "{\"id\":\"5\"}");
	assert_str(found.location, "/a/5");
}

static void what_was_absent_is_absent(void **state)
{
	struct idempotency_answer given = { 204, STR_NONE, STR_NONE }, found;
	struct records *r = *state;

	assert_ok(idempotency_keep(r->db, &key, &given, T0));
	assert_ok(find(r, &key, T0, &found));
	assert_null(found.body.data);
	assert_null(found.location.data);
}

static void another_body_under_the_key_is_a_conflict(void **state)
{
	struct idempotency_key other = key;
	struct idempotency_answer found;
	struct records *r = *state;

	keep(r, &key, 201, "{}", T0);
	other.body_hash = STR("h2");
	assert_status(find(r, &other, T0, &found), STATUS_CONFLICT);
}

static void actor_route_and_key_each_make_it_another(void **state)
{
	struct idempotency_key others[3] = { key, key, key };
	struct idempotency_answer found;
	struct records *r = *state;

	keep(r, &key, 201, "{}", T0);
	others[0].actor_id = 8;
	others[1].route = STR("POST /b");
	others[2].key = STR("k2");
	for (size_t i = 0; i < 3; i++) {
		assert_status(find(r, &others[i], T0, &found), STATUS_NOT_FOUND);
		keep(r, &others[i], 400 + (int)i, "{}", T0);
	}
	assert_ok(find(r, &key, T0, &found));
	assert_int_equal(found.status, 201);
}

static void after_a_day_the_key_is_new_and_may_be_kept_anew(void **state)
{
	int64_t later_ms = T0 + IDEMPOTENCY_KEPT_MS;
	struct idempotency_key other = key;
	struct idempotency_answer found;
	struct records *r = *state;

	keep(r, &key, 201, "old", T0);
	assert_ok(find(r, &key, later_ms - 1, &found));
	assert_status(find(r, &key, later_ms, &found), STATUS_NOT_FOUND);
	other.body_hash = STR("h2");
	keep(r, &other, 200, "new", later_ms);
	assert_ok(find(r, &other, later_ms, &found));
	assert_str(found.body, "new");
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM idempotency"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(an_answer_is_found_again_whole),
		with_records(what_was_absent_is_absent),
		with_records(another_body_under_the_key_is_a_conflict),
		with_records(actor_route_and_key_each_make_it_another),
		with_records(after_a_day_the_key_is_new_and_may_be_kept_anew),
	};

	return cmocka_run_group_tests_name("store_idempotency", tests, NULL, NULL);
}

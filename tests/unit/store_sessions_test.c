/* tests/unit/store_sessions_test.c -- the family of refresh tokens: used once, again within 30 s
 * while the successor is unused, and never later. */
#include "tests/unit/store_fixture.h"

#define HOUR_MS INT64_C(3600000)
#define LIFETIME_MS (30 * 24 * HOUR_MS)

static int64_t session_open(struct records *r)
{
	int64_t id;

	assert_ok(sessions_open(r->db, add_employee(r, "olga"), T0, 90 * 24 * HOUR_MS, &id));
	assert_ok(refresh_add(r->db, STR("first"), id, T0, LIFETIME_MS));
	return id;
}

static enum status use(struct records *r, const char *hash, const char *successor, int64_t now_ms)
{
	enum status verdict;
	int64_t session;

	assert_ok(refresh_use(r->db, str_from_c(hash), str_from_c(successor), now_ms, LIFETIME_MS,
			      &session, &verdict));
	return verdict;
}

static bool is_revoked(struct records *r, int64_t session_id)
{
	struct session session;

	assert_ok(sessions_get(r->db, session_id, &r->arena, &session));
	return session.revoked;
}

static void each_token_is_followed_by_its_successor(void **state)
{
	struct records *r = *state;
	int64_t session = session_open(r);

	assert_ok(use(r, "first", "second", T0 + HOUR_MS));
	assert_ok(use(r, "second", "third", T0 + 2 * HOUR_MS));
	assert_ok(use(r, "third", "fourth", T0 + 3 * HOUR_MS));
	assert_false(is_revoked(r, session));
}

static void within_thirty_seconds_two_tabs_may_use_the_same(void **state)
{
	struct records *r = *state;
	int64_t session = session_open(r);

	assert_ok(use(r, "first", "second", T0 + HOUR_MS));
	assert_ok(use(r, "first", "other", T0 + HOUR_MS + REFRESH_GRACE_MS));
	/* whichever answer arrived, it goes on */
	assert_ok(use(r, "other", "third", T0 + 2 * HOUR_MS));
	assert_false(is_revoked(r, session));
}

static void later_it_revokes_the_family(void **state)
{
	struct records *r = *state;
	int64_t session = session_open(r);

	assert_ok(use(r, "first", "second", T0 + HOUR_MS));
	assert_status(use(r, "first", "other", T0 + HOUR_MS + REFRESH_GRACE_MS + 1), STATUS_DENIED);
	assert_true(is_revoked(r, session));
	assert_status(use(r, "second", "third", T0 + HOUR_MS + REFRESH_GRACE_MS + 2),
		      STATUS_DENIED);
	assert_status(use(r, "other", "third", T0 + HOUR_MS + REFRESH_GRACE_MS + 3),
		      STATUS_NOT_FOUND);
}

static void once_the_successor_was_used_the_grace_is_over(void **state)
{
	struct records *r = *state;
	int64_t session = session_open(r);

	assert_ok(use(r, "first", "second", T0 + HOUR_MS));
	assert_ok(use(r, "second", "third", T0 + HOUR_MS + 1000));
	assert_status(use(r, "first", "other", T0 + HOUR_MS + 2000), STATUS_DENIED);
	assert_true(is_revoked(r, session));
	assert_status(use(r, "third", "fourth", T0 + HOUR_MS + 3000), STATUS_DENIED);
}

/* Each use within the grace counts from the first: a thief can't keep it open. */
static void the_grace_is_not_prolonged_by_use(void **state)
{
	struct records *r = *state;
	int64_t session = session_open(r);

	assert_ok(use(r, "first", "second", T0 + HOUR_MS));
	assert_ok(use(r, "first", "other", T0 + HOUR_MS + 20000));
	assert_status(use(r, "first", "third", T0 + HOUR_MS + 40000), STATUS_DENIED);
	assert_true(is_revoked(r, session));
}

static void an_expired_or_unknown_token_revokes_nothing(void **state)
{
	struct records *r = *state;
	int64_t session = session_open(r);

	assert_status(use(r, "unknown", "x", T0), STATUS_NOT_FOUND);
	assert_status(use(r, "first", "x", T0 + LIFETIME_MS), STATUS_NOT_FOUND);
	assert_false(is_revoked(r, session));
}

static void a_token_lives_no_longer_than_its_session(void **state)
{
	struct records *r = *state;
	int64_t at_ms = T0, session = session_open(r);
	char hash[32] = "first", next[32];

	for (int i = 0; i < 4; i++) {
		at_ms += 22 * 24 * HOUR_MS;
		snprintf(next, sizeof(next), "token%d", i);
		assert_ok(use(r, hash, next, at_ms));
		memcpy(hash, next, sizeof(hash));
	}
	assert_status(use(r, hash, "last", T0 + 90 * 24 * HOUR_MS), STATUS_NOT_FOUND);
	assert_false(is_revoked(r, session));
}

static void who_is_disabled_gets_no_more_tokens(void **state)
{
	struct records *r = *state;
	int64_t session = session_open(r);

	db_exec(r->db, "UPDATE employees SET enabled = 0");
	assert_status(use(r, "first", "second", T0 + HOUR_MS), STATUS_DENIED);
	assert_true(is_revoked(r, session));
}

/* ---- sessions ---------------------------------------------------------------------------- */

static void a_session_tells_of_its_employee_as_it_is_now(void **state)
{
	struct records *r = *state;
	int64_t id = session_open(r);
	struct session session;

	assert_ok(sessions_get(r->db, id, &r->arena, &session));
	assert_str(session.login, "olga");
	assert_int_equal(session.role, ROLE_OPERATOR);
	assert_int_equal(session.created_at_ms, T0);
	assert_int_equal(session.expires_at_ms, T0 + 90 * 24 * HOUR_MS);
	assert_true(session.enabled && !session.revoked);
	db_exec(r->db, "UPDATE employees SET role = 'warehouse', enabled = 0");
	assert_ok(sessions_get(r->db, id, &r->arena, &session));
	assert_int_equal(session.role, ROLE_WAREHOUSE);
	assert_false(session.enabled);
	assert_status(sessions_get(r->db, id + 1, &r->arena, &session), STATUS_NOT_FOUND);
}

static void revoking_twice_happens_once_and_ends_all_tokens(void **state)
{
	struct records *r = *state;
	int64_t id = session_open(r), other;

	assert_ok(sessions_open(r->db, 1, T0, LIFETIME_MS, &other));
	assert_ok(refresh_add(r->db, STR("others"), other, T0, LIFETIME_MS));
	for (int i = 0; i < 2; i++)
		assert_ok(sessions_revoke(r->db, id, (struct actor){ ACTOR_EMPLOYEE, 1 }, T0 + i));
	assert_true(is_revoked(r, id));
	assert_int_equal(db_number(r->db, "SELECT COUNT(*) FROM events WHERE kind = 13"), 1);
	assert_status(use(r, "first", "second", T0 + 1), STATUS_DENIED);
	assert_false(is_revoked(r, other));
	assert_ok(use(r, "others", "next", T0 + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(each_token_is_followed_by_its_successor),
		with_records(within_thirty_seconds_two_tabs_may_use_the_same),
		with_records(later_it_revokes_the_family),
		with_records(once_the_successor_was_used_the_grace_is_over),
		with_records(the_grace_is_not_prolonged_by_use),
		with_records(an_expired_or_unknown_token_revokes_nothing),
		with_records(a_token_lives_no_longer_than_its_session),
		with_records(who_is_disabled_gets_no_more_tokens),
		with_records(a_session_tells_of_its_employee_as_it_is_now),
		with_records(revoking_twice_happens_once_and_ends_all_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

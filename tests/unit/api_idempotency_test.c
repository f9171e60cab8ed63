/* tests/unit/api_idempotency_test.c -- the same key has one effect and one answer; another body is
 * refused; refusals are not kept. */
#include "tests/unit/api_fixture.h"

#include "api/idempotency.h"
#include "api/shapes.h"

struct made {
	int64_t id;
};

static const struct shape_field made_fields[] = {
	{ "id", SHAPE_INT, 0, .offset = 0, .doc = "d", .example = "1" },
};
static const struct shape made_shape = { "Made", NULL, SHAPE_FIELDS(made_fields),
					 sizeof(struct made) };

enum { NOW_MS = 1000000 };

static int runs;
static enum status handler_returns;

/* Has an effect that can be counted. */
static enum status handler(struct call *call)
{
	struct employee employee = { .login = str_format(&call->arena, "e%d", ++runs),
				     .name = STR("E"),
				     .password_hash = STR("x") };
	struct made *made = ARENA_NEW(&call->arena, struct made);
	enum status status = employees_add(call->db, &employee, (struct actor){ ACTOR_SYSTEM, 0 },
					   NOW_MS, &made->id);

	call->answer.value = made;
	call->answer.location = STR("/somewhere");
	return status == STATUS_OK ? handler_returns : status;
}

static const struct route route = {
	.method = HTTP_POST,
	.pattern = "/api/v1/things",
	.scope = SCOPE_SIGNED_IN,
	.lane = LANE_WRITE,
	.response = &made_shape,
	.success = 201,
	.handler = handler,
	.summary = "x",
};

static enum status run(struct db *db, void *arg)
{
	struct call *call = arg;

	call->db = db;
	call->answer = (struct answer){ 0 };
	return idempotency_run(call);
}

struct asked {
	const char *key, *hash, *path;
	int64_t employee_id;
};

static enum status ask(struct office *office, struct asked asked, struct call *call)
{
	*call = (struct call){
		.route = &route,
		.method = HTTP_POST,
		.path = str_from_c(asked.path != NULL ? asked.path : "/api/v1/things"),
		.now_ms = NOW_MS,
		.idempotency_key = str_from_c(asked.key),
		.body_hash = str_from_c(asked.hash),
		.claims = { .employee_id = asked.employee_id },
	};
	return store_run(office->store, run, call);
}

/* Handlers hired e1, e2, ...: those who are there now. */
static int effects(struct office *office)
{
	struct arena arena = { 0 };
	struct employee employee;
	struct db *db;
	int count = 0;

	assert_ok(store_reader_open(office->store, &db));
	assert_ok(store_read_begin(db));
	for (int i = 1; i <= runs; i++)
		count += employees_by_login(db, str_format(&arena, "e%d", i), &arena, &employee) ==
			 STATUS_OK;
	store_read_end(db);
	store_reader_close(db);
	arena_release(&arena);
	return count;
}

static void the_same_request_twice_has_one_effect_and_one_answer(void **state)
{
	struct office *office = *state;
	struct call first, second;

	handler_returns = STATUS_OK;
	assert_ok(ask(office, (struct asked){ "k", "h", NULL, 1 }, &first));
	assert_ok(ask(office, (struct asked){ "k", "h", NULL, 1 }, &second));
	assert_int_equal(effects(office), 1);
	assert_false(first.answer.is_replayed);
	assert_true(second.answer.is_replayed);
	assert_int_equal(second.answer.status, 201);
	assert_true(str_eq(first.answer.text, second.answer.text));
	assert_true(str_eq(first.answer.location, second.answer.location));
	arena_release(&first.arena);
	arena_release(&second.arena);
}

static void another_body_under_the_same_key_is_refused(void **state)
{
	struct office *office = *state;
	struct call call;

	handler_returns = STATUS_OK;
	assert_ok(ask(office, (struct asked){ "k", "h", NULL, 1 }, &call));
	arena_release(&call.arena);
	assert_status(ask(office, (struct asked){ "k", "other", NULL, 1 }, &call), STATUS_CONFLICT);
	assert_int_equal(problem_http_status(call.answer.problem.kind), 422);
	assert_int_equal(effects(office), 1);
	arena_release(&call.arena);
}

static void keys_belong_to_one_person_and_one_address(void **state)
{
	struct office *office = *state;
	struct asked asked[] = { { "k", "h", NULL, 1 },
				 { "k", "h", NULL, 2 },
				 { "k", "h", "/api/v1/others", 1 },
				 { "l", "h", NULL, 1 } };
	struct call call;

	handler_returns = STATUS_OK;
	for (size_t i = 0; i < 4; i++) {
		assert_ok(ask(office, asked[i], &call));
		assert_false(call.answer.is_replayed);
		arena_release(&call.arena);
	}
	assert_int_equal(effects(office), 4);
}

static void a_refusal_leaves_nothing_and_may_be_tried_again(void **state)
{
	struct office *office = *state;
	struct call call;

	handler_returns = STATUS_CONFLICT;
	assert_status(ask(office, (struct asked){ "k", "h", NULL, 1 }, &call), STATUS_CONFLICT);
	arena_release(&call.arena);
	assert_int_equal(effects(office), 0);
	handler_returns = STATUS_OK;
	assert_ok(ask(office, (struct asked){ "k", "h", NULL, 1 }, &call));
	assert_false(call.answer.is_replayed);
	assert_int_equal(effects(office), 1);
	arena_release(&call.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_records(the_same_request_twice_has_one_effect_and_one_answer),
		with_records(another_body_under_the_same_key_is_refused),
		with_records(keys_belong_to_one_person_and_one_address),
		with_records(a_refusal_leaves_nothing_and_may_be_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

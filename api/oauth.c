/* api/oauth.c -- OAuth 2: password and refresh_token grants, revocation, metadata. */
#include "api/handlers.h"
#include "api/dispatch.h"
#include "api/throttle.h"
#include "base/password.h"
#include "base/random.h"

#include <sodium.h>

enum {
	DAY_MS = 24 * 3600 * 1000,
	REFRESH_BYTES = 32,
};

static const int64_t session_lifetime_ms = (int64_t)SESSION_LIFETIME_DAYS * DAY_MS;
static const int64_t refresh_lifetime_ms = (int64_t)REFRESH_LIFETIME_DAYS * DAY_MS;

static enum status refuse(struct call *call, const char *error, const char *detail)
{
	enum status status = call_refuse(call, PROBLEM_BAD_REQUEST, detail);

	call->answer.problem.oauth_error = str_from_c(error);
	return status;
}

static enum status refuse_grant(struct call *call, const char *detail)
{
	return refuse(call, "invalid_grant", detail);
}

/* ---- on the loop ------------------------------------------------------------------------- */

static struct str attempt_name(struct call *call)
{
	const struct in_token *in = CALL_BODY(call, in_token);

	return str_format(&call->arena, "login:%.*s:%.*s", STR_ARG(call->peer),
			  STR_ARG(in->username));
}

static void attempt_counted(bool allowed, void *arg)
{
	struct call *call = arg;
	enum status status = STATUS_OK;

	if (!allowed) {
		status = call_refuse(call, PROBLEM_TOO_MANY_REQUESTS,
				     "Too many failed attempts with this login. Wait a minute");
		call->answer.problem.oauth_error = STR("slow_down");
		call->answer.retry_after_s = THROTTLE_WINDOW_S;
	}
	dispatch_go_on(call, status);
}

static enum status require(struct call *call, const char *field, struct str value)
{
	enum status status;

	if (value.data != NULL)
		return STATUS_OK;
	status = call_refuse_field(call, field, "is required with this grant_type");
	call->answer.problem.oauth_error = STR("invalid_request");
	return status;
}

enum status oauth_token_gate(struct call *call)
{
	const struct in_token *in = CALL_BODY(call, in_token);
	enum status status;

	if (str_eq_c(in->grant_type, "refresh_token"))
		return require(call, "refresh_token", in->refresh_token);
	if (!str_eq_c(in->grant_type, "password"))
		return refuse(call, "unsupported_grant_type",
			      "grant_type must be password or refresh_token");
	status = require(call, "username", in->username);
	if (status == STATUS_OK)
		status = require(call, "password", in->password);
	if (status != STATUS_OK)
		return status;
	throttle_attempt(call->app->throttle, attempt_name(call), attempt_counted, call);
	return STATUS_EMPTY; /* the call is no longer ours: it may even be answered */
}

/* Also when the session could not be recorded: a full disk is no wrong password. */
void oauth_token_ended(struct call *call)
{
	if (call->password_is_right)
		throttle_forget(call->app->throttle, attempt_name(call));
}

/* ---- tokens ------------------------------------------------------------------------------ */

static struct str refresh_make(struct arena *arena)
{
	unsigned char bytes[REFRESH_BYTES];
	size_t size =
		sodium_base64_encoded_len(sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = arena_alloc(arena, size);

	random_bytes(bytes, sizeof(bytes));
	sodium_bin2base64(text, size, bytes, sizeof(bytes),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return str_from_c(text);
}

static struct str refresh_hash(struct str token, struct arena *arena)
{
	unsigned char hash[32];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)token.data, token.len, NULL,
			   0);
	return str_hex(arena, hash, sizeof(hash));
}

static enum status answer_tokens(struct call *call, const struct session *session,
				 struct str refresh_token)
{
	struct out_token *out = ARENA_NEW(&call->arena, struct out_token);
	struct token_claims claims = {
		.employee_id = session->employee_id,
		.session_id = session->id,
		.role = session->role,
		.scopes = token_scopes(session->role),
		.issued_at_s = call->now_ms / 1000,
		.expires_at_s = call->now_ms / 1000 + TOKEN_LIFETIME_S,
	};

	*out = (struct out_token){
		.token_type = STR("Bearer"),
		.expires_in = TOKEN_LIFETIME_S,
		.refresh_token = refresh_token,
		.scope = scope_set_format(claims.scopes, &call->arena),
	};
	call->answer.value = out;
	return token_sign(auth_signing_key(call->app->auth), &claims, &call->arena,
			  &out->access_token);
}

/* ---- password: in the slow lane ---------------------------------------------------------- */

struct login {
	struct call *call;
	struct employee employee;
	struct str new_hash; /* STR_NONE: the old one is fine */
	struct str refresh_token;
	struct session session;
};

static enum status login_change(struct db *db, void *arg)
{
	struct login *login = arg;
	struct call *call = login->call;
	int64_t session_id = 0;
	enum status status = sessions_open(db, login->employee.id, call->now_ms,
					   session_lifetime_ms, &session_id);

	if (status == STATUS_OK)
		status = refresh_add(db, refresh_hash(login->refresh_token, &call->arena),
				     session_id, call->now_ms, refresh_lifetime_ms);
	if (status == STATUS_OK && login->new_hash.data != NULL)
		status = employees_set_password_hash(db, login->employee.id, login->new_hash);
	if (status == STATUS_OK)
		status = sessions_get(db, session_id, &call->arena, &login->session);
	return status;
}

static enum status employee_find(struct call *call, struct str username, struct employee *employee)
{
	enum status status = store_read_begin(call->db);

	if (status != STATUS_OK)
		return status;
	status = employees_by_login(call->db, username, &call->arena, employee);
	store_read_end(call->db);
	return status;
}

static enum status grant_password(struct call *call)
{
	const struct in_token *in = CALL_BODY(call, in_token);
	struct login login = { .call = call, .refresh_token = refresh_make(&call->arena) };
	enum status status = employee_find(call, in->username, &login.employee);

	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	/* Unknown names take the same time, and disabled people learn no more than others. */
	if (password_verify(in->password, login.employee.password_hash) != STATUS_OK ||
	    !login.employee.enabled)
		return refuse_grant(call, "Login or password is wrong");
	call->password_is_right = true;
	if (password_is_outdated(login.employee.password_hash) &&
	    password_hash(in->password, &call->arena, &login.new_hash) != STATUS_OK)
		login.new_hash = STR_NONE;
	status = store_run(call->app->store, login_change, &login);
	if (status != STATUS_OK)
		return status;
	return answer_tokens(call, &login.session, login.refresh_token);
}

/* ---- refresh_token ----------------------------------------------------------------------- */

struct renewal {
	struct call *call;
	struct str successor;
	struct session session;
	enum status verdict;
};

/* OK also for a refused token: the revocation that its reuse brought must be committed. */
static enum status renewal_change(struct db *db, void *arg)
{
	struct renewal *renewal = arg;
	struct call *call = renewal->call;
	struct str used = refresh_hash(CALL_BODY(call, in_token)->refresh_token, &call->arena);
	int64_t session_id = 0;
	enum status status = refresh_use(db, used, refresh_hash(renewal->successor, &call->arena),
					 call->now_ms, refresh_lifetime_ms, &session_id,
					 &renewal->verdict);

	if (status != STATUS_OK || renewal->verdict != STATUS_OK)
		return status;
	status = sessions_get(db, session_id, &call->arena, &renewal->session);
	if (status != STATUS_OK)
		return status;
	if (renewal->session.revoked || !renewal->session.enabled ||
	    renewal->session.expires_at_ms <= call->now_ms)
		renewal->verdict = STATUS_DENIED;
	return STATUS_OK;
}

static enum status grant_refresh(struct call *call)
{
	struct renewal renewal = { .call = call,
				   .successor = refresh_make(&call->arena),
				   .verdict = STATUS_DENIED };
	enum status status = store_run(call->app->store, renewal_change, &renewal);

	if (status != STATUS_OK)
		return status;
	if (renewal.verdict != STATUS_OK)
		return refuse_grant(call,
				    "The refresh token is unknown, expired or used. Sign in again");
	return answer_tokens(call, &renewal.session, renewal.successor);
}

enum status oauth_token(struct call *call)
{
	bool is_refresh = str_eq_c(CALL_BODY(call, in_token)->grant_type, "refresh_token");

	return is_refresh ? grant_refresh(call) : grant_password(call);
}

/* ---- revocation (RFC 7009): 200 whatever was sent ---------------------------------------- */

/* Access tokens are verified here, where their keys are. */
enum status oauth_revoke_gate(struct call *call)
{
	struct str header =
		str_format(&call->arena, "Bearer %.*s", STR_ARG(CALL_BODY(call, in_revoke)->token));
	const char *reason;
	struct str kid;

	if (auth_check(call->app->auth, header, call->now_ms, &call->arena, &call->claims, &kid,
		       &reason) != STATUS_OK)
		call->claims = (struct token_claims){ 0 };
	return STATUS_OK;
}

enum status oauth_revoke(struct call *call)
{
	struct str hash = refresh_hash(CALL_BODY(call, in_revoke)->token, &call->arena);
	int64_t session_id = 0;
	struct session session;
	enum status status = refresh_session(call->db, hash, &session_id);

	if (status == STATUS_NOT_FOUND && call->claims.session_id != 0) {
		session_id = call->claims.session_id;
		status = STATUS_OK;
	}
	if (status == STATUS_OK)
		status = sessions_get(call->db, session_id, &call->arena, &session);
	if (status == STATUS_OK)
		status = sessions_revoke(call->db, session_id,
					 (struct actor){ ACTOR_EMPLOYEE, session.employee_id },
					 call->now_ms);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* ---- metadata (RFC 8414) ----------------------------------------------------------------- */

static struct str own_address(struct call *call)
{
	struct str proto = http_request_header(call->request, "X-Forwarded-Proto");

	return str_format(&call->arena, "%s://%.*s", str_eq_c(proto, "https") ? "https" : "http",
			  STR_ARG(http_request_header(call->request, "Host")));
}

enum status oauth_metadata(struct call *call)
{
	static struct str grants[] = { { "password", 8 }, { "refresh_token", 13 } };
	static struct str methods[] = { { "none", 4 } };
	struct out_metadata *out = ARENA_NEW(&call->arena, struct out_metadata);
	struct str address = own_address(call);

	*out = (struct out_metadata){
		.issuer = address,
		.token_endpoint = str_format(&call->arena, "%.*s/oauth/token", STR_ARG(address)),
		.revocation_endpoint =
			str_format(&call->arena, "%.*s/oauth/revoke", STR_ARG(address)),
		.grants = grants,
		.grant_count = sizeof(grants) / sizeof(*grants),
		.methods = methods,
		.method_count = sizeof(methods) / sizeof(*methods),
		.scopes = arena_array(&call->arena, SCOPES, sizeof(struct str)),
	};
	for (int i = SCOPE_SIGNED_IN + 1; i < SCOPES; i++)
		out->scopes[out->scope_count++] = str_from_c(scope_name((enum scope)i));
	call->answer.value = out;
	return STATUS_OK;
}

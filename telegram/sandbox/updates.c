/* telegram/sandbox/updates.c -- offsets confirm, a negative one keeps the last few, one far beyond
 * the tail is ignored. */
#include "telegram/sandbox/updates.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct kind_row {
	const char *name;
	bool by_default;
} kinds[] = {
	{ "message", true },          { "edited_message", true },      { "channel_post", true },
	{ "edited_channel_post", true }, { "inline_query", true },     { "chosen_inline_result", true },
	{ "callback_query", true },   { "shipping_query", true },      { "pre_checkout_query", true },
	{ "poll", true },             { "poll_answer", true },         { "my_chat_member", true },
	{ "chat_join_request", true }, { "chat_boost", true },         { "removed_chat_boost", true },
	{ "business_connection", true }, { "business_message", true }, { "edited_business_message", true },
	{ "deleted_business_messages", true }, { "purchased_paid_media", true },
	{ "chat_member", false },     { "message_reaction", false },   { "message_reaction_count", false },
};
/* clang-format on */

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static uint32_t default_kinds(void)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < KINDS; i++)
		bits |= kinds[i].by_default ? UINT32_C(1) << i : 0;
	return bits;
}

static uint32_t kind_bit(const char *name)
{
	for (size_t i = 0; name != NULL && i < KINDS; i++)
		if (strcasecmp(name, kinds[i].name) == 0)
			return UINT32_C(1) << i;
	return 0;
}

void updates_init(struct updates *updates, int64_t first_id)
{
	*updates = (struct updates){ .next_id = first_id,
				     .lowest_id = first_id,
				     .allowed = default_kinds() };
}

static void drop_first(struct updates *updates)
{
	assert(updates->count > 0);
	free(updates->rows[updates->first].json);
	updates->first++;
	updates->count--;
}

void updates_clear(struct updates *updates)
{
	while (updates->count > 0)
		drop_first(updates);
	updates->first = 0;
}

void updates_release(struct updates *updates)
{
	updates_clear(updates);
	free(updates->rows);
	free(updates->last_batch);
	*updates = (struct updates){ 0 };
}

/* Room for one more behind the last. */
static void make_room(struct updates *updates)
{
	if (updates->first + updates->count < updates->size)
		return;
	if (updates->first > updates->size / 2) {
		memmove(updates->rows, updates->rows + updates->first,
			updates->count * sizeof(struct queued));
		updates->first = 0;
		return;
	}
	updates->size = updates->size > 0 ? 2 * updates->size : 64;
	updates->rows = realloc(updates->rows, updates->size * sizeof(struct queued));
	if (updates->rows == NULL)
		abort();
}

/* Only from an empty queue: nobody could confirm high ids by a low offset. */
static void jump_if_due(struct updates *updates)
{
	if (updates->jumps == 0 || updates->count > 0)
		return;
	updates->jumps--;
	updates->lowest_id -= UPDATES_JUMP;
	updates->next_id = updates->lowest_id;
}

enum status updates_add(struct updates *updates, const char *kind, json_t *body, int64_t date_s,
			int64_t *id_out)
{
	json_t *json;
	struct queued row;

	*id_out = 0;
	if ((updates->allowed & kind_bit(kind)) == 0 || updates->count >= UPDATES_MAX) {
		json_decref(body);
		return updates->count >= UPDATES_MAX ? STATUS_BUSY : STATUS_EMPTY;
	}
	jump_if_due(updates);
	row = (struct queued){ .id = updates->next_id++, .expires_s = date_s + UPDATES_KEPT_S };
	json = json_pack("{s:I,s:o}", "update_id", (json_int_t)row.id, kind, body);
	row.json = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(json);
	if (row.json == NULL)
		abort();
	make_room(updates);
	updates->rows[updates->first + updates->count++] = row;
	*id_out = row.id;
	return STATUS_OK;
}

void updates_allow(struct updates *updates, struct str text)
{
	json_t *json = text.len > 0 ? json_loadb(text.data, text.len, 0, NULL) : NULL, *name;
	uint32_t bits = 0;
	size_t i;

	if (json_is_array(json)) {
		json_array_foreach(json, i, name) bits |= kind_bit(json_string_value(name));
		updates->allowed = bits != 0 ? bits : default_kinds();
	}
	json_decref(json);
}

json_t *updates_allowed(const struct updates *updates)
{
	json_t *names = json_array();

	for (size_t i = 0; i < KINDS; i++)
		if ((updates->allowed & UINT32_C(1) << i) != 0)
			json_array_append_new(names, json_string(kinds[i].name));
	return names;
}

static void drop_expired(struct updates *updates, int64_t now_s)
{
	size_t kept = updates->first;

	for (size_t i = updates->first; i < updates->first + updates->count; i++) {
		if (updates->rows[i].expires_s < now_s)
			free(updates->rows[i].json);
		else
			updates->rows[kept++] = updates->rows[i];
	}
	updates->count = kept - updates->first;
}

/* How many of the oldest this offset confirms. */
static size_t confirmed_by(const struct updates *updates, int64_t offset)
{
	int64_t tail = updates->next_id;
	size_t n = 0;

	if (offset < 0)
		return updates->count > (size_t)-offset ? updates->count - (size_t)-offset : 0;
	if (offset == 0 || offset > tail + UPDATES_OFFSET_SLACK)
		return 0;
	while (n < updates->count && updates->rows[updates->first + n].id < offset)
		n++;
	return n;
}

static char *batch_dump(const struct updates *updates, size_t limit)
{
	const struct queued *rows = updates->rows + updates->first;
	size_t bytes = 3, n = 0, at = 1;
	char *json;

	for (; n < limit && n < updates->count; n++) {
		bytes += strlen(rows[n].json) + 1;
		if (n > 0 && bytes > UPDATES_ANSWER_BYTES_MAX)
			break;
	}
	if (n == 0)
		return NULL;
	json = malloc(bytes);
	if (json == NULL)
		abort();
	json[0] = '[';
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(rows[i].json);

		memcpy(json + at, rows[i].json, length);
		at += length;
		json[at++] = i + 1 < n ? ',' : ']';
	}
	json[at] = '\0';
	return json;
}

void updates_take(struct updates *updates, int64_t offset, size_t limit, int64_t now_s,
		  char **json_out)
{
	size_t confirmed;

	drop_expired(updates, now_s);
	confirmed = confirmed_by(updates, offset);
	while (confirmed-- > 0)
		drop_first(updates);
	*json_out = batch_dump(updates, limit);
	if (*json_out != NULL) {
		free(updates->last_batch);
		updates->last_batch = strdup(*json_out);
	}
}

enum status updates_jump_down(struct updates *updates)
{
	if (updates->lowest_id - (updates->jumps + 1) * (int64_t)UPDATES_JUMP <= 0)
		return STATUS_CONFLICT;
	updates->jumps++;
	return STATUS_OK;
}

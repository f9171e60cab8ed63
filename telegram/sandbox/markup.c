/* telegram/sandbox/markup.c -- keyboards: shapes, lengths, the words of refusal. */
#include "telegram/sandbox/markup.h"

enum { DATA_BYTES_MAX = 64, BUTTONS_MAX = 100 };

static const char not_arrays[] =
	"field \"inline_keyboard\" of the InlineKeyboardMarkup should be an Array of Arrays";
static const char not_object[] =
	"can't parse inline keyboard button: InlineKeyboardButton must be an Object";
static const char no_text[] = "can't parse inline keyboard button: Can't find field \"text\"";
static const char empty_text[] = "inline keyboard button text must be non-empty";
static const char bare[] =
	"can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
static const char data_type[] =
	"can't parse inline keyboard button: Field \"callback_data\" must be of type String";

/* Other kinds of button, kept as given. */
static const char *const other_kinds[] = {
	"web_app",
	"login_url",
	"switch_inline_query",
	"switch_inline_query_current_chat",
	"switch_inline_query_chosen_chat",
	"copy_text",
	"callback_game",
	"pay",
};

static bool has_other_kind(const json_t *button)
{
	for (size_t i = 0; i < sizeof(other_kinds) / sizeof(*other_kinds); i++)
		if (json_object_get(button, other_kinds[i]) != NULL)
			return true;
	return false;
}

/* NULL: fine. */
static const char *button_check(const json_t *button)
{
	const json_t *text = json_object_get(button, "text"),
		     *data = json_object_get(button, "callback_data");

	if (!json_is_object(button))
		return not_object;
	if (!json_is_string(text))
		return no_text;
	if (json_string_length(text) == 0)
		return empty_text;
	if (json_string_length(json_object_get(button, "url")) > 0)
		return NULL;
	if (data != NULL && !json_is_string(data))
		return data_type;
	if (json_string_length(data) > DATA_BYTES_MAX)
		return "BUTTON_DATA_INVALID";
	return json_string_length(data) > 0 || has_other_kind(button) ? NULL : bare;
}

static const char *row_take(const json_t *row, json_t *rows, size_t *buttons)
{
	json_t *copy = json_array(), *button;
	const char *error = json_is_array(row) ? NULL : not_arrays;
	size_t i;

	json_array_foreach(row, i, button)
	{
		if (error == NULL)
			error = button_check(button);
		json_array_append(copy, button);
	}
	*buttons += json_array_size(copy);
	if (error == NULL && *buttons > BUTTONS_MAX)
		error = "reply markup is too long";
	if (json_array_size(copy) > 0)
		json_array_append(rows, copy);
	json_decref(copy);
	return error;
}

static const char *inline_take(const json_t *keyboard, struct markup *markup)
{
	json_t *rows = json_array(), *row;
	const char *error =
		json_is_array(keyboard) ? NULL : "field \"inline_keyboard\" must be of type Array";
	size_t i, buttons = 0;

	json_array_foreach(keyboard, i, row) if (error == NULL)
		error = row_take(row, rows, &buttons);
	if (error == NULL && json_array_size(rows) > 0)
		markup->inline_keyboard = json_pack("{s:O}", "inline_keyboard", rows);
	json_decref(rows);
	return error;
}

static const char *reply_take(json_t *json, struct markup *markup)
{
	const json_t *keyboard = json_object_get(json, "keyboard"), *row;
	size_t i;

	if (keyboard != NULL && !json_is_array(keyboard))
		return "field \"keyboard\" must be of type Array";
	json_array_foreach(keyboard, i, row) if (
		!json_is_array(row)) return "field \"keyboard\" of the ReplyKeyboardMarkup must be "
					    "an Array of Array";
	if (keyboard != NULL || json_is_true(json_object_get(json, "remove_keyboard")) ||
	    json_is_true(json_object_get(json, "force_reply")))
		markup->reply = json_incref(json);
	return NULL;
}

enum status markup_parse(struct str text, struct markup *markup_out, const char **error_out)
{
	json_t *json;

	*markup_out = (struct markup){ 0 };
	*error_out = NULL;
	if (text.len == 0)
		return STATUS_OK;
	json = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (json == NULL)
		*error_out = "can't parse reply keyboard markup JSON object";
	else if (!json_is_object(json))
		*error_out = "object expected as reply markup";
	else if (json_object_get(json, "inline_keyboard") != NULL)
		*error_out = inline_take(json_object_get(json, "inline_keyboard"), markup_out);
	else
		*error_out = reply_take(json, markup_out);
	json_decref(json);
	return *error_out == NULL ? STATUS_OK : STATUS_BAD_INPUT;
}

void markup_release(struct markup *markup)
{
	json_decref(markup->inline_keyboard);
	json_decref(markup->reply);
	*markup = (struct markup){ 0 };
}

/* tests/fuzz/update_fuzz.c -- any JSON as an update: it may be refused, but nothing outside of it
 * is read. Build and run: `make fuzz`, or `make CC=clang SAN=fuzz build/fuzz/update_fuzz &&
 * build/fuzz/update_fuzz tests/fuzz/corpus/update_fuzz`. */
#include "tests/fuzz/must.h"

#include "telegram/bot_api.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	struct update update;

	if (update_parse(json, &update) != STATUS_OK)
		assert(update.kind == UPDATE_OTHER && update.chat_id == 0 &&
		       update.text.data == NULL);
	touch(update.from.first_name);
	touch(update.from.last_name);
	touch(update.from.username);
	touch(update.from.language_code);
	touch(update.text);
	touch(update.callback_id);
	touch(update.callback_data);
	touch(str_from_c(update.content));
	json_decref(json);
	return 0;
}

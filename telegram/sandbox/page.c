/* telegram/sandbox/page.c -- the page's files, linked in, so that the program needs none at run
 * time. */
#include "telegram/sandbox/page.h"

#define EMBED(symbol, file)                                                                        \
	__asm__(".section .rodata\n"                                                               \
		".global " #symbol "_start\n" #symbol "_start:\n"                                  \
		".incbin \"telegram/sandbox/page/" file "\"\n"                                     \
		".global " #symbol "_end\n" #symbol "_end:\n"                                      \
		".previous\n");                                                                    \
	extern const char symbol##_start[], symbol##_end[]

EMBED(page_index, "index.html");
EMBED(page_phone, "phone.js");
EMBED(page_bubbles, "bubbles.js");
EMBED(page_users, "users.js");
EMBED(page_backstage, "backstage.js");
EMBED(page_wire, "wire.js");
EMBED(page_style, "phone.css");

struct page_file {
	const char *path, *content_type;
	const char *start, *end;
};

/* clang-format off */
static const struct page_file files[] = {
	{ "/",             "text/html; charset=utf-8",       page_index_start,     page_index_end },
	{ "/phone.js",     "text/javascript; charset=utf-8", page_phone_start,     page_phone_end },
	{ "/bubbles.js",   "text/javascript; charset=utf-8", page_bubbles_start,   page_bubbles_end },
	{ "/users.js",     "text/javascript; charset=utf-8", page_users_start,     page_users_end },
	{ "/backstage.js", "text/javascript; charset=utf-8", page_backstage_start, page_backstage_end },
	{ "/wire.js",      "text/javascript; charset=utf-8", page_wire_start,      page_wire_end },
	{ "/phone.css",    "text/css; charset=utf-8",        page_style_start,     page_style_end },
};
/* clang-format on */

static void answer(struct http_request *request, int status, const char *content_type,
		   struct str body)
{
	struct http_header headers[] = {
		{ "Content-Type", str_from_c(content_type) },
		{ "Cache-Control", STR("no-cache") },
		{ "X-Content-Type-Options", STR("nosniff") },
		{ "Referrer-Policy", STR("no-referrer") },
		{ "Content-Security-Policy",
		  STR("default-src 'none'; script-src 'self'; style-src 'self'; connect-src "
		      "'self'; img-src 'self' data:; "
		      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'") },
	};

	http_reply(request, status, headers, sizeof(headers) / sizeof(*headers), body);
}

void page_handle(struct http_request *request, struct str path)
{
	enum http_method method = http_request_method(request);

	if (method != HTTP_GET && method != HTTP_HEAD) {
		answer(request, 405, "text/plain; charset=utf-8", STR("Only GET here.\n"));
		return;
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const struct page_file *is = &files[i];

		if (str_eq_c(path, is->path)) {
			answer(request, 200, is->content_type,
			       (struct str){ is->start, (size_t)(is->end - is->start) });
			return;
		}
	}
	answer(request, 404, "text/plain; charset=utf-8",
	       STR("Nothing here. The phones are at /\n"));
}

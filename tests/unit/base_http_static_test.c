/* tests/unit/base_http_static_test.c -- the files of a directory over HTTP. */
#include "base/http/static.h"
#include "tests/unit/folder.h"
#include "tests/unit/http_help.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	char directory[64];
	struct event_base *base;
	struct http_server *server;
	struct http_static *files;
	struct arena arena;
};

static void handle(struct http_request *request, void *arg)
{
	struct fixture *f = arg;
	struct http_header policy = { "Content-Security-Policy", STR("default-src 'self'") };

	if (http_static_serve(f->files, request, http_request_path(request), &policy, 1) !=
	    STATUS_OK)
		http_reply(request, 404, NULL, 0, STR("none\n"));
}

static void file_write(struct fixture *f, const char *name, const char *text)
{
	FILE *out = fopen(str_format(&f->arena, "%s/%s", f->directory, name).data, "we");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;

	fixture = (struct fixture){ .directory = "/tmp/eco-static-XXXXXX", .base = loop_open() };
	assert_non_null(mkdtemp(f->directory));
	assert_int_equal(mkdir(str_format(&f->arena, "%s/assets", f->directory).data, 0700), 0);
	file_write(f, "index.html", "<html>");
	file_write(f, ".hidden", "secret");
	file_write(f, "assets/app-1a2B3c4D.js", "plain script");
	file_write(f, "assets/app-1a2B3c4D.js.gz", "zipped script");
	file_write(f, "assets/empty.css", "");
	assert_int_equal(
		symlink("/etc/passwd", str_format(&f->arena, "%s/passwd", f->directory).data), 0);
	assert_int_equal(http_static_open(f->directory, 1000, &f->files), STATUS_OK);
	assert_int_equal(http_server_open(f->base, "127.0.0.1:0", NULL, handle, f, &f->server),
			 STATUS_OK);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	http_server_close(f->server);
	http_static_close(f->files);
	loop_close(f->base);
	folder_remove(f->directory);
	arena_release(&f->arena);
	return 0;
}

static struct raw get(struct fixture *f, const char *method, const char *path, const char *headers)
{
	struct raw raw = raw_open(f->base, http_server_port(f->server));

	raw_write(&raw,
		  str_format(&raw.arena, "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n",
			     method, path, headers));
	raw_wait(&raw, NULL);
	return raw;
}

static void check(struct fixture *f, const char *path, const char *headers, const char *expected)
{
	struct raw raw = get(f, "GET", path, headers);

	if (raw_count(&raw, expected) == 0)
		fail_msg("%s: no %s in %s", path, expected, raw.data);
	raw_close(&raw);
}

static void files_are_found_by_exact_path_only(void **state)
{
	struct fixture *f = *state;

	check(f, "/index.html", "", "<html>");
	check(f, "/index.html?v=1", "", "<html>");
	check(f, "/assets/empty.css", "", "Content-Length: 0\r\n");
	check(f, "/", "", "404 Not Found");
	check(f, "/assets", "", "404 Not Found");
	check(f, "/assets/../index.html", "", "404 Not Found");
	check(f, "/index.htm", "", "404 Not Found");
	check(f, "/index.html/", "", "404 Not Found");
	check(f, "/.hidden", "", "404 Not Found");
	check(f, "/passwd", "", "404 Not Found");
	check(f, "/../../etc/passwd", "", "404 Not Found");
	check(f, "/%69ndex.html", "", "404 Not Found");
}

static void types_and_given_headers_are_sent(void **state)
{
	struct fixture *f = *state;

	check(f, "/index.html", "", "Content-Type: text/html; charset=utf-8\r\n");
	check(f, "/assets/empty.css", "", "Content-Type: text/css; charset=utf-8\r\n");
	check(f, "/assets/app-1a2B3c4D.js", "", "Content-Type: text/javascript; charset=utf-8\r\n");
	check(f, "/assets/app-1a2B3c4D.js", "Accept-Encoding: gzip\r\n",
	      "Content-Type: text/javascript; charset=utf-8\r\n");
	check(f, "/index.html", "", "Content-Security-Policy: default-src 'self'\r\n");
}

static void hashed_names_never_change_and_others_are_asked_for(void **state)
{
	struct fixture *f = *state;

	check(f, "/assets/app-1a2B3c4D.js", "",
	      "Cache-Control: public, max-age=31536000, immutable\r\n");
	check(f, "/index.html", "", "Cache-Control: no-cache\r\n");
}

static void gzip_goes_to_who_takes_it(void **state)
{
	struct fixture *f = *state;
	const char *path = "/assets/app-1a2B3c4D.js";

	check(f, path, "", "plain script");
	check(f, path, "Accept-Encoding: gzip, deflate, br\r\n", "zipped script");
	check(f, path, "Accept-Encoding: br;q=1.0, GZIP;q=0.8\r\n", "Content-Encoding: gzip\r\n");
	check(f, path, "Accept-Encoding: gzip;q=0\r\n", "plain script");
	check(f, path, "Accept-Encoding: gzip;q=0.000, br\r\n", "plain script");
	check(f, path, "Accept-Encoding: gzip;q=0.001\r\n", "zipped script");
	check(f, path, "Accept-Encoding: x-gzip\r\n", "plain script");
	check(f, path, "", "Vary: Accept-Encoding\r\n");
}

static struct str tag_of(struct fixture *f, const char *path, const char *headers)
{
	struct raw raw = get(f, "GET", path, headers);
	const char *tag = strstr(raw.data, "ETag: ");
	struct str copy;

	assert_non_null(tag);
	copy = str_copy(&f->arena, (struct str){ tag + 6, strcspn(tag + 6, "\r") });
	raw_close(&raw);
	return copy;
}

static void a_known_tag_is_not_modified(void **state)
{
	struct fixture *f = *state;
	const char *path = "/assets/app-1a2B3c4D.js";
	struct str plain = tag_of(f, path, ""),
		   zipped = tag_of(f, path, "Accept-Encoding: gzip\r\n");

	assert_false(str_eq(plain, zipped));
	check(f, path, str_format(&f->arena, "If-None-Match: %s\r\n", plain.data).data,
	      "304 Not Modified");
	check(f, path, str_format(&f->arena, "If-None-Match: \"a\", W/%s\r\n", plain.data).data,
	      "304 Not Modified");
	check(f, path, "If-None-Match: *\r\n", "304 Not Modified");
	check(f, path, str_format(&f->arena, "If-None-Match: %s\r\n", zipped.data).data, "200 OK");
	check(f, path,
	      str_format(&f->arena, "If-None-Match: %s\r\nAccept-Encoding: gzip\r\n", zipped.data)
		      .data,
	      "304 Not Modified");
}

static void head_gets_the_headers_alone(void **state)
{
	struct fixture *f = *state;
	struct raw raw = get(f, "HEAD", "/index.html", "");

	assert_int_equal(raw_count(&raw, "Content-Length: 6\r\n"), 1);
	assert_int_equal(raw_count(&raw, "<html>"), 0);
	raw_close(&raw);
}

static void too_many_bytes_or_no_directory_fail_to_open(void **state)
{
	struct fixture *f = *state;
	struct http_static *files = NULL;

	assert_int_equal(http_static_open(f->directory, 10, &files), STATUS_FAILED);
	assert_int_equal(http_static_open("/tmp/no-such-directory", 1000, &files), STATUS_FAILED);
	assert_int_equal(http_static_open("/etc/passwd", 100000, &files), STATUS_FAILED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_are_found_by_exact_path_only),
		TEST(types_and_given_headers_are_sent),
		TEST(hashed_names_never_change_and_others_are_asked_for),
		TEST(gzip_goes_to_who_takes_it),
		TEST(a_known_tag_is_not_modified),
		TEST(head_gets_the_headers_alone),
		TEST(too_many_bytes_or_no_directory_fail_to_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* base/http/static.c -- a directory read into memory once, and served. */
#include "base/http/static.h"

#include "base/log.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 4096, DEPTH_MAX = 8, HEADERS_MAX = 16, HASH_CHARS = 8, TAG_BYTES = 16 };

struct file {
	struct str path; /* "/assets/app.js", not terminated */
	struct str bytes;
	struct str tag; /* quoted */
	const char *type;
	bool never_changes;
	const struct file *gzip; /* the same, compressed; NULL: none */
};

struct http_static {
	struct arena arena;
	struct file *files; /* sorted by path */
	size_t count;
	size_t bytes, bytes_max;
};

/* ---- names ------------------------------------------------------------------------------- */

static const char *type_of(struct str path)
{
	static const struct {
		struct str end;
		const char *type;
	} types[] = {
		{ { ".html", 5 }, "text/html; charset=utf-8" },
		{ { ".css", 4 }, "text/css; charset=utf-8" },
		{ { ".js", 3 }, "text/javascript; charset=utf-8" },
		{ { ".mjs", 4 }, "text/javascript; charset=utf-8" },
		{ { ".json", 5 }, "application/json" },
		{ { ".map", 4 }, "application/json" },
		{ { ".webmanifest", 12 }, "application/manifest+json" },
		{ { ".svg", 4 }, "image/svg+xml" },
		{ { ".png", 4 }, "image/png" },
		{ { ".jpg", 4 }, "image/jpeg" },
		{ { ".webp", 5 }, "image/webp" },
		{ { ".ico", 4 }, "image/vnd.microsoft.icon" },
		{ { ".woff2", 6 }, "font/woff2" },
		{ { ".mp3", 4 }, "audio/mpeg" },
		{ { ".txt", 4 }, "text/plain; charset=utf-8" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (str_ends(path, types[i].end))
			return types[i].type;
	return "application/octet-stream";
}

static bool is_hash_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "name-XXXXXXXX.ext", as bundlers write it. */
static bool has_hash(struct str path)
{
	for (size_t i = 0; i + HASH_CHARS + 1 < path.len; i++) {
		size_t len = 0;

		if (path.data[i] != '-')
			continue;
		while (len < HASH_CHARS && is_hash_char(path.data[i + 1 + len]))
			len++;
		if (len == HASH_CHARS && path.data[i + 1 + len] == '.')
			return true;
	}
	return false;
}

static int compare(const void *a, const void *b)
{
	struct str left = ((const struct file *)a)->path, right = ((const struct file *)b)->path;
	size_t len = left.len < right.len ? left.len : right.len;
	int order = memcmp(left.data, right.data, len);

	return order != 0 ? order : (left.len > right.len) - (left.len < right.len);
}

static struct file *find(const struct http_static *files, struct str path)
{
	const struct file key = { .path = path };

	if (path.len == 0)
		return NULL;
	return bsearch(&key, files->files, files->count, sizeof(key), compare);
}

/* ---- reading ----------------------------------------------------------------------------- */

static enum status failed(const char *what, const char *name)
{
	log_error("http_static.open", LOG_C("name", name), LOG_C("reason", what));
	return STATUS_FAILED;
}

static struct str tag_of(struct http_static *files, struct str bytes)
{
	unsigned char hash[TAG_BYTES];

	if (crypto_generichash(hash, sizeof(hash), (const unsigned char *)bytes.data, bytes.len,
			       NULL, 0) != 0)
		abort();
	return str_format(&files->arena, "\"%.*s\"",
			  STR_ARG(str_hex(&files->arena, hash, sizeof(hash))));
}

static enum status bytes_read(struct http_static *files, int fd, size_t len, const char *path)
{
	struct file *file = &files->files[files->count];
	char *bytes = arena_alloc(&files->arena, len + 1);
	size_t got = 0;

	while (got < len) {
		ssize_t part = read(fd, bytes + got, len - got);

		if (part <= 0)
			return failed(part == 0 ? "it became shorter" : strerror(errno), path);
		got += (size_t)part;
	}
	files->count++;
	file->path = str_copy(&files->arena, str_from_c(path));
	file->bytes = (struct str){ bytes, len };
	file->tag = tag_of(files, file->bytes);
	file->type = type_of(file->path);
	file->never_changes = has_hash(file->path);
	return STATUS_OK;
}

static enum status directory_read(struct http_static *files, int fd, const char *path, int depth);

static enum status entry_read(struct http_static *files, int parent, const char *name,
			      const char *path, int depth)
{
	int fd = openat(parent, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat is;
	enum status status = STATUS_OK;

	if (fd < 0)
		return errno == ELOOP ? STATUS_OK : failed(strerror(errno), path);
	if (fstat(fd, &is) != 0) {
		status = failed(strerror(errno), path);
	} else if (S_ISDIR(is.st_mode)) {
		return directory_read(files, fd, path, depth + 1); /* takes fd over */
	} else if (S_ISREG(is.st_mode)) {
		files->bytes += (size_t)is.st_size;
		if (files->bytes > files->bytes_max || files->count == FILES_MAX)
			status = failed("more files or bytes than the limit", path);
		else
			status = bytes_read(files, fd, (size_t)is.st_size, path);
	}
	close(fd);
	return status;
}

static enum status directory_read(struct http_static *files, int fd, const char *path, int depth)
{
	DIR *directory = depth > DEPTH_MAX ? NULL : fdopendir(fd);
	enum status status = STATUS_OK;
	const struct dirent *entry;

	if (directory == NULL) {
		close(fd);
		return failed("too deep", path);
	}
	while (status == STATUS_OK && (entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.')
			status = entry_read(
				files, dirfd(directory), entry->d_name,
				str_format(&files->arena, "%s/%s", path, entry->d_name).data,
				depth);
	closedir(directory);
	return status;
}

static void pair_up(struct http_static *files)
{
	for (size_t i = 0; i < files->count; i++)
		files->files[i].gzip = find(
			files, str_format(&files->arena, "%.*s.gz", STR_ARG(files->files[i].path)));
}

enum status http_static_open(const char *directory, size_t bytes_max,
			     struct http_static **files_out)
{
	struct http_static *files = calloc(1, sizeof(*files));
	int fd = open(directory, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	enum status status;

	if (files == NULL || sodium_init() < 0)
		abort();
	files->bytes_max = bytes_max;
	files->files = arena_array(&files->arena, FILES_MAX, sizeof(*files->files));
	status = fd < 0 ? failed(strerror(errno), directory) : directory_read(files, fd, "", 0);
	if (status != STATUS_OK) {
		http_static_close(files);
		return status;
	}
	qsort(files->files, files->count, sizeof(*files->files), compare);
	pair_up(files);
	*files_out = files;
	return STATUS_OK;
}

void http_static_close(struct http_static *files)
{
	if (files == NULL)
		return;
	arena_release(&files->arena);
	free(files);
}

/* ---- serving ----------------------------------------------------------------------------- */

/* Does a list header hold this item? Its parameters are given out. */
static bool list_has(struct str list, struct str item, struct str *parameters_out)
{
	while (list.data != NULL) {
		struct str piece, name;

		list = str_cut(list, ',', &piece);
		*parameters_out = str_trim(str_cut(piece, ';', &name));
		if (str_eq_nocase(str_trim(name), item))
			return true;
	}
	return false;
}

static bool takes_gzip(const struct http_request *request)
{
	struct str list = http_request_header(request, "Accept-Encoding"), parameters;

	if (!list_has(list, STR("gzip"), &parameters))
		return false;
	/* "q=0", "q=0.0": not acceptable */
	return !str_starts(parameters, STR("q=0")) ||
	       strspn(parameters.data + 2, "0.") < parameters.len - 2;
}

static bool is_known(const struct http_request *request, struct str tag)
{
	struct str list = http_request_header(request, "If-None-Match");

	while (list.data != NULL) {
		struct str piece;

		list = str_cut(list, ',', &piece);
		piece = str_trim(piece);
		if (str_starts(piece, STR("W/")))
			piece = str_skip(piece, 2);
		if (str_eq(piece, tag) || str_eq(piece, STR("*")))
			return true;
	}
	return false;
}

enum status http_static_serve(const struct http_static *files, struct http_request *request,
			      struct str path, const struct http_header *headers, size_t count)
{
	const struct file *file = find(files, path), *sent = file;
	struct http_header all[HEADERS_MAX + 5];
	size_t used = 0;

	assert(count <= HEADERS_MAX);
	if (file == NULL)
		return STATUS_NOT_FOUND;
	if (file->gzip != NULL && takes_gzip(request))
		sent = file->gzip;
	all[used++] = (struct http_header){ "Content-Type", str_from_c(file->type) };
	all[used++] = (struct http_header){ "ETag", sent->tag };
	all[used++] = (struct http_header){ "Cache-Control",
					    file->never_changes
						    ? STR("public, max-age=31536000, immutable")
						    : STR("no-cache") };
	if (file->gzip != NULL)
		all[used++] = (struct http_header){ "Vary", STR("Accept-Encoding") };
	if (sent != file)
		all[used++] = (struct http_header){ "Content-Encoding", STR("gzip") };
	for (size_t i = 0; i < count; i++)
		all[used++] = headers[i];
	http_reply(request, is_known(request, sent->tag) ? 304 : 200, all, used, sent->bytes);
	return STATUS_OK;
}

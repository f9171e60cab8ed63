/* base/http/static.h -- the files of one directory over HTTP, from memory: found by exact path
 * only, so that nothing outside the directory can be named. */
#ifndef BASE_HTTP_STATIC_H
#define BASE_HTTP_STATIC_H

#include "base/http/server.h"

struct http_static;

/* Reads all regular files below `directory` (hidden ones and symbolic links left out). FAILED: it
 * can't be read, or is larger than bytes_max; the log says which. A file "x.gz" beside "x" is
 * served in its place to who takes gzip. */
CHECKED enum status http_static_open(const char *directory, size_t bytes_max,
				     struct http_static **files_out);
/* NULL is fine. */
void http_static_close(struct http_static *files);

/* Answers with the file of that path ("/assets/app-1a2b3c4d.js"), headers added. NOT_FOUND: there
 * is none, and nothing was answered. Content-Type, ETag (304), Vary and Cache-Control are set here:
 * names with a content hash
 * ("name-XXXXXXXX.ext") never change, others are asked for each time. The method must be GET or
 * HEAD. */
CHECKED enum status http_static_serve(const struct http_static *files, struct http_request *request,
				      struct str path, const struct http_header *headers,
				      size_t count);

#endif

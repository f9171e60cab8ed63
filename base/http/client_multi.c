/* base/http/client_multi.c -- curl's sockets and its timer as events of the loop. */
#include "base/http/client_multi.h"

#include "base/log.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void curl_begin(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
}

/* Calls are ended here and nowhere else: never from inside a callback of curl. */
static void messages_drain(struct http_client *client)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		void *call = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
		client_call_ended(call, code);
	}
	client_queue_soon(client);
}

static void act(struct http_client *client, curl_socket_t fd, int what)
{
	int running;
	CURLMcode code = curl_multi_socket_action(client->multi, fd, what, &running);

	if (code != CURLM_OK)
		log_error("http_client.curl", LOG_C("reason", curl_multi_strerror(code)));
	messages_drain(client);
}

static void socket_ready(evutil_socket_t fd, short what, void *arg)
{
	act(arg, fd,
	    ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
		    ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0));
}

static void timer_ran(void *arg)
{
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int socket_changed(CURL *easy, curl_socket_t fd, int what, void *arg, void *per_socket)
{
	struct http_client *client = arg;
	struct event *event = per_socket;
	short wanted = EV_PERSIST;

	(void)easy;
	if (event != NULL)
		event_free(event);
	if (what == CURL_POLL_REMOVE) {
		curl_multi_assign(client->multi, fd, NULL);
		return 0;
	}
	if (what != CURL_POLL_OUT)
		wanted |= EV_READ;
	if (what != CURL_POLL_IN)
		wanted |= EV_WRITE;
	event = event_new(client->base, fd, wanted, socket_ready, client);
	if (event == NULL || event_add(event, NULL) != 0)
		abort();
	curl_multi_assign(client->multi, fd, event);
	return 0;
}

/* Never acts at once: this runs inside curl. */
static int timer_changed(CURLM *multi, long timeout_ms, void *arg)
{
	struct http_client *client = arg;

	(void)multi;
	if (timeout_ms < 0)
		loop_timer_off(client->timer);
	else
		loop_timer_set(client->timer, timeout_ms);
	return 0;
}

enum status client_multi_open(struct http_client *client)
{
	CURLM *multi;

	pthread_once(&curl_once, curl_begin);
	multi = client->multi = curl_multi_init();
	if (multi == NULL)
		return STATUS_FAILED;
	client->timer = loop_timer_open(client->base, timer_ran, client);
	if (curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed) != CURLM_OK ||
	    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, client) != CURLM_OK ||
	    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed) != CURLM_OK ||
	    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, client) != CURLM_OK ||
	    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)client->calls_max) != CURLM_OK)
		return STATUS_FAILED;
	return STATUS_OK;
}

void client_multi_close(struct http_client *client)
{
	if (client->multi != NULL)
		curl_multi_cleanup(client->multi);
	loop_timer_close(client->timer);
}

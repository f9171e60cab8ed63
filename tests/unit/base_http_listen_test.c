/* tests/unit/base_http_listen_test.c -- listening sockets survive from a parent to its child. */
#include "base/http/listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST = 3 };

static int port_of(int fd)
{
	struct sockaddr_in address = { 0 };
	socklen_t len = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return -1;
	return ntohs(address.sin_port);
}

static bool listens(int fd)
{
	int on = 0;
	socklen_t len = sizeof(on);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on == 1;
}

/* What the new program finds, told by an exit code: it can't assert for its parent. */
static int child_look(const struct http_sockets *sockets)
{
	int ports[2] = { port_of(sockets->fds[0]), port_of(sockets->fds[1]) };
	struct http_sockets got;

	if (http_listen_hand_over(sockets) != STATUS_OK)
		return 1;
	if ((fcntl(FIRST, F_GETFD) & FD_CLOEXEC) != 0)
		return 2; /* they would be gone after exec */
	got = http_listen_inherited();
	if (got.count != 2 || got.fds[0] != FIRST || got.fds[1] != FIRST + 1)
		return 3;
	if (port_of(got.fds[0]) != ports[0] || port_of(got.fds[1]) != ports[1])
		return 4;
	if (!listens(got.fds[0]) || (fcntl(got.fds[0], F_GETFD) & FD_CLOEXEC) == 0)
		return 5;
	return http_listen_inherited().count == 0 ? 0 : 6; /* taken once */
}

static int end_of(pid_t pid)
{
	int wait_status = 0;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &wait_status, 0), pid);
	return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
}

static void a_child_gets_them_in_their_order(void **state)
{
	struct http_sockets sockets;
	pid_t pid;

	(void)state;
	assert_int_equal(http_listen_open("127.0.0.1:0,127.0.0.1:0", &sockets), STATUS_OK);
	assert_int_equal(sockets.count, 2);
	pid = fork();
	if (pid == 0)
		_exit(child_look(&sockets));
	assert_int_equal(end_of(pid), 0);
	assert_true(listens(sockets.fds[0]));
	http_listen_close(&sockets);
	assert_int_equal(sockets.count, 0);
}

/* They have each other's numbers: neither may be closed before it is kept. */
static void numbers_that_cross_are_no_trouble(void **state)
{
	struct http_sockets sockets, crossed = { .count = 2 };
	pid_t pid;

	(void)state;
	assert_int_equal(http_listen_open("127.0.0.1:0,127.0.0.1:0", &sockets), STATUS_OK);
	pid = fork();
	if (pid == 0) {
		crossed.fds[0] = dup2(sockets.fds[1], FIRST + 1) == FIRST + 1 ? FIRST + 1 : -1;
		crossed.fds[1] = dup2(sockets.fds[0], FIRST) == FIRST ? FIRST : -1;
		_exit(child_look(&crossed));
	}
	assert_int_equal(end_of(pid), 0);
	http_listen_close(&sockets);
}

static void what_is_meant_for_another_process_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(setenv("LISTEN_PID", "1", 1), 0);
	assert_int_equal(setenv("LISTEN_FDS", "2", 1), 0);
	assert_int_equal(http_listen_inherited().count, 0);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	assert_int_equal(http_listen_inherited().count, 0);
}

static void one_bad_address_leaves_none_open(void **state)
{
	struct http_sockets sockets;

	(void)state;
	assert_int_equal(http_listen_open("127.0.0.1:0,nonsense", &sockets), STATUS_FAILED);
	assert_int_equal(sockets.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_gets_them_in_their_order),
		cmocka_unit_test(numbers_that_cross_are_no_trouble),
		cmocka_unit_test(what_is_meant_for_another_process_is_left_alone),
		cmocka_unit_test(one_bad_address_leaves_none_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

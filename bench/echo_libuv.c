// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * An echo server on libuv, to measure ours against: what was read is written at once, and copied
 * into a request of its own only if the socket does not take all of it.
 */
#include <err.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct rest {
	uv_write_t request;
	char data[];
};

static char data[65536]; /* libuv asks for it, reads, and tells, before it asks again */

static void lend(uv_handle_t *client, size_t suggested, uv_buf_t *buf)
{
	(void)client;
	(void)suggested;
	*buf = uv_buf_init(data, sizeof(data));
}

static void client_free(uv_handle_t *client)
{
	free(client);
}

static void client_over(uv_stream_t *client)
{
	if (!uv_is_closing((uv_handle_t *)client))
		uv_close((uv_handle_t *)client, client_free);
}

static void echo(uv_stream_t *client, ssize_t n, const uv_buf_t *buf);

static void rest_written(uv_write_t *request, int status)
{
	uv_stream_t *client = request->handle;

	free(request);
	if (status)
		client_over(client);
	else
		uv_read_start(client, lend, echo);
}

/* Nothing is read before this is written. */
static void write_rest(uv_stream_t *client, const char *from, size_t n)
{
	struct rest *rest = malloc(sizeof(*rest) + n);
	uv_buf_t buf;

	if (!rest)
		err(1, "cannot keep what a client does not take");
	memcpy(rest->data, from, n);
	buf = uv_buf_init(rest->data, n);
	uv_read_stop(client);
	if (uv_write(&rest->request, client, &buf, 1, rest_written)) {
		free(rest);
		client_over(client);
	}
}

static void echo(uv_stream_t *client, ssize_t n, const uv_buf_t *buf)
{
	uv_buf_t out = uv_buf_init(buf->base, n > 0 ? n : 0);
	int written = n > 0 ? uv_try_write(client, &out, 1) : 0;

	if (written == UV_EAGAIN)
		written = 0;
	if (n < 0 || written < 0)
		client_over(client);
	else if (written < n)
		write_rest(client, buf->base + written, n - written);
}

static void connected(uv_stream_t *listener, int status)
{
	uv_tcp_t *client = malloc(sizeof(*client));

	if (status || !client)
		errx(1, "cannot take a client");
	uv_tcp_init(listener->loop, client);
	if (uv_accept(listener, (uv_stream_t *)client)) {
		client_over((uv_stream_t *)client);
		return;
	}
	uv_tcp_nodelay(client, 1);
	uv_read_start((uv_stream_t *)client, lend, echo);
}

static void end(uv_signal_t *handle, int sig)
{
	(void)sig;
	uv_stop(handle->loop);
}

int main(void)
{
	uv_loop_t *loop = uv_default_loop();
	struct sockaddr_in address;
	int len = sizeof(address);
	uv_tcp_t listener;
	uv_signal_t term;

	uv_tcp_init(loop, &listener);
	uv_ip4_addr("127.0.0.1", 0, &address);
	uv_tcp_bind(&listener, (struct sockaddr *)&address, 0);
	if (uv_listen((uv_stream_t *)&listener, SOMAXCONN, connected))
		errx(1, "cannot listen on 127.0.0.1");
	signal(SIGPIPE, SIG_IGN);
	uv_signal_init(loop, &term);
	uv_signal_start(&term, end, SIGTERM);
	uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &len);
	printf("libuv: listening on 127.0.0.1:%d (TCP)\n", ntohs(address.sin_port));
	fflush(stdout);
	uv_run(loop, UV_RUN_DEFAULT);
	return 0;
}

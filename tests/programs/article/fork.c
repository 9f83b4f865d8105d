// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* fork: a process for each client, and nobody waits for its end. */
#include "article.h"

static void serve(int client)
{
	char buf[BUFFER];

	if (read(client, buf, sizeof(buf)) > 0)
		greet(client);
	close(client);
	exit(0);
}

int main(int argc, char **argv)
{
	int listener = open_server(argc, argv, SOCK_STREAM);

	for (;;) {
		int client = accept_client(listener);

		if (fork() == 0) {
			close(listener);
			serve(client);
		}
		close(client);
	}
}

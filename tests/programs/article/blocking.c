// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* blocking: sleeps in accept for the next client, and in read for this one. */
#include "article.h"

int main(int argc, char **argv)
{
	int listener = open_server(argc, argv, SOCK_STREAM);
	char buf[BUFFER];

	for (;;) {
		int client = accept_client(listener);

		if (read(client, buf, sizeof(buf)) > 0)
			greet(client);
		close(client);
	}
}

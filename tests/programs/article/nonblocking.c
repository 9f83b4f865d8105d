// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* nonblocking: asks without sleeping, and takes "not yet" for a failure. */
#include <fcntl.h>

#include "article.h"

int main(int argc, char **argv)
{
	int listener = open_server(argc, argv, SOCK_STREAM);
	char buf[BUFFER];

	fcntl(listener, F_SETFL, O_NONBLOCK);
	for (;;) {
		int client = accept_client(listener); /* EAGAIN ends it */

		fcntl(client, F_SETFL, O_NONBLOCK);
		if (read(client, buf, sizeof(buf)) < 0)
			fail("read"); /* and so it does here */
		greet(client);
		close(client);
	}
}

// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "fdinfo.h"

#include <stdio.h>

/* "tfd: 5 events: 19 data: 5  pos:0 ino:3d sdev:8" (fs/eventpoll.c, ep_show_fdinfo()) */
bool fdinfo_interest(const char *line, struct fdinfo_interest *i)
{
	return sscanf(line, "tfd: %llu events: %llx data: %llx pos:%*i ino:%llx", &i->fd,
		      &i->events, &i->data, &i->inode) == 4;
}

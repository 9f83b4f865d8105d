// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "stop_here.h"

#include <signal.h>
#include <unistd.h>

#include "live.h"

void stop_here(struct output *o)
{
	live_leave(output_file(o));
	output_flush(o);
	kill(getpid(), SIGSTOP);
	live_return(output_file(o));
	output_flush(o);
}

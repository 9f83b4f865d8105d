// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab: the commands, and which of them was asked for. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "brief_write.h"
#include "command.h"
#include "version.h"

static const struct command commands[] = {
	{"models", "the I/O models, with the syscalls that each lives on", cmd_models},
	{"serve", "run one echo server; no tracing, no privileges", cmd_serve},
	{"load", "run the load client against any echo server; no privileges", cmd_load},
	{"run", "the main job: server + load + tracing, streamed to the terminal", cmd_run},
	{"compare", "the same load on several models in turn; what differs, side by side",
	 cmd_compare},
	{"scenarios", "runs that have a name: each fault with its load, and what to look at",
	 cmd_scenarios},
	{"findings", "what can be found in a run: when, why, and what to change", cmd_findings},
	{"trace", "trace any program, with its threads and its children", cmd_trace},
	{"doctor", "what this kernel lets be seen, how exactly, and what to do if it does not",
	 cmd_doctor},
	{"lab", "the course: a lesson asks, you predict, the kernel answers, and why", cmd_lab},
};
static const size_t n_commands = sizeof(commands) / sizeof(commands[0]);

static void usage(FILE *to)
{
	fprintf(to, "Usage: wakelab COMMAND [OPTION...]\n"
		    "Why did this thread wake, was it worth it, and how late was it?\n\n");
	for (size_t i = 0; i < n_commands; i++)
		fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].help);
	fprintf(to, "\nwakelab COMMAND --help says more. Start with: sudo wakelab run epoll-et\n");
}

/* At every end, that of --help in argp included: what was printed has to have got somewhere. A
 * status of EXIT_FAILED has its reason on stderr already. */
static void check_output(int status, void *unused)
{
	(void)unused;
	errno = EIO; /* of a write that failed before, the reason is lost */
	if (status == EXIT_FAILED || (!fflush(stdout) && !ferror(stdout)))
		return;
	warn("cannot write to standard output");
	_exit(EXIT_FAILED);
}

static int run_command(const struct command *cmd, int argc, char **argv)
{
	char name[64];

	snprintf(name, sizeof(name), "wakelab %s", cmd->name);
	argv[0] = name;
	return cmd->run(argc, argv);
}

/*
 * Descriptors 0 to 2 that are closed would be taken by the next file that is opened, and what is
 * meant for the terminal would go there. Their place is held by what can neither be read nor
 * written as they are, so that this fails as before, and a command that is executed finds them
 * closed.
 */
static void hold_standard_descriptors(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd] | O_CLOEXEC) != fd)
			_exit(EXIT_FAILED);
}

int main(int argc, char **argv)
{
	hold_standard_descriptors();
	stderr_shows();
	argp_err_exit_status = EXIT_USAGE;
	on_exit(check_output, NULL);
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-?") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return EXIT_DONE;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		version_print();
		return EXIT_DONE;
	}
	for (size_t i = 0; i < n_commands; i++)
		if (!strcmp(argv[1], commands[i].name))
			return run_command(&commands[i], argc - 1, argv + 1);
	fprintf(stderr, "wakelab: no command \"%s\"; \"wakelab --help\" lists them\n", argv[1]);
	return EXIT_USAGE;
}

// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* wakelab: the commands, and which of them was asked for. */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "brief_write.h"
#include "command.h"
#include "version.h"

static void show_help(void);

/* The options that stand in the place of a command. */
static const struct {
	void (*act)(void);
	const char *name, *letter, *text;
} options[] = {
#define MAIN_OPTION(function, option, of_kind, ...) {function, .name = option, __VA_ARGS__},
#include "options.def"
};
static const size_t n_options = sizeof(options) / sizeof(options[0]);

static void print_help(FILE *to)
{
	fprintf(to, "Usage: wakelab COMMAND [OPTION...]\n"
		    "Why did this thread wake, was it worth it, and how late was it?\n\n");
	for (size_t i = 0; i < n_command_rows; i++)
		fprintf(to, "  %-9s  %s\n", command_rows[i].name, command_rows[i].summary);
	fprintf(to, "\n");
	for (size_t i = 0; i < n_options; i++)
		fprintf(to, "  -%s, --%-10s %s\n", options[i].letter, options[i].name,
			options[i].text);
	fprintf(to, "\n\"wakelab COMMAND --help\" describes a command, and so does "
		    "wakelab-COMMAND(1).\n"
		    "Start with: sudo wakelab run epoll-et\n");
}

static void show_help(void)
{
	print_help(stdout);
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

static int run_command(command_function *run, int argc, char **argv)
{
	char name[64];

	snprintf(name, sizeof(name), "wakelab %s", argv[0]);
	argv[0] = name;
	return run(argc, argv);
}

static bool is_option(const char *arg, const char *letter, const char *name)
{
	return arg[0] == '-' && (arg[1] == '-' ? !strcmp(arg + 2, name) : !strcmp(arg + 1, letter));
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
	command_function *run;

	hold_standard_descriptors();
	stderr_shows();
	argp_err_exit_status = EXIT_USAGE;
	on_exit(check_output, NULL);
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < n_options; i++)
		if (is_option(argv[1], options[i].letter, options[i].name)) {
			options[i].act();
			return EXIT_DONE;
		}
	run = command_find(argv[1]);
	if (run)
		return run_command(run, argc - 1, argv + 1);
	fprintf(stderr, "wakelab: unknown command \"%s\"; \"wakelab --help\" lists the commands\n",
		argv[1]);
	return EXIT_USAGE;
}

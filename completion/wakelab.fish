# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# scripts/completion fills in what stands between two @, from metrics/commands.def and options.def.

function __wakelab_begins
	set -l words (commandline -opc)
	test (count $words) -eq 1
end

function __wakelab_command
	set -l words (commandline -opc)
	test (count $words) -ge 2; and test $words[2] = $argv[1]
end

# Whether one of these subcommands, or any, was given.
function __wakelab_verb
	set -l words (commandline -opc)
	set -l verbs $argv
	test (count $verbs) -gt 0; or set verbs @verbs@
	for word in $words[3..]
		contains -- $word $verbs; and return 0
	end
	return 1
end

# What a comma-separated list can go on with.
function __wakelab_list
	set -l before (string match -r '^.*,' -- (string replace -r '^--[a-z-]+=' '' -- (commandline -ct)))
	for word in $argv
		echo "$before$word"
	end
end

function __wakelab_subject
	set -l before (string match -r '^.*\+' -- (commandline -ct))
	if test -n "$before"
		for word in read-size= @faults@
			echo $before$word
		end
	else
		printf '%s\n' @models@
	end
end

# What follows -- is another command line.
function __wakelab_program
	set -l words (commandline -opc)
	set -l at (contains -i -- -- $words); or return
	complete -C (string join ' ' -- $words[(math $at + 1)..] (commandline -ct))
end

complete -c wakelab -f
@main@
@commands@

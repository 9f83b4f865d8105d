# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# scripts/completion fills in what stands between two @, from metrics/commands.def and options.def.
# shellcheck shell=bash
# Each of the first three prints how to complete a word, and the words that it may be.

_wakelab_options() {
	case $1 in
@options@
	*) echo @main@ ;;
	esac
}

_wakelab_value() {
	case $1:$2 in
@values@
	*) return 1 ;;
	esac
}

_wakelab_argument() {
	case $1 in
@takes@
	*) echo nothing ;;
	esac
}

_wakelab_add() {
	mapfile -t COMPREPLY < <(compgen "$@")
}

# The last of a list: _wakelab_last CURRENT SEPARATOR WORD...
_wakelab_last() {
	local current=$1 separator=$2 before=''
	[[ $current != *"$separator"* ]] || before=${current%"$separator"*}$separator
	_wakelab_add -P "$before" -W "${*:3}" -- "${current##*"$separator"}"
	compopt -o nospace 2>/dev/null
}

_wakelab_complete() {
	local current=$1 manner=$2
	shift 2
	case $manner in
	words) _wakelab_add -W "$*" -- "$current" ;;
	list) _wakelab_last "$current" , "$@" ;;
	pids) _wakelab_last "$current" , "$(cd /proc && echo [0-9]*)" ;;
	users) _wakelab_add -u -- "$current" ;;
	files)
		compopt -o filenames 2>/dev/null
		_wakelab_add -f -- "$current"
		;;
	folders)
		compopt -o filenames 2>/dev/null
		_wakelab_add -d -- "$current"
		;;
	subject)
		if [[ $current == *+* ]]; then
			_wakelab_last "$current" + read-size= @faults@
		else
			_wakelab_add -W "@models@" -- "$current"
		fi
		;;
	esac
}

# A subcommand, then a lesson: _wakelab_lesson CURRENT ARGUMENT...
_wakelab_lesson() {
	local current=$1
	shift
	case $#:$1 in
	0:) _wakelab_complete "$current" words @verbs@ ;;
	@verbs_of_lesson@) _wakelab_complete "$current" words @lessons@ ;;
	esac
}

_wakelab() {
	local command='' option='' current=${COMP_WORDS[COMP_CWORD]} i manner
	local -a arguments=()

	COMPREPLY=()
	# --name=value comes as three words.
	if [[ $current == = ]]; then
		current=
		option=${COMP_WORDS[COMP_CWORD - 1]}
	elif ((COMP_CWORD > 2)) && [[ ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	elif ((COMP_CWORD > 1)); then
		option=${COMP_WORDS[COMP_CWORD - 1]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == -- ]]; then
			# What follows is another command line.
			if ((i + 1 < COMP_CWORD)); then
				_wakelab_complete "$current" files
			else
				_wakelab_add -c -- "$current"
			fi
			return
		elif [[ -z $command ]]; then
			[[ ${COMP_WORDS[i]} == -* ]] || command=${COMP_WORDS[i]}
		elif [[ ${COMP_WORDS[i]} != [-=]* && ${COMP_WORDS[i - 1]} != = ]] &&
			! _wakelab_value "$command" "${COMP_WORDS[i - 1]}" >/dev/null; then
			arguments+=("${COMP_WORDS[i]}")
		fi
	done
	if [[ -n $command ]] && manner=$(_wakelab_value "$command" "$option"); then
		# shellcheck disable=SC2086
		_wakelab_complete "$current" $manner
	elif [[ $current == -* ]]; then
		# shellcheck disable=SC2046
		_wakelab_complete "$current" words $(_wakelab_options "$command")
	elif [[ -z $command ]]; then
		_wakelab_complete "$current" words @commands@
	elif [[ $(_wakelab_argument "$command") == verb ]]; then
		_wakelab_lesson "$current" "${arguments[@]}"
	else
		# shellcheck disable=SC2046
		_wakelab_complete "$current" $(_wakelab_argument "$command")
	fi
}

complete -F _wakelab wakelab

# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What bash, zsh and fish offer behind a line that was begun: the same in each."""
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from metrics import commands, completion

LIMIT = 60  # seconds until a shell that says nothing has failed

# What stands in front of a word, and what it can be.
OFFERS = [
    ("wakelab ", [command.name for command in commands.COMMANDS]),
    ("wakelab --h", ["--help"]),
    ("wakelab run ", commands.models()),
    ("wakelab run --mo", ["--mode"]),
    ("wakelab run --mode ", ["lockstep", "pipeline", "open"]),
    ("wakelab run --mode p", ["pipeline"]),
    ("wakelab run --fault h", ["herd"]),
    ("wakelab run --scenario ", commands.scenarios()),
    ("wakelab run --only wakes,si", ["signals"]),
    ("wakelab run --only si", ["signals"]),
    ("wakelab run --conns ", []),
    ("wakelab serve --threads 4 epoll-l", ["epoll-lt"]),
    ("wakelab compare epoll-lt epoll-e", ["epoll-et", "epoll-exclusive"]),
    ("wakelab compare poll+h", ["herd"]),
    ("wakelab findings sta", [id_ for id_ in commands.findings() if id_.startswith("sta")]),
    ("wakelab schema ", commands.lines()),
    ("wakelab schema su", ["summary"]),
    ("wakelab lab ", [verb.name for verb in commands.VERBS]),
    ("wakelab lab run ", list(commands.lessons())),
    ("wakelab lab --lang zh show 07", ["07-edge-triggered"]),
    ("wakelab lab list ", []),
    ("wakelab trace -u roo", ["root"]),
    ("wakelab trace -- ls /etc/passw", ["passwd"]),
    ("wakelab run -o /etc/passw", ["passwd"]),
]
OFFERS += [(f"wakelab {command.name} --", [f"--{option.name}" for option in commands.options_of(command.name)])
           for command in commands.COMMANDS]


class Script(unittest.TestCase):
    def test_what_is_no_folder(self):
        """An option that there is not is no folder's name."""
        for argv in (["--check"], [], ["one", "two"]):
            run = subprocess.run([ROOT / "scripts/completion", *argv], capture_output=True, text=True,
                                 check=False)
            self.assertEqual((run.returncode, run.stderr), (2, "usage: scripts/completion FOLDER\n"))
            self.assertFalse((ROOT / "--check").exists())


class Shell:
    """A mixin: offered() gives what the shell offers for each line."""
    program = ""

    def setUp(self):
        if not shutil.which(self.program):
            self.skipTest(f"{self.program} not installed: scripts/setup check")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.assertEqual(completion.main([folder.name]), 0)

    def run_shell(self, *argv):
        run = subprocess.run([self.program, *argv], capture_output=True, text=True, timeout=LIMIT, check=False,
                             env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(self.folder)})
        self.assertEqual((run.returncode, run.stderr), (0, ""), argv)
        return run.stdout

    def words(self, line, found):
        """The words alone: a shell may say what stood before them, too, and may offer others of the same
        beginning."""
        before = line.rpartition(" ")[2]
        cut = max(before.rfind(sign) for sign in ",+/=") + 1
        return [word.removeprefix(before[:cut]).rstrip("= ") for word in found]

    def test_offers(self):
        lines = [line for line, _ in OFFERS]
        found = self.offered(lines)
        for line, wanted in OFFERS:
            words = self.words(line, found[line])
            if line.endswith("passw"):
                self.assertLessEqual(set(wanted), set(words), line)  # and other files
            elif line.endswith("--"):
                self.assertEqual({word for word in words if word.startswith("--")}, set(wanted), line)
            else:
                self.assertEqual(sorted(set(words)), sorted(wanted), line)

    def test_running_processes(self):
        line = f"wakelab trace -p {os.getpid()}"
        self.assertIn(str(os.getpid()), self.offered([line])[line])
        line = f"wakelab trace -p 1,{os.getpid()}"
        self.assertIn(str(os.getpid()), self.words(line, self.offered([line])[line]))

    def test_programs_behind_dashes(self):
        for line in ("wakelab trace -- uniq", "wakelab lab check 07 -- uniq"):
            self.assertIn("uniq", self.offered([line])[line])


class Bash(Shell, unittest.TestCase):
    program = "bash"
    ASK = r"""
source "$1"
while IFS= read -r line; do
	read -ra COMP_WORDS <<<"$line"
	[[ $line != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_wakelab
	printf '%s\n' "= $line" "${COMPREPLY[@]}"
done <"$2"
"""

    def offered(self, lines):
        asked = self.folder / "asked"
        asked.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        said = self.run_shell("--norc", "-c", self.ASK, "bash", str(self.folder / "wakelab"), str(asked))
        found = {}
        for part in said.split("= wakelab")[1:]:
            line, *words = part.splitlines()
            found[f"wakelab{line}"] = [word for word in words if word]
        return found

    def test_an_equals_sign(self):
        script = 'source "$1"; COMP_WORDS=(wakelab run --mode = p); COMP_CWORD=4; _wakelab; echo "$COMPREPLY"'
        self.assertEqual(self.run_shell("--norc", "-c", script, "bash", str(self.folder / "wakelab")), "pipeline\n")

    def test_form(self):
        if not shutil.which("shellcheck"):
            self.skipTest("shellcheck not installed: scripts/setup check")
        run = subprocess.run(["shellcheck", self.folder / "wakelab"], capture_output=True, text=True, check=False)
        self.assertEqual((run.returncode, run.stdout), (0, ""))


class Fish(Shell, unittest.TestCase):
    program = "fish"

    def offered(self, lines):
        found = {}
        script = f"source {self.folder}/wakelab.fish\n" + "".join(
            f"echo '= {line}'\ncomplete -C '{line}'\n" for line in lines)
        for part in self.run_shell("--no-config", "-c", script).split("= wakelab")[1:]:
            line, *words = part.splitlines()
            found[f"wakelab{line}"] = [word.partition("\t")[0] for word in words]
        return found


class Zsh(Shell, unittest.TestCase):
    """It completes only in its line editor, so it gets a terminal, and writes down what it would offer."""
    program = "zsh"
    SETUP = r"""
fpath=(%(folder)s $fpath)
autoload -Uz compinit
compinit -u -D
compadd() {
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
		builtin compadd "$@"
		return
	fi
	local -a hits
	builtin compadd -A hits "$@"
	print -rl -- $hits >> %(out)s
	builtin compadd "$@"
}
mark() { print -r -- "= $BUFFER" >> %(out)s; BUFFER=; }
zle -N mark
bindkey '^I' complete-word
bindkey '^X' mark
print ready >> %(out)s
"""

    def read_until(self, terminal, out, mark):
        """What the shell wrote down, once it wrote that; what it shows is not of interest."""
        deadline = time.monotonic() + LIMIT
        while mark not in out.read_text(encoding="utf-8"):
            self.assertLess(time.monotonic(), deadline, mark)
            if select.select([terminal], [], [], 0.01)[0]:
                os.read(terminal, 1 << 16)
        return out.read_text(encoding="utf-8")

    def offered(self, lines):
        out, setup = self.folder / "out", self.folder / "setup"
        setup.write_text(self.SETUP % {"folder": self.folder, "out": out}, encoding="utf-8")
        out.touch()
        pid, terminal = pty.fork()
        if not pid:
            os.execve(shutil.which("zsh"), ["zsh", "-f", "-i"],
                      {**os.environ, "TERM": "dumb", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)})
        try:
            os.write(terminal, f". {setup}\n".encode())
            self.read_until(terminal, out, "ready")
            found = {}
            for line in lines:
                out.write_text("", encoding="utf-8")
                os.write(terminal, line.encode() + b"\t\x18")
                said = self.read_until(terminal, out, "= ")
                found[line] = [word for word in said.splitlines() if word and not word.startswith("= ")]
            return found
        finally:
            os.close(terminal)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    unittest.main()

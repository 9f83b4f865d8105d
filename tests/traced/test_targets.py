# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Which processes are traced by their names, ports, control groups and units; each beside a twin that is
not one of them."""
import json
import os
import re
import signal
import unittest

from harness import Process, binary, children, expand, for_each, own_port, usage, wait_until
from sleeping import await_sleep, await_stop
from targets import REST, Poller, Tracing, enter, group, link, running, unique
from tracing import calls, least, require_program, require_root


@expand
class Running(unittest.TestCase):
    """What is there when tracing begins."""

    def traced(self, target, twin, *args):
        """Of the two, only the target is."""
        run = Tracing(self, *args)
        self.assertEqual(run.lines()[0]["target"], f"process {target.pid}")
        target.poll()
        twin.poll()
        self.assertEqual(run.polled(), (target.n, {target.pid}))

    @for_each(["{0}", "{0}*", "*{0}", "[a-w]?{1}", "wl[!x]*{2}"])
    def test_a_name(self, pattern):
        name = unique()
        target = running(self, f"named('{name}')")
        twin = running(self, f"named('x{name[1:]}')", n=7)
        self.traced(target, twin, "--comm", pattern.format(name, name[2:], name[3:]))

    def test_the_name_is_the_process_s(self):
        """A thread of the twin is named so."""
        name = unique()
        target = running(self, f"named('{name}')")
        twin = running(self, f"""threading.Thread(target=lambda: (
            open(f'/proc/self/task/{{threading.get_native_id()}}/comm', 'w').write('{name}'),
            told(signal.SIGUSR2)), daemon=True).start()""", n=7)
        self.traced(target, twin, "--comm", name)

    @for_each(["'127.0.0.1'", "'::1'", "'127.0.0.1', socket.SOCK_DGRAM"])
    def test_a_port(self, where):
        """The twin is connected to it."""
        port = own_port(self)
        target = running(self, f"s = listening({port}, {where})")
        kind = "type=socket.SOCK_DGRAM" if "DGRAM" in where else ""
        address = "::1" if "::" in where else "127.0.0.1"
        family = "family=socket.AF_INET6" if "::" in where else "family=socket.AF_INET"
        twin = running(self, f"s = socket.socket({family}, {kind}); s.connect(('{address}', {port}))", n=7)
        self.traced(target, twin, "--port", port)

    def test_a_port_of_another_network(self):
        port = own_port(self)
        target = running(self, f"s = listening({port})")
        twin = running(self, f"s = listening({port}, '::')", n=7,
                       before=[require_program("unshare"), "-n"])
        self.traced(target, twin, "--port", port)

    @for_each(["above", "itself"])
    def test_a_control_group(self, which):
        outer = group(self)
        inner = group(self, below=outer)
        target, twin = running(self), running(self, n=7)
        enter(inner, target.pid)
        if which == "itself":
            enter(outer, twin.pid)
        run = Tracing(self, "--cgroup", outer if which == "above" else inner)
        self.assertEqual(run.lines()[0]["target"], f"process {target.pid} and later ones")
        target.poll()
        twin.poll()
        self.assertEqual(run.polled(), (target.n, {target.pid}))

    def test_a_control_group_that_the_tracer_is_in(self):
        """It does not trace itself."""
        path = group(self)
        target = running(self, before=["sh", "-c", f'echo $$ > {path}/cgroup.procs; exec "$@"', "sh"])
        run = Tracing(self, "--cgroup", path)
        enter(path, run.pid)
        target.poll()
        self.assertEqual(run.polled(), (target.n, {target.pid}))

    def test_several(self):
        name, port = unique(), own_port(self)
        targets = [running(self), running(self, f"named('{name}')"), running(self, f"s = listening({port})")]
        twin = running(self, n=7)
        run = Tracing(self, "-p", targets[0].pid, "--comm", name, "--port", port)
        for process in (*targets, twin):
            process.poll()
        self.assertEqual(run.polled(), (30, {target.pid for target in targets}))

    @for_each(["", "--no-children"])
    def test_children(self, option):
        name = unique()
        target = running(self, "child = os.fork(); child or (told(), polls(N), say('done'), signal.pause()); "
                               f"named('{name}'); say(f'child {{child}}.')")
        child = int(target.stdout.split("child ")[1].split(".")[0])
        run = Tracing(self, "--comm", name, *([option] if option else []))
        target.poll(child)
        self.assertEqual(run.polled(), (0, set()) if option else (10, {child}))

    def test_it_ends_with_the_last(self):
        name = unique()
        targets = [running(self, f"named('{name}')") for _ in range(2)]
        run = Tracing(self, "--comm", name)
        self.assertRegex(run.lines()[0]["target"], r"^processes \d+, \d+$")
        for target in targets:
            self.assertTrue(run.running())
            target.reap()
        self.assertTrue(run.summary()["completed"])

    @for_each(["{}.service", "{}", "{}.scope"])
    def test_a_unit(self, form):
        """Below slices, as the system's manager has it: not one in another unit."""
        name = unique()
        top = group(self, f"{name}.slice")
        inner = group(self, f"{name}-a.slice", below=top)
        path = group(self, f"{name}.scope" if "scope" in form else f"{name}.service", below=inner)
        other = group(self, f"{name}.scope", below=group(self, "user@1.service", below=top))
        target, twin = running(self), running(self, n=7)
        enter(path, target.pid)
        enter(other, twin.pid)
        run = Tracing(self, "--unit", form.format(name))
        target.poll()
        twin.poll()
        self.assertEqual(run.polled(), (target.n, {target.pid}))


THREADS = """gate = threading.Event(); [threading.Thread(target=lambda: (gate.wait(), polls(N)), daemon=True)
        .start() for _ in range(3)]"""
IN_ALL = """
    say('ready')
    told()
    {}
    gate.set()
    for thread in threading.enumerate()[1:]:
        thread.join()
    polls(N)
    say('done')
    signal.pause()
"""


class Later(unittest.TestCase):
    """What becomes one of them while tracing is under way, with all its threads."""

    def tracing(self, *args):
        run = Tracing(self, *args)
        self.assertEqual(run.lines()[0]["target"], "later processes")
        return run

    def test_it_enters_a_control_group(self):
        path, other = group(self), group(self)
        target, twin = (running(self, THREADS, n, rest=IN_ALL.format("")) for n in (10, 7))
        run = self.tracing("--cgroup", path)
        enter(path, target.pid)
        enter(other, twin.pid)
        target.poll()
        twin.poll()
        self.assertEqual(run.polled(), (4 * target.n, {target.pid}))

    def test_it_is_made_in_one(self):
        """By clone3(CLONE_INTO_CGROUP), of a process that is not in it."""
        path = group(self)
        run = self.tracing("--cgroup", path)
        target = running(self, rest=f"""
    class Arguments(ctypes.Structure):
        _fields_ = [('flags', ctypes.c_uint64), ('some', ctypes.c_uint64 * 9), ('cgroup', ctypes.c_uint64)]
    said = Arguments(1 << 33, (0, 0, 0, signal.SIGCHLD), os.open('{path}', os.O_PATH))
    say('ready')
    told()
    child = ctypes.CDLL(None).syscall(435, ctypes.byref(said), ctypes.sizeof(said))
    assert child >= 0
    polls(N if child == 0 else 7)
    if child == 0:
        say(f'child {{os.getpid()}}.')
        os._exit(0)
    os.wait()
    say('done')
    signal.pause()
""")
        target.poll()
        child = int(target.stdout.split("child ")[1].split(".")[0])
        self.assertEqual(run.polled(), (target.n, {child}))

    def test_it_takes_a_name(self):
        name = unique()
        run = self.tracing("--comm", name, "--new")
        target, twin = (running(self, THREADS, n, rest=IN_ALL.format(f"named('{new}')"))
                        for n, new in ((10, name), (7, f"x{name}")))
        target.poll()
        twin.poll()
        self.assertEqual(run.polled(), (4 * target.n, {target.pid}))

    def test_it_is_executed(self):
        name = unique()
        run = self.tracing("--comm", f"{name}*", "--new")
        target = running(self, program=link(self, f"{name}b"))
        twin = running(self, program=link(self, f"b{name}"), n=7)
        target.poll()
        twin.poll()
        self.assertEqual(run.polled(), (target.n, {target.pid}))

    def test_it_is_made_by_a_thread_of_that_name(self):
        name = unique()
        run = self.tracing("--comm", name, "--new")
        target = running(self, rest=f"""
    def fork():
        with open(f'/proc/self/task/{{threading.get_native_id()}}/comm', 'w') as file:
            file.write('{name}')
        if os.fork() == 0:
            polls(N)
            say(f'child {{os.getpid()}}.')
            os._exit(0)
        os.wait()
    say('ready')
    told()
    thread = threading.Thread(target=fork)
    thread.start()
    thread.join()
    polls(7)
    say('done')
    signal.pause()
""")
        target.poll()
        child = int(target.stdout.split("child ")[1].split(".")[0])
        self.assertEqual(run.polled(), (target.n, {child}))

    def test_it_listens(self):
        port = own_port(self)
        run = self.tracing("--port", port, "--new")
        target, twin = (running(self, THREADS, n, rest=IN_ALL.format(f"s = listening({at})"))
                        for n, at in ((10, port), (7, own_port(self))))
        target.poll()
        twin.poll()
        self.assertEqual(run.polled(), (4 * target.n, {target.pid}))

    def test_what_it_has_is_taken_in(self):
        """Its registration, and the stall that was under way when it came."""
        path = group(self)
        target = Poller(self, "a, b = socket.socketpair(); b.send(b'x'); ep = select.epoll()", rest="""
    ep.register(a, select.EPOLLIN | select.EPOLLET)
    ep.poll()
    say(f'fd {a.fileno()}.')
    ep.poll()
""").said("fd")
        await_sleep(target.pid, "epoll_wait")
        run = self.tracing("--cgroup", path)
        enter(path, target.pid)
        stall = wait_until(lambda: next((line for line in run.lines() if line["type"] == "stall"), None),
                           "the stall")
        self.assertEqual((stall["pid"], f"fd {stall['fd']}.\n"), (target.pid, target.stdout))
        run.polled()
        self.assertEqual([(row["pid"], row["interests"]) for row in run.lines()[-1]["epolls"]],
                         [(target.pid, 1)])

    def test_its_children_are_taken_in(self):
        path = group(self)
        target = running(self, "child = os.fork(); child or [polls(1) for _ in iter(int, 1)]; "
                               "say(f'child {child}.')")
        child = int(target.stdout.split("child ")[1].split(".")[0])
        run = self.tracing("--cgroup", path, "--interval", "0.02")
        enter(path, target.pid)
        wait_until(lambda: any(calls(line, "poll")["calls"] for line in run.lines()
                               if "syscalls" in line), "the child")
        os.kill(child, signal.SIGSTOP)  # its rows are read a moment after the totals
        await_stop(child)
        self.assertEqual(run.polled()[1], {child})

    def test_it_goes_on_when_they_have_ended(self):
        path = group(self)
        run = self.tracing("--cgroup", path)
        targets = [running(self) for _ in range(2)]
        for target in targets:
            enter(path, target.pid)
            target.poll()
            target.reap()
        self.assertEqual(run.polled(), (20, {target.pid for target in targets}))


class Elsewhere(unittest.TestCase):
    """The tracer has a PID namespace of its own, or few privileges."""

    def test_in_a_container(self):
        """Who is outside is not found, and does not come to be traced; numbers are those inside."""
        require_root(self)
        name = unique()
        inside = Poller(self, "", rest=f"""
    if os.fork() == 0:
        os.execv('{binary()}', ['wakelab', 'trace', '--format', 'ndjson', '--new', '--comm', '{name}'])
    say('ready')
    told()
    named('{name}')
    polls(N)
    say(f'inside {{os.getpid()}}.')
    signal.pause()
""", before=[require_program("unshare"), "-p", "-f", "--mount-proc"])
        outside = running(self, n=7, rest=REST.replace("polls(N)", f"named('{name}'); polls(N)"))
        wait_until(lambda: '"start"' in inside.stdout, "the first line of the tracer")
        outside.poll()
        shell, = children(inside.pid)
        tracer, = children(shell)
        os.kill(shell, signal.SIGUSR1)
        inside.said("inside")
        os.kill(tracer, signal.SIGINT)
        wait_until(lambda: '"summary"' in inside.stdout and inside.stdout.endswith("\n"), "the summary")
        s = json.loads(next(line for line in inside.stdout.splitlines() if '"summary"' in line))
        self.assertEqual(calls(s, "poll")["calls"], 10)
        self.assertEqual({row["pid"] for row in s["threads"]}, {1})

    def test_with_two_capabilities(self):
        """Those that tracing needs are enough to see who listens, whoever that is."""
        port = own_port(self)
        target = running(self, f"s = listening({port})")
        run = least(self, "trace", "--format", "ndjson", "--seconds", "0.01", "--port", port)
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual(json.loads(run.stdout.splitlines()[0])["target"], f"process {target.pid}")

    def test_only_the_calls(self):
        path = group(self)
        run = Tracing(self, "--cgroup", path, "--only", "counts")
        target, twin = running(self), running(self, n=7)
        enter(path, target.pid)
        target.poll()
        twin.poll()
        run.signal(signal.SIGINT)
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual(calls(run.lines()[-1], "poll")["calls"], target.n)


class Refused(unittest.TestCase):
    """One line, and nothing is traced."""

    def refused(self, *args, status=1):
        require_root(self)
        run = usage(self, "trace", "--seconds", "0.01", *args)
        self.assertEqual((run.status, run.stdout), (status, ""), run.stderr)
        return run.stderr

    def test_nobody_is_there(self):
        path, port = group(self), own_port(self)
        for args, line in (
                (["--comm", "wl\x1b[1m*"], 'no process is named "wl\\x1b[1m*"'),
                (["--port", port], f"no process listens at port {port}"),
                (["--unit", "wl-none.service"], 'cannot trace unit "wl-none.service": it is not running'),
                (["--cgroup", path.parent.parent], f'cannot trace cgroup "{path.parent.parent}": it is '
                                                   "not a control group"),
                (["--cgroup", path / "none"], f'cannot trace cgroup "{path}/none": No such file or '
                                              "directory")):
            self.assertEqual(self.refused(*args), f"wakelab: {line}\n")
            self.assertEqual(self.refused("-p", os.getpid(), *args), f"wakelab: {line}\n")

    def test_a_unit_without_processes(self):
        name = unique()
        group(self, f"{name}.service", below=group(self, f"{name}.slice"))
        self.assertIn("it is not running", self.refused("--unit", name))

    def test_command_lines(self):
        for args, words in ((["--comm", "a" * 16], "must have at most 15 characters"),
                            (["--comm", ""], "must name a process"),
                            (["--port", "0"], "must be a whole number from 1 to 65535"),
                            (["--comm", "a", "--", "true"], "give either -p PID"),
                            (["--new", "-p", "1"], "--new requires --comm or --port"),
                            (["--no-children", "--", "true"], "--no-children requires"),
                            (["--port", "1"] * 9, "must not be given more than 8 times")):
            self.assertIn(words, self.refused(*args, status=2))

    def test_nothing_was_loaded_but_what_looks(self):
        """The tracer that finds nobody is not one of them itself."""
        require_root(self)
        name = unique()
        run = Process(self, [require_program("strace"), "-f", "-qq", "-e", "trace=bpf",
                             link(self, name, binary()), "trace", "--comm", name])
        self.assertEqual(run.wait(), 1, run.stderr)
        self.assertIn(f'{name}: no process is named "{name}"', run.stderr)
        loaded = set(re.findall(r'prog_name="(\w+)"', run.stderr))
        self.assertIn("find_tasks", loaded)
        self.assertEqual([one for one in loaded if one.startswith("on_")], [])


if __name__ == "__main__":
    unittest.main()

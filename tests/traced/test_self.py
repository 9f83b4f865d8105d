# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""--self: what tracing itself took, against what others say of it; and nothing of it stays."""
import json
import os
import re
import resource
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from harness import Process, alone, binary
from shape import read_lines
from tracing import Perf, Traced, least, programs_of, require_program, require_root, traced

FORKS = 50
SETTING = Path("/proc/sys/kernel/bpf_stats_enabled")


def rows(summary, program):
    return [row for row in summary["self"]["programs"] if row["program"] == program]


def runs_of(pid):
    """How often each program of a process has run, by the kernel's account: {id: runs}."""
    ids = programs_of(pid)
    out = subprocess.run([require_program("bpftool"), "-j", "prog", "show"], check=True,
                         stdout=subprocess.PIPE)
    return {p["id"]: p.get("run_cnt", 0) for p in json.loads(out.stdout) if p["id"] in ids}


def maps_of(pid):
    """What its maps take by /proc, largest first."""
    infos = [info.read_text() for info in Path(f"/proc/{pid}/fdinfo").iterdir()]
    return sorted((int(re.search(r"memlock:\s+(\d+)", i).group(1)) for i in infos
                   if "map_type:" in i), reverse=True)


def fork_some():
    for _ in range(FORKS):
        subprocess.run(["true"], check=True)


class Self(unittest.TestCase):
    def setUp(self):
        require_root(self)

    def sleeper(self):
        return Process(self, ["sleep", "100"])

    def test_only_where_it_is_asked_for(self):
        for command in (["trace", "--", "true"], ["run", "poll", "--port", "0", "--messages", "1"]):
            with self.subTest(command[0]):
                self.assertIsNone(traced(self, *command)["self"])
                self.assertIsNotNone(traced(self, command[0], "--self", *command[1:])["self"])

    def test_runs_against_perf(self):
        """No fork of the target is missing, and none is counted that perf did not see."""
        perf = Perf(self, ["-a"], [("task:task_newtask",), ("sched:sched_process_exit",)])
        code = f"import os\nfor _ in range({FORKS}):\n if not os.fork(): os._exit(0)\n os.wait()"
        s = traced(self, "trace", "--self", "--", sys.executable, "-S", "-c", code)
        seen = perf.stop()
        for program, event in (("on_newtask", "task:task_newtask"),
                               ("on_exit", "sched:sched_process_exit")):
            row, = rows(s, program)
            self.assertGreaterEqual(row["runs"], FORKS)
            self.assertLessEqual(row["runs"], seen[event])
            self.assertGreater(row["run_ns"], 0)

    def test_sums_are_those_of_the_rows(self):
        s = traced(self, "run", "epoll-et", "--self", "--port", "0", "--messages", "100")["self"]
        for name in ("runs", "run_ns"):
            self.assertEqual(s[name], sum(row[name] for row in s["programs"]))
        missed = [row["missed"] for row in s["programs"]]
        self.assertEqual(s["missed"], None if None in missed else sum(missed))
        self.assertEqual(s["maps_bytes"], sum(row["bytes"] for row in s["maps"]))
        self.assertIsNone(s["why_not"])
        cpu = s["cpu_ns"]["user"] + s["cpu_ns"]["system"]
        self.assertAlmostEqual(s["cpu_share"], cpu / s["traced_ns"], places=6)
        self.assertEqual(len({row["program"] for row in s["programs"]}), len(s["programs"]))

    def test_each_hook_has_a_row_for_each_of_its_programs(self):
        """The hooks are those of the start line; the programs as many as are attached."""
        trace = Traced(self, "trace", "--self", "-p", self.sleeper().pid)
        hooks = trace.started()["hooks"]
        links = [info.read_text() for info in Path(f"/proc/{trace.pid}/fdinfo").iterdir()]
        attached = sum("link_type:" in text for text in links)
        trace.signal(signal.SIGTERM)
        programs = trace.summary()["self"]["programs"]
        self.assertEqual({row["hook"] for row in programs}, set(hooks))
        if not any(hook.startswith("kprobe/") for hook in hooks):  # of these links came with 5.15
            self.assertEqual(len(programs), attached)

    def test_memory_against_proc(self):
        trace = Traced(self, "trace", "--self", "-p", self.sleeper().pid)
        trace.started()
        maps = maps_of(trace.pid)
        status = Path(f"/proc/{trace.pid}/status").read_text()
        most = int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) << 10
        trace.signal(signal.SIGTERM)
        s = trace.summary()["self"]
        self.assertEqual([row["bytes"] for row in s["maps"]], maps)
        self.assertGreaterEqual(s["rss_most_bytes"], most)
        self.assertGreaterEqual(s["rss_most_bytes"], s["rss_bytes"])
        self.assertGreater(s["rss_bytes"], 0)

    def test_cpu_time_against_the_parent(self):
        """The whole of it is what the kernel charges the parent of wakelab for, but for its end."""
        def used():
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            return (usage.ru_utime + usage.ru_stime) * 1e9

        before = used()
        s = traced(self, "trace", "--self", "--seconds", "0.05", "-p", self.sleeper().pid)["self"]
        told = sum(s[part][mode] for part in ("start_cpu_ns", "cpu_ns") for mode in ("user", "system"))
        self.assertLessEqual(told, used() - before + 2000)  # both are cut to microseconds
        self.assertGreater(told, s["cpu_ns"]["user"] + s["cpu_ns"]["system"])
        self.assertLessEqual(s["cpu_share"], 1.001)

    @alone("while any run has --self, the kernel counts the programs of all")
    def test_the_kernel_counts_no_more_when_it_is_over(self):
        """However it ended: another tracer's programs run on, uncounted; the setting is as it was."""
        if SETTING.read_text() != "0\n":
            self.skipTest("kernel.bpf_stats_enabled is on: the kernel always counts")
        other = Traced(self, "trace", "-p", self.sleeper().pid)
        other.started()
        first = runs_of(other.pid)
        fork_some()
        self.assertGreaterEqual(len(first), 10)
        self.assertEqual(runs_of(other.pid), first)
        for end in (signal.SIGTERM, signal.SIGKILL):
            trace = Traced(self, "trace", "--self", "-p", self.sleeper().pid)
            trace.started()
            before = runs_of(other.pid)
            self.assertEqual(SETTING.read_text(), "0\n")
            fork_some()
            self.assertGreaterEqual(sum(runs_of(other.pid).values()),
                                    sum(before.values()) + FORKS)
            trace.signal(end)
            trace.wait()
            after = runs_of(other.pid)
            fork_some()
            self.assertEqual(runs_of(other.pid), after)
            self.assertEqual(SETTING.read_text(), "0\n")

    def test_nothing_is_counted_unless_it_is_asked_for(self):
        trace = Traced(self, "trace", "-p", self.sleeper().pid)
        trace.started()
        links = [os.readlink(fd) for fd in Path(f"/proc/{trace.pid}/fd").iterdir()]
        self.assertFalse([link for link in links if "bpf-stats" in link])
        trace.signal(signal.SIGTERM)
        trace.summary()

    def test_without_the_privilege_it_says_so(self):
        run = least(self, "run", "poll", "--self", "--port", "0", "--messages", "1", "--format",
                    "ndjson")
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertRegex(run.stderr, r"^wakelab: --self: how often and for how long .*not be known: "
                                     r".*CAP_SYS_ADMIN\n$")
        s = read_lines(run.stdout)[-1]["self"]
        self.assertIn("CAP_SYS_ADMIN", s["why_not"])
        for row in (s, *s["programs"]):
            self.assertEqual((row["runs"], row["run_ns"]), (None, None))
        self.assertGreater(s["rss_bytes"], 0)

    def test_what_proc_does_not_say_is_not_known(self):
        require_root(self)
        run = Process(self, [require_program("unshare"), "-m", binary(), "trace", "--self", "--format", "ndjson", "--",
                             "mount", "-t", "tmpfs", "none", "/proc"])
        self.assertEqual(run.wait(), 0, run.stderr)
        s = read_lines(run.stdout)[-1]["self"]
        self.assertEqual((s["rss_bytes"], s["rss_most_bytes"], s["maps_bytes"]), (None, None, None))
        self.assertEqual({row["bytes"] for row in s["maps"]}, {None})
        self.assertGreater(s["runs"], 0)

    def test_the_table_says_it_in_words(self):
        run = Process(self, [binary(), "trace", "--self", "--", "true"])
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertRegex(run.stdout, r"\noverhead of tracing +runs +total +per run +skipped\n")
        for line in (r" a thread or process is created +\d+ ", r" all programs +[\d ]+ ",
                     r" start-up +\S+ +CPU time before tracing began: user ",
                     r" tracing +\S+ +CPU time since then: user [^%]*% of the time traced",
                     r" memory +\S+ MiB +resident now · ",
                     r" maps +\d+ MiB +kernel memory of the BPF maps: "):
            self.assertRegex(run.stdout, rf"\n{line}")


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""How the kernel is hooked: what doctor says of it, what --hooks changes, and what it must not."""
import errno
import platform
import struct
import subprocess
import sys
import unittest
from pathlib import Path

from harness import Process, binary
from hooked import hooks_of, python
from programs import program
from shape import read_lines
from tracing import Traced, calls, require_program, require_root, traced

NO_USER = 65534


def doctor(test, *args, **options):
    require_root(test)
    run = Process(test, [binary(), "doctor", "--format", "ndjson", *args], **options)
    run.wait()
    found, = read_lines(run.stdout)
    return run, found


class Doctor(unittest.TestCase):
    def test_every_hook_has_a_place_or_a_reason(self):
        run, found = doctor(self)
        self.assertEqual((run.status, found["possible"], found["why"]), (0, True, None))
        for hook in found["hooks"]:
            self.assertTrue(hook["metrics"] and hook["name"], hook)
            self.assertEqual(hook["exact"], hook["weaker"] is None, hook)
            self.assertTrue(all(r["why"] for r in hook["refused"]), hook)
            if not hook["hooked"]:
                self.assertTrue(hook["weaker"], hook)

    def test_it_tells_what_a_run_hooks(self):
        _, found = doctor(self)
        run = Traced(self, "run", "poll", "--port", "0", "--messages", "1")
        start = run.started()
        run.summary()
        self.assertEqual(start["tier"], found["tier"])
        self.assertEqual(start["hooks"], [h["name"].removeprefix("tp_btf/")
                                          for h in found["hooks"] if h["hooked"]])

    def test_a_timer_that_is_over_at_once_changes_nothing(self):
        """A sleep may end before it has begun: what is asked while asleep is then asked again."""
        _, found = doctor(self)
        code = ("import ctypes, os, sys; PR_SET_TIMERSLACK = 29; "
                "ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0); "
                "os.execv(sys.argv[1], sys.argv[1:])")
        run = Process(self, [sys.executable, "-S", "-c", code, binary(), "doctor", "--format",
                             "ndjson"])
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual(read_lines(run.stdout)[0]["preemptible"], found["preemptible"])

    def test_for_people(self):
        require_root(self)
        run = Process(self, [binary(), "doctor"])
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertRegex(run.stdout, r"(?m)^  a thread is woken +tp_btf/sched_waking · exact$")
        self.assertRegex(run.stdout, r"(?m)^wakelab can trace here \(tracepoint")
        self.assertTrue(all(len(line) <= 100 for line in run.stdout.splitlines()))

    def same_words(self, prefix, *wrapper):
        """doctor and run give the same reason, and 4."""
        require_root(self)
        doctor_run = Process(self, [*wrapper, binary(), "doctor", "--format", "ndjson"])
        self.assertEqual(doctor_run.wait(), 4, doctor_run.stderr)
        found, = read_lines(doctor_run.stdout)
        self.assertFalse(found["possible"])
        run = Process(self, [*wrapper, binary(), "run", "poll", "--port", "0", "--messages", "1"])
        self.assertEqual(run.wait(), 4)
        self.assertEqual(run.stderr, f"wakelab: {found['why'].replace('tracing', 'run', 1)}\n")
        self.assertRegex(found["why"], prefix)

    def test_a_plain_user(self):
        self.same_words(r"^tracing needs CAP_BPF and CAP_PERFMON .*sudo",
                        sys.executable, "-c", "import os, sys; os.setgroups([]); "
                        f"os.setgid({NO_USER}); os.setuid({NO_USER}); "
                        "os.execv(sys.argv[1], sys.argv[1:])")

    def test_a_kernel_without_type_information(self):
        require_program("unshare")
        self.same_words(r"^tracing needs the kernel's type information .*CONFIG_DEBUG_INFO_BTF",
                        "unshare", "-m", "sh", "-c",
                        'mount -t tmpfs none /sys/kernel/btf && exec "$@"', "sh")

    def test_no_sysfs(self):
        require_program("unshare")
        self.same_words(r"^tracing needs the kernel's type information .*: No such file or "
                        r"directory; mount sysfs",
                        "unshare", "-m", "sh", "-c",
                        'mount -t tmpfs none /sys && exec "$@"', "sh")

    def test_no_procfs(self):
        require_program("unshare")
        self.same_words(r"^tracing needs the information on processes \(procfs\), but: cannot read "
                        r"/proc/self/fd: No such file or directory; mount procfs",
                        "unshare", "-m", "sh", "-c",
                        'mount -t tmpfs none /proc && exec "$@"', "sh")

    def test_a_kernel_in_lockdown(self):
        require_program("unshare")
        if not Path("/sys/kernel/security").is_dir():
            raise unittest.SkipTest("there is no /sys/kernel/security to put the mode in")
        self.same_words(r"^tracing needs a kernel that allows programs to read its memory, but: none "
                        r"integrity \[confidentiality\]; boot without lockdown=confidentiality",
                        "unshare", "-m", "sh", "-c",
                        'mount -t tmpfs none /sys/kernel/security && echo "none integrity '
                        '[confidentiality]" >/sys/kernel/security/lockdown && exec "$@"', "sh")

    def test_root_of_a_user_namespace(self):
        """It has all capabilities, and the kernel asks for those of another."""
        require_program("unshare")
        for how in ("-Ur", "-Urn"):
            if subprocess.run(["unshare", how, "true"], capture_output=True).returncode:
                self.skipTest(f"unshare {how} is refused here")
            with self.subTest(how):
                self.same_words(r"^tracing needs CAP_BPF and CAP_PERFMON .*, but: CAP_BPF yes, "
                                r"CAP_PERFMON yes, CAP_SYS_ADMIN yes, in this user namespace "
                                r"only; run it outside", "unshare", how)

    def filtered(self, prefix, error):
        """A seccomp filter has bpf(2) fail."""
        nr, arch = {"x86_64": (321, 0xc000003e), "aarch64": (280, 0xc00000b7)}[platform.machine()]
        program = [(0x20, 0, 0, 4), (0x15, 0, 3, arch), (0x20, 0, 0, 0), (0x15, 0, 1, nr),
                   (0x06, 0, 0, 0x00050000 | error), (0x06, 0, 0, 0x7fff0000)]
        insns = b"".join(struct.pack("HBBI", *insn) for insn in program)
        self.same_words(prefix, sys.executable, "-c", f"""if True:
            import ctypes, os, struct, sys
            libc = ctypes.CDLL(None, use_errno=True)
            insns = ctypes.create_string_buffer({insns!r})
            prog = ctypes.create_string_buffer(struct.pack("HxxxxxxP", {len(program)},
                                                           ctypes.addressof(insns)))
            assert not libc.prctl(38, 1, 0, 0, 0) and not libc.prctl(22, 2, prog, 0, 0)
            os.execv(sys.argv[1], sys.argv[1:])""")

    def test_a_filter_that_hides_bpf(self):
        self.filtered(r"^tracing needs BPF in the kernel, but: bpf\(\) fails as if this kernel did not "
                      r"have it, and a seccomp filter is active; allow bpf", errno.ENOSYS)

    def test_a_filter_that_refuses_bpf(self):
        self.filtered(r"^tracing needs CAP_BPF .*CAP_SYS_ADMIN yes, but bpf\(\) fails: Operation "
                      r"not permitted, and a seccomp filter is active; allow bpf", errno.EPERM)


class Choice(unittest.TestCase):
    def test_tracepoints_alone(self):
        require_root(self)
        run = Traced(self, "run", "epoll-et", "--port", "0", "--messages", "50", "--hooks",
                     "tracepoint")
        start = run.started()
        self.assertEqual(start["tier"], "tracepoint")
        self.assertFalse([h for h in start["hooks"] if "/" in h])
        s = run.summary()
        self.assertTrue(s["reconciled"])
        self.assertIsNone(s["sigio"]["sources"])

    def test_what_no_hook_shows_is_null(self):
        """Before 6.3 no tracepoint tells when a socket has something to read."""
        require_root(self)
        shown = "tp_btf/sk_data_ready" in hooks_of("tracepoint")
        s = traced(self, "run", "epoll-lt", "--port", "0", "--conns", "1", "--messages", "300",
                   "--size", "64", "--read-size", "16", "--hooks", "tracepoint")
        i = s["interests"]
        self.assertEqual(i["rereports"], 900)
        self.assertIn(i["fresh"], range(300, 304))
        for value in (i["edges"], i["merged"], i["pending"], s["service_ns"],
                      s["wakeup_ns"]["ready_to_waking"], s["wakes"]["by"]["data"],
                      s["sockets"]["datagrams_arrived"]):
            self.assertEqual(value is not None, shown)

    def test_functions_where_they_cannot_be_hooked(self):
        require_root(self)
        if hooks_of("fentry"):
            raise unittest.SkipTest("functions can be hooked here")
        for command in (["run", "poll"], ["compare", "poll", "select"], ["trace", "--", "true"]):
            run = Process(self, [binary(), command[0], "--hooks", "fentry", *command[1:]])
            self.assertEqual(run.wait(), 4)
            self.assertRegex(run.stderr, r"--hooks fentry: fe\S+/\S+: the kernel refuses fentry here: .*; "
                                         r"--hooks auto would use tp_btf/sk_data_ready")

    def test_an_unknown_one(self):
        run = Process(self, [binary(), "run", "poll", "--hooks", "magic"])
        self.assertEqual(run.wait(), 2)
        self.assertIn('invalid --hooks "magic": must be one of auto, tracepoint, fentry', run.stderr)

    PROGRAM = """
        import fcntl, os, select, signal, socket
        listener = socket.create_server(('127.0.0.1', 0))
        c = socket.create_connection(listener.getsockname())
        s = listener.accept()[0]
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ep = select.epoll()
        ep.register(s, select.EPOLLIN)
        for _ in range(50):
            c.send(b'x' * 64)
            for _ in range(4):
                ep.poll(1)
                s.recv(16)
        ep.modify(s, select.EPOLLIN | select.EPOLLET)
        for _ in range(50):
            c.send(b'x' * 64)
            ep.poll(1)
            s.recv(64)
        a, b = socket.socketpair()
        ep.register(a, select.EPOLLIN)
        for _ in range(20):
            b.send(b'y')
            ep.poll(1)
            a.recv(1)
        signal.signal(signal.SIGIO, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
        u, v = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
        u.bind(('127.0.0.1', 0))
        fcntl.fcntl(u, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(u, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        for _ in range(30):
            v.sendto(b'z', u.getsockname())
        for _ in range(30):
            u.recv(1)
        c.close()
        ep.poll(1)
        s.recv(1)
        s.close()"""

    def test_counts_do_not_depend_on_it(self):
        """The same deterministic program, hooked at tracepoints and at functions."""
        require_root(self)
        if not hooks_of("fentry") or "tp_btf/sk_data_ready" not in hooks_of("tracepoint"):
            raise unittest.SkipTest("this kernel does not let both be hooked")
        seen = []
        for how in ("tracepoint", "fentry"):
            s = python(self, self.PROGRAM, "--hooks", how)
            s["sigio"].pop("sources")
            s["sigio"].pop("latency_ns")
            seen.append({
                "interests": s["interests"], "sockets": s["sockets"], "sigio": s["sigio"],
                "services": s["service_ns"]["count"],
                "calls": {n: calls(s, n)["calls"] for n in ("epoll_wait", "epoll_pwait",
                                                            "recvfrom", "sendto")}})
        self.assertEqual(*seen)
        i = seen[0]["interests"]
        self.assertEqual(i["rereports"], 150)
        self.assertEqual((i["fresh"], i["unknown"]), (121, 0))
        self.assertEqual((seen[0]["sigio"]["queued"], seen[0]["sigio"]["coalesced"]), (1, 29))


class Abi(unittest.TestCase):
    def test_a_32_bit_program_has_the_same_rows(self):
        require_root(self)
        if platform.machine() != "x86_64":
            raise unittest.SkipTest("the program is for x86")
        abi32 = program(self, "abi32")
        try:
            subprocess.run([abi32], check=True)
        except (OSError, subprocess.CalledProcessError):
            raise unittest.SkipTest("this kernel runs no 32-bit programs") from None
        s = traced(self, "trace", "--", abi32)
        self.assertEqual(calls(s, "write")["verdicts"]["ready"], 7)
        self.assertEqual((calls(s, "write")["errors"], calls(s, "write")["bytes"]),
                         ({"EBADF": 1}, 21))
        self.assertEqual((calls(s, "read")["verdicts"]["ready"], calls(s, "read")["bytes"]),
                         (7, 21))
        self.assertEqual(calls(s, "poll")["verdicts"]["empty"], 5)
        self.assertEqual(calls(s, "epoll_wait")["verdicts"]["ready"], 1)
        self.assertEqual(s["interests"]["reports"], 1)
        self.assertEqual([row["on"] for row in s["fcntl"] if row["cmd"] == "F_SETFL"],
                         [{"O_NONBLOCK": 1}])


if __name__ == "__main__":
    unittest.main()

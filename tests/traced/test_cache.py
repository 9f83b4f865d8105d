# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What wakelab keeps of the kernel's types: used where it can be trusted, else made anew.

Each test has a /var/cache of its own. Where the kernel's types are hidden a run succeeds if and
only if it uses what is kept.
"""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import Process, binary, expand, for_each
from tracing import least, require_program, require_root, traced

KEPT = """
    mount -t tmpfs -o mode=755 none /var/cache
    wakelab=$0
    run() { "$wakelab" trace --format ndjson -- true >/dev/null; }
    hide() { mount --bind /dev/null /sys/kernel/btf/vmlinux; }
    show() { umount /sys/kernel/btf/vmlinux; }
    fails() { if run; then exit 91; else test $? = 4 || exit 92; fi }
    run
    kept=$(echo /var/cache/wakelab/*)
    test -f "$kept"
    cp -p "$kept" /var/cache/good
    same() { cmp "$kept" /var/cache/good; }
"""

# How a file becomes one that is not to be trusted, or is of something else. It begins with 8 bytes of
# magic, then the digest of the programs (64 digits), the build id of the kernel, a digest of what
# follows, and at 204 how long that is.
SPOILED = {
    "truncated": 'truncate -s -1 "$kept"',
    "empty": ': > "$kept"',
    "longer": 'echo >> "$kept"',
    "another-byte": 'printf zzzz | dd of="$kept" bs=1 seek=3000 conv=notrunc',
    "garbage": 'head -c 5000 /dev/urandom > "$kept"',
    "endless": 'printf "\\377\\377\\377\\377" | dd of="$kept" bs=1 seek=204 conv=notrunc',
    "another-build": 'printf xxxx | dd of="$kept" bs=1 seek=10 conv=notrunc',
    "another-kernel": 'printf xxxx | dd of="$kept" bs=1 seek=75 conv=notrunc',
    "of-somebody-else": 'chown 65534 "$kept"',
    "writable-for-others": 'chmod o+w "$kept"',
    "writable-for-a-group": 'chmod g+w "$kept"',
    "a-link": 'rm "$kept"; ln -s /var/cache/good "$kept"',
    "a-pipe": 'rm "$kept"; mkfifo "$kept"',
    "gone": 'rm "$kept"',
}

# What is wrong with the folder, or in the way: nothing in it is used, and nothing replaced.
IN_THE_WAY = {
    "folder-of-somebody-else": 'chown 65534 /var/cache/wakelab',
    "folder-writable-for-others": 'chmod o+w /var/cache/wakelab',
    "folder-is-a-link": 'mv /var/cache/wakelab /var/cache/other; ln -s other /var/cache/wakelab',
    "folder-is-a-file": 'rm -r /var/cache/wakelab; : > /var/cache/wakelab',
    "file-is-a-folder": 'rm "$kept"; mkdir "$kept"',
    "not-writable": 'rm -r /var/cache/wakelab; mount -o remount,ro /var/cache',
}


@expand
class Kept(unittest.TestCase):
    def private(self, script):
        """Runs a script of shell where what it mounts is its own."""
        require_root(self)
        shell = [require_program("unshare"), "-m", "sh", "-euc", KEPT + script, binary()]
        done = Process(self, shell)
        self.assertEqual(done.wait(), 0, done.stderr)

    def test_it_is_used(self):
        self.private('hide; run; same; test "$(stat -c %a-%u "$kept")" = 644-0; '
                     'test "$(ls /var/cache/wakelab | wc -l)" = 1')

    @for_each(SPOILED)
    def test_another_is_made_in_its_place(self, how):
        self.private(f"{SPOILED[how]}; hide; fails; show; run; same; "
                     'test "$(ls /var/cache/wakelab | wc -l)" = 1')

    @for_each(IN_THE_WAY)
    def test_it_can_be_done_without(self, how):
        self.private(f"{IN_THE_WAY[how]}; hide; fails; show; run; hide; fails")


@expand
class WithoutRoot(unittest.TestCase):
    """As nobody, whose home is a folder here."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        os.chown(self.home, 65534, 65534)

    def environment(self, **variables):
        """For what is started from here on."""
        before = {name: os.environ.pop(name, None) for name in ("HOME", "XDG_CACHE_HOME")}
        os.environ.update(variables)

        def restore():
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
        self.addCleanup(restore)

    def kept(self):
        return sorted(str(path.relative_to(self.home)) for path in self.home.rglob("*.types*"))

    def run_as_nobody(self):
        run = least(self, "trace", "--format", "ndjson", "--", "true")
        self.assertEqual(run.wait(), 0, run.stderr)

    def test_in_the_home(self):
        require_root(self)
        self.environment(HOME=str(self.home))
        self.run_as_nobody()
        self.assertEqual([os.path.dirname(path) for path in self.kept()], [".cache/wakelab"])
        self.assertEqual((self.home / ".cache").stat().st_mode & 0o777, 0o700)

    def test_in_the_folder_for_such(self):
        require_root(self)
        self.environment(HOME="/nonexistent", XDG_CACHE_HOME=str(self.home))
        self.run_as_nobody()
        self.assertEqual([os.path.dirname(path) for path in self.kept()], ["wakelab"])

    @for_each(["", "here", "/nonexistent/there", "/dev/null"])
    def test_nowhere(self, folder):
        """A folder is named by its whole path, or not at all."""
        require_root(self)
        self.environment(XDG_CACHE_HOME=folder)
        self.run_as_nobody()
        self.assertFalse(Path("here").exists())
        self.assertEqual(self.kept(), [])

    def test_whose_privileges_are_those_of_the_program(self):
        """Who starts it could have it read what they like, if it took their files."""
        require_root(self)
        self.home.chmod(0o755)
        wakelab = shutil.copy(binary(), self.home / "program")
        done = subprocess.run([require_program("setcap"), "cap_bpf,cap_perfmon+ep", wakelab],
                              capture_output=True, text=True, check=False)
        if "not supported" in done.stderr:
            self.skipTest(f"{self.home} takes no file capabilities: {done.stderr.strip()}")
        self.environment(HOME=str(self.home), XDG_CACHE_HOME=str(self.home))
        run = Process(self, [require_program("setpriv"), "--reuid", "65534", "--regid", "65534",
                             "--clear-groups", wakelab, "trace", "--", "true"])
        self.assertEqual(run.wait(), 0, run.stderr)
        self.assertEqual(self.kept(), [])

    def test_a_file_of_another_user_is_none(self):
        """Though it lies in a folder of ours."""
        require_root(self)
        self.environment(HOME=str(self.home))
        self.run_as_nobody()
        file = self.home / self.kept()[0]
        good = file.read_bytes()
        file.write_bytes(good[:-1])
        os.chown(file, 65533, 65533)
        self.run_as_nobody()
        self.assertEqual((file.read_bytes(), file.stat().st_uid), (good, 65534))


class Memory(unittest.TestCase):
    def test_attaching_takes_little(self):
        require_root(self)
        traced(self, "trace", "--", "true")  # what is kept is there from here on
        s = traced(self, "trace", "--self", "--", "true")
        self.assertLess(s["self"]["rss_most_bytes"], 16 << 20)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""One virtual machine: boots, gives its console line by line, and ends, by itself or by its pid."""
import subprocess
import threading

MEMORY = "1024"  # MiB
# An oops ends the guest. Without tsc=reliable the clock of an x86 guest is the HPET, a device; without
# no_timer_check a guest that gets no CPU for some milliseconds at boot finds no timer, and panics.
PARAMETERS = "quiet oops=panic panic=-1 tsc=reliable no_timer_check"


def of_kernel(kernel, initramfs):
    """What makes a machine boot a kernel of its own, for Machine()."""
    return ["-kernel", str(kernel.image), "-initrd", str(initramfs),
            "-append", f"console={kernel.arch.console} {PARAMETERS}"]


def of_disk(file):
    """What makes it boot from a disk, which stays as it is."""
    return ["-snapshot", "-drive", f"file={file},if=virtio"]


class Machine:
    def __init__(self, arch, boots):
        self.argv = [arch.qemu, *arch.options, "-smp", "2", "-m", MEMORY,
                     "-display", "none", "-monitor", "none", "-serial", "stdio", "-nic", "none",
                     "-no-reboot", *boots]
        self.child = self.timer = None
        self.timed_out = False

    def start(self):
        # in a session of its own, Ctrl-C reaches it through stop() only
        self.child = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True, errors="replace",
                                      start_new_session=True)

    def allow(self, seconds):
        """From now on it has this long."""
        if self.timer:
            self.timer.cancel()
        self.timer = threading.Timer(seconds, self._expire)
        self.timer.start()

    def _expire(self):
        self.timed_out = True
        self.child.kill()

    def type(self, text):
        """On its console."""
        self.child.stdin.write(text)
        self.child.stdin.flush()

    def lines(self):
        for line in self.child.stdout:
            yield line.rstrip()

    def stop(self):
        if self.timer:
            self.timer.cancel()
        if self.child:
            self.child.kill()
            self.child.wait()

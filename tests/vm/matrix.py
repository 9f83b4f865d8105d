# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Which of the traced tests run on which kernel, in virtual machines, and the room image."""
import cases

from .boot import Boot
from .kernels import KERNELS
from .room import Room

# Of each kernel, what it can get wrong. A test takes some five seconds there, on the newest kernel
# eight, most of which are loading and attaching.
CHOSEN = ("test_kernel.", "test_hooks.", "test_callbacks.")
# What is read of the kernel's structures; what lies between has the hooks of one of these two.
MORE = ("test_identity.Tasks.test_a_thread", "test_identity.Sockets.", "test_identity.Re",
        "test_scenarios.Correct.", "test_scenarios.Faults.", "test_interests.Programs.",
        "test_positions.Kinds.", "test_wakes.Wakes.test_identities",
        "test_spins.Epoll.test_nothing", "test_spins.Polls.test_nothing", "test_spins.Closed.",
        "test_spins.Nothing.test_it_only_asks[p.poll", "test_spins.Nothing.test_callbacks",
        "test_polls.", "test_rearming.", "test_turns.", "test_stalled_files.Files.test_more_comes",
        "test_stalled_files.Files.test_nothing_is_taken", "test_leaks.Leaks.test_none",
        "test_leaks.Leaks.test_every_other", "test_leaks.Adopted.test_it_keeps",
        "test_targets.Later.", "test_targets.Running.test_a_control_group[above]",
        "test_targets.Running.test_several",
        "test_events.Ledgers.", "test_events.Words.", "test_events_explained.")
# What is made of that, with the hooks that other kernels do not need.
MADE = ("test_interests.Running.", "test_waiters.", "test_stalls.", "test_hanging.",
        "test_wakes.Handoffs.", "test_only.Only.test_a_part")
OLDEST = KERNELS[0].name
BESIDES = {OLDEST: MORE + MADE, "newest": MORE}
# Where functions are hooked, test_callbacks sees to what they show; once is enough to have both.
OLDEST_ONLY = "-auto]"
# In one short boot: every model and its witnesses, exact counts, a stall, a command.
SMOKE = ("test_kernel.Models.", "test_kernel.Reports.", "test_kernel.Commands.")
STALL = "test_scenarios.Faults.test_et_no_drain"
SMOKED = (OLDEST, "newest", "arm64")


def of_matrix(kernel, test):
    if test.endswith(OLDEST_ONLY) and kernel.name != OLDEST:
        return False
    return test.startswith(CHOSEN + BESIDES.get(kernel.name, ()))


def of_smoke(kernel, test):
    return kernel.name in SMOKED and (test.startswith(SMOKE) or test == STALL)


def boots(tier, belongs, pattern):
    """A job for each kernel that has tests with the pattern in their names."""
    tests = cases.names_of("traced")
    chosen = [(kernel, [test for test in tests if belongs(kernel, test)
                        and pattern in f"{tier}/{kernel.name}/{test}"]) for kernel in KERNELS]
    return [Boot(tier, kernel, names) for kernel, names in chosen if names]


def smoke(pattern):
    return boots("smoke", of_smoke, pattern)


def kernels(pattern):
    return boots("kernels", of_matrix, pattern) + [room for room in [Room()] if room.has(pattern)]

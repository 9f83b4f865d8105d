# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Starts a server under the tool that the arguments name (without arguments: under no tool), and a
client that sends it 5000 messages."""
import os
import re
import signal
import subprocess
import sys

WAKELAB = os.environ.get("WAKELAB", "wakelab")

watcher = [WAKELAB if word == "wakelab" else word for word in sys.argv[1:]]
server = subprocess.Popen([*watcher, WAKELAB, "serve", "blocking", "--port", "0"],
                          stdout=subprocess.PIPE, text=True, start_new_session=True)
port = re.search(r":(\d+)", server.stdout.readline())
if not port:
    sys.exit("watched.py: the server did not start")
load = subprocess.run([WAKELAB, "load", "--port", port[1], "--conns", "1", "--messages", "5000"],
                      stdout=subprocess.DEVNULL, check=False)
os.killpg(server.pid, signal.SIGTERM)
server.wait()
sys.exit(load.returncode)

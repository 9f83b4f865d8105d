# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A Debian of any suite, installed into a folder by mmdebstrap, from the archives of the system's own
sources."""
import os
import re
import signal
import subprocess

from .archive import sources
from .problems import Failure, NoSpace, Unavailable, require_programs

WITHOUT_DOCUMENTS = ("path-exclude=/usr/share/locale/*", "path-exclude=/usr/share/doc/*",
                     "path-include=/usr/share/doc/*/copyright")


def require_tools(by):
    require_programs("mmdebstrap", "unshare", by=by)


def explain(text, suite):
    """What kept it from being installed, of what was said."""
    if "No space left" in text:
        return NoSpace("no space left")
    if re.search(r"E: Failed to fetch|Temporary failure resolving|Could not connect", text):
        return Unavailable(f"cannot fetch Debian {suite}: check the network with apt-get update")
    errors = re.findall(r"^(?:E: |unshare: ).*", text, re.M) or text.splitlines() or ["no message"]
    return Failure(f"cannot install Debian {suite}: {errors[0]}")


def bootstrap(suite, target, *options):
    """What was said while it was installed into the folder target, or, without one, for what its hooks
    do with it. In namespaces of its own: whatever is mounted below is gone when it has ended. Ends by
    a signal to all that it started."""
    where = [str(target)] if target else ["--format=null", "/dev/null"]
    argv = ["unshare", "--mount", "--pid", "--fork", "mmdebstrap", "--mode=root",
            "--dpkgopt=force-unsafe-io", *options, suite, *where, "-"]
    # in a session of its own, Ctrl-C reaches it through us only
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace",
                          start_new_session=True) as child:
        try:
            text, _ = child.communicate(sources(suite))
        except BaseException:
            os.killpg(child.pid, signal.SIGTERM)
            child.communicate()
            raise
    if child.returncode:
        error = explain(text, suite)
        error.said = text
        raise error
    return text

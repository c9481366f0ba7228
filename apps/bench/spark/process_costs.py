"""What this process and all below it have cost."""

import os


def tree():
    """The ids of this process and of all below it."""
    parents = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                parents[int(pid)] = int(stat.read().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            pass
    found = [os.getpid()]
    for pid in found:
        found.extend(child for child, parent in parents.items() if parent == pid)
    return found


def cpu_seconds():
    """Processor time of the tree, and of those of it that have ended."""
    ticks = 0
    for pid in tree():
        try:
            with open(f"/proc/{pid}/stat") as stat:
                ticks += sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:15]))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_rss_mb():
    """The peaks of the tree's processes, added up."""
    kilobytes = 0
    for pid in tree():
        with open(f"/proc/{pid}/status") as status:
            kilobytes += sum(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return kilobytes / 1024

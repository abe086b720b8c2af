"""The filter, run by a small interpreter: its decision for each call, on both architectures."""

import errno
import os

import pytest

from byhand.sandbox import syscalls
from byhand.sandbox.seccomp import ABSENT, ALLOW, KILL, REFUSE, WRITES, program

PID = 77
ARCHITECTURES = {"x86_64": syscalls.X86_64, "aarch64": syscalls.AARCH64}
EVERYWHERE = sorted(set(syscalls.X86_64.numbers) & set(syscalls.AARCH64.numbers))


def answer(architecture, number, *args, audit=None):
    """The kernel's decision for the call."""
    words = {0: number, 4: architecture.audit if audit is None else audit}
    for index in range(6):
        value = args[index] if index < len(args) else 0
        words[16 + 8 * index], words[20 + 8 * index] = value & 0xFFFFFFFF, value >> 32 & 0xFFFFFFFF
    code, at, register = program(architecture, PID), 0, 0
    for _ in range(len(code)):
        operation, if_so, if_not, constant = code[at]
        at += 1
        if operation == 0x20:
            register = words[constant]
        elif operation == 0x06:
            return constant
        else:
            tests = {0x15: register == constant, 0x25: register > constant, 0x35: register >= constant}
            tests[0x45] = bool(register & constant)
            at += if_so if tests[operation] else if_not
    raise AssertionError("the filter does not end")


@pytest.fixture(params=ARCHITECTURES)
def ask(request):
    architecture = ARCHITECTURES[request.param]
    return lambda name, *args: answer(architecture, architecture.numbers[name], *args)


def test_groups_are_refused_whole(ask, request):
    architecture = ARCHITECTURES[request.node.callspec.params["ask"]]
    count = 0
    for group in (syscalls.NETWORK, syscalls.PROCESSES, syscalls.FILES, syscalls.SYSTEM, syscalls.MEMORY):
        for name in group.split():
            if name in architecture.numbers:
                assert ask(name) == REFUSE, name
                count += 1
    assert count > 120
    assert all(ask(name) == ABSENT for name in syscalls.UNKNOWN.split())
    assert REFUSE & 0xFFFF == errno.EPERM
    assert ABSENT & 0xFFFF == errno.ENOSYS


def test_files_are_opened_for_reading_alone(ask):
    assert ask("openat", 0, 0, os.O_RDONLY | os.O_CLOEXEC) == ALLOW
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_RDONLY | os.O_CREAT, os.O_RDONLY | os.O_TRUNC, os.O_TMPFILE):
        assert ask("openat", 0, 0, flags) == REFUSE
    assert WRITES & os.O_TMPFILE & ~os.O_DIRECTORY


def test_threads_are_made_and_processes_are_not(ask):
    usual = 0x3D0F00  # libc's flags for a thread
    assert ask("clone", usual) == ALLOW
    assert ask("clone", 17) == REFUSE  # SIGCHLD: fork
    for bit in (0x80, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert ask("clone", usual | bit) == REFUSE


@pytest.mark.parametrize("name", ["kill", "tgkill"])
def test_signals_go_to_itself_alone(name, ask):
    assert ask(name, PID) == ALLOW
    for other in (PID + 1, 0, 1, -1, -PID):
        assert ask(name, other) == REFUSE


def test_limits_and_descriptors(ask):
    assert ask("prlimit64", 0) == ask("prlimit64", PID) == ALLOW
    assert ask("prlimit64", 1) == REFUSE
    assert ask("fcntl", 3, 3) == ALLOW
    assert all(ask("fcntl", 3, command) == REFUSE for command in (8, 10, 15))
    assert ask("ioctl", 0, 0x5401) == ALLOW
    assert ask("ioctl", 0, 0x5412) == REFUSE


def test_what_acts_on_files_and_others_by_an_argument(ask, request):
    for command in (0, 1, 2, 3, 4, 1030):
        assert ask("fcntl", 3, command) == ALLOW
    for command in (5, 6, 7, 9, 11, 36, 37, 38, 1024, 1025, 1031, 1033):  # all kinds of locks, owners, leases, seals
        assert ask("fcntl", 3, command) == REFUSE
    for command in (0x5413, 0x541B, 0x5451, 0x802C542A):
        assert ask("ioctl", 0, command) == ALLOW
    for command in (0x80086601, 0x40086602, 0x40806685, 0x5452, 0x541C, 0x40086602 | 1 << 32):
        assert ask("ioctl", 0, command) == REFUSE
    for option in (1, 4, 22, 36, 38, 0x59616D61):  # end with the parent, dumpable, seccomp, reaper, tracer
        assert ask("prctl", option) == REFUSE
    assert ask("prctl", 15) == ALLOW  # the name of a thread
    assert ask("mmap", 0, 4096, 3, 0x22) == ALLOW
    assert ask("mmap", 0, 4096, 3, 0x22 | 0x40000) == ask("mmap", 0, 4096, 3, 0x22 | 0x2000) == REFUSE
    assert ask("madvise", 0, 4096, 4) == ALLOW
    assert ask("madvise", 0, 4096, 12) == REFUSE
    assert ask("pipe2", 0, os.O_CLOEXEC) == ALLOW
    assert ask("pipe2", 0, 0x80) == REFUSE


def test_what_is_not_listed_is_refused():
    for architecture in ARCHITECTURES.values():
        listed = {architecture.numbers.get(name) for name in (syscalls.HARMLESS + syscalls.ASKED).split()}
        for number in set(range(600)) - listed:
            assert answer(architecture, number) in (REFUSE, ABSENT), number
        for name in set(syscalls.HARMLESS.split()) & set(architecture.numbers):
            assert answer(architecture, architecture.numbers[name]) == ALLOW, name
    for name in (syscalls.HARMLESS + syscalls.ASKED).split():
        assert name in syscalls.X86_64.numbers


def test_other_architectures_are_killed():
    for architecture in ARCHITECTURES.values():
        assert answer(architecture, 0, audit=0x40000003) == KILL  # i386
        assert answer(architecture, 0x40000000 + 39) == KILL  # x32
        assert answer(architecture, 452) == REFUSE  # fchmodat2
        assert answer(architecture, 453) == ABSENT  # and every call newer than the table


def test_what_programs_live_on_is_allowed():
    plain = {"x86_64": (0, 1, 3, 9, 10, 11, 12, 202, 231), "aarch64": (63, 64, 57, 222, 226, 215, 214, 98, 94)}
    for name, numbers in plain.items():  # read write close mmap mprotect munmap brk futex exit_group
        assert all(answer(ARCHITECTURES[name], number) == ALLOW for number in numbers)


def test_the_tables_hold_the_same_calls_but_for_older_forms():
    assert len(set(syscalls.X86_64.numbers.values())) == len(syscalls.X86_64.numbers)
    assert len(set(syscalls.AARCH64.numbers.values())) == len(syscalls.AARCH64.numbers)
    older = set(syscalls.X86_64.numbers) - set(EVERYWHERE)
    assert older == set(
        """open creat link unlink rename mkdir rmdir mknod chmod chown lchown symlink utime utimes futimesat
        inotify_init fork vfork iopl ioperm modify_ldt access stat lstat getdents readlink poll select pipe dup2 pause
        alarm time getpgrp arch_prctl""".split()  # noqa: SIM905
    )
    assert sorted(syscalls.AARCH64.numbers) == EVERYWHERE

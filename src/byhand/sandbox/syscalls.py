"""Numbers of system calls: data of the kernel's interface, the same for ever on an architecture.

A name that an architecture lacks is an older form that it never had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NEWEST = 452
"""What is numbered above came after this table was written, and is answered as by an older kernel."""

NETWORK = """
    socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg
"""
"""No socket of any family."""

PROCESSES = """
    execve execveat fork vfork ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp tkill
    rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal pidfd_getfd setns unshare setpriority
    sched_setparam sched_setscheduler sched_setattr ioprio_set migrate_pages move_pages personality
"""
"""No process is made, run, looked into or set; `kill` and `clone` are in ASKED."""

FILES = """
    creat truncate ftruncate fallocate mkdir mkdirat rmdir rename renameat renameat2 link linkat symlink symlinkat
    unlink unlinkat mknod mknodat chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes
    futimesat utimensat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr open_by_handle_at
    name_to_handle_at fanotify_init fanotify_mark inotify_init inotify_init1 inotify_add_watch memfd_create
    memfd_secret
"""
"""Nothing is written, made, removed or renamed, nor its owner, mode or times changed; and no files without a name."""

SYSTEM = """
    mount umount2 move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr pivot_root chroot keyctl add_key
    request_key bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register acct swapon swapoff
    reboot sethostname setdomainname init_module finit_module delete_module kexec_load kexec_file_load iopl ioperm
    modify_ldt settimeofday clock_settime adjtimex clock_adjtime syslog quotactl quotactl_fd vhangup lookup_dcookie
    setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset
"""
"""Nothing of the machine, of its keys and namespaces; and what has often been a way into the kernel."""

MEMORY = """
    shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend
    mq_timedreceive mq_notify
"""
"""No shared memory, semaphores or queues of System V and POSIX."""

ASKED = "open openat clone kill tgkill prlimit64 fcntl sched_setaffinity ioctl"
"""Allowed or not by their arguments; :mod:`byhand.sandbox.seccomp` says how."""

UNKNOWN = "clone3 openat2"
"""Answered as by an older kernel: their arguments lie in memory, where a filter can't look. libc does without."""


@dataclass(frozen=True)
class Architecture:
    """How the kernel's filter names an architecture, and its numbers by name."""

    audit: int
    numbers: Mapping[str, int]


def _table(text: str) -> dict[str, int]:
    return {name: int(number) for name, _, number in (entry.partition("=") for entry in text.split())}


X86_64 = Architecture(
    0xC000003E,
    _table(
        """
    accept=43 accept4=288 acct=163 add_key=248 adjtimex=159 bind=49 bpf=321 capset=126 chmod=90 chown=92 chroot=161
    clock_adjtime=305 clock_settime=227 clone=56 clone3=435 connect=42 creat=85 delete_module=176 execve=59
    execveat=322 fallocate=285 fanotify_init=300 fanotify_mark=301 fchmod=91 fchmodat=268 fchmodat2=452 fchown=93
    fchownat=260 fcntl=72 finit_module=313 fork=57 fremovexattr=199 fsconfig=431 fsetxattr=190 fsmount=432 fsopen=430
    fspick=433 ftruncate=77 futimesat=261 init_module=175 inotify_add_watch=254 inotify_init=253 inotify_init1=294
    io_uring_enter=426 io_uring_register=427 io_uring_setup=425 ioctl=16 ioperm=173 iopl=172 ioprio_set=251 kcmp=312
    kexec_file_load=320 kexec_load=246 keyctl=250 kill=62 landlock_add_rule=445 landlock_create_ruleset=444
    landlock_restrict_self=446 lchown=94 link=86 linkat=265 listen=50 lookup_dcookie=212 lremovexattr=198
    lsetxattr=189 memfd_create=319 memfd_secret=447 migrate_pages=256 mkdir=83 mkdirat=258 mknod=133 mknodat=259
    modify_ldt=154 mount=165 mount_setattr=442 move_mount=429 move_pages=279 mq_notify=244 mq_open=240
    mq_timedreceive=243 mq_timedsend=242 mq_unlink=241 msgctl=71 msgget=68 msgrcv=70 msgsnd=69 name_to_handle_at=303
    open=2 open_by_handle_at=304 open_tree=428 openat=257 openat2=437 perf_event_open=298 personality=135
    pidfd_getfd=438 pidfd_open=434 pidfd_send_signal=424 pivot_root=155 prlimit64=302 process_madvise=440
    process_mrelease=448 process_vm_readv=310 process_vm_writev=311 ptrace=101 quotactl=179 quotactl_fd=443 reboot=169
    recvfrom=45 recvmmsg=299 recvmsg=47 removexattr=197 rename=82 renameat=264 renameat2=316 request_key=249 rmdir=84
    rt_sigqueueinfo=129 rt_tgsigqueueinfo=297 sched_setaffinity=203 sched_setattr=314 sched_setparam=142
    sched_setscheduler=144 seccomp=317 semctl=66 semget=64 semop=65 semtimedop=220 sendmmsg=307 sendmsg=46 sendto=44
    setdomainname=171 setfsgid=123 setfsuid=122 setgid=106 setgroups=116 sethostname=170 setns=308 setpriority=141
    setregid=114 setresgid=119 setresuid=117 setreuid=113 settimeofday=164 setuid=105 setxattr=188 shmat=30 shmctl=31
    shmget=29 socket=41 socketpair=53 swapoff=168 swapon=167 symlink=88 symlinkat=266 syslog=103 tgkill=234 tkill=200
    truncate=76 umount2=166 unlink=87 unlinkat=263 unshare=272 userfaultfd=323 utime=132 utimensat=280 utimes=235
    vfork=58 vhangup=153
"""
    ),
)
AARCH64 = Architecture(
    0xC00000B7,
    _table(
        """
    accept=202 accept4=242 acct=89 add_key=217 adjtimex=171 bind=200 bpf=280 capset=91 chroot=51 clock_adjtime=266
    clock_settime=112 clone=220 clone3=435 connect=203 delete_module=106 execve=221 execveat=281 fallocate=47
    fanotify_init=262 fanotify_mark=263 fchmod=52 fchmodat=53 fchmodat2=452 fchown=55 fchownat=54 fcntl=25
    finit_module=273 fremovexattr=16 fsconfig=431 fsetxattr=7 fsmount=432 fsopen=430 fspick=433 ftruncate=46
    init_module=105 inotify_add_watch=27 inotify_init1=26 io_uring_enter=426 io_uring_register=427 io_uring_setup=425
    ioctl=29 ioprio_set=30 kcmp=272 kexec_file_load=294 kexec_load=104 keyctl=219 kill=129 landlock_add_rule=445
    landlock_create_ruleset=444 landlock_restrict_self=446 linkat=37 listen=201 lookup_dcookie=18 lremovexattr=15
    lsetxattr=6 memfd_create=279 memfd_secret=447 migrate_pages=238 mkdirat=34 mknodat=33 mount=40 mount_setattr=442
    move_mount=429 move_pages=239 mq_notify=184 mq_open=180 mq_timedreceive=183 mq_timedsend=182 mq_unlink=181
    msgctl=187 msgget=186 msgrcv=188 msgsnd=189 name_to_handle_at=264 open_by_handle_at=265 open_tree=428 openat=56
    openat2=437 perf_event_open=241 personality=92 pidfd_getfd=438 pidfd_open=434 pidfd_send_signal=424 pivot_root=41
    prlimit64=261 process_madvise=440 process_mrelease=448 process_vm_readv=270 process_vm_writev=271 ptrace=117
    quotactl=60 quotactl_fd=443 reboot=142 recvfrom=207 recvmmsg=243 recvmsg=212 removexattr=14 renameat=38
    renameat2=276 request_key=218 rt_sigqueueinfo=138 rt_tgsigqueueinfo=240 sched_setaffinity=122 sched_setattr=274
    sched_setparam=118 sched_setscheduler=119 seccomp=277 semctl=191 semget=190 semop=193 semtimedop=192 sendmmsg=269
    sendmsg=211 sendto=206 setdomainname=162 setfsgid=152 setfsuid=151 setgid=144 setgroups=159 sethostname=161
    setns=268 setpriority=140 setregid=143 setresgid=149 setresuid=147 setreuid=145 settimeofday=170 setuid=146
    setxattr=5 shmat=196 shmctl=195 shmget=194 socket=198 socketpair=199 swapoff=225 swapon=224 symlinkat=36
    syslog=116 tgkill=131 tkill=130 truncate=45 umount2=39 unlinkat=35 unshare=97 userfaultfd=282 utimensat=88
    vhangup=58
"""
    ),
)
ARCHITECTURES = {"x86_64": X86_64, "amd64": X86_64, "aarch64": AARCH64, "arm64": AARCH64}
"""By what `uname -m` says."""

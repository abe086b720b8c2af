"""``byhand doctor``: tries small attacks on this machine, and says what holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from byhand.cli._terminal import DONE, USAGE, console, failure

if TYPE_CHECKING:
    from byhand.sandbox.checkup import Checkup

VERSION = 1
"""Of what ``--json`` prints."""

WORDS = {
    "read_file": ("read a file of yours", "读取你的文件"),
    "write_file": ("write a file", "写入文件"),
    "delete_file": ("delete a file", "删除文件"),
    "read_environment": ("read another process's environment", "读取其他进程的环境变量"),
    "tcp": ("connect by TCP", "建立 TCP 连接"),
    "udp": ("send by UDP", "发送 UDP 数据包"),
    "unix": ("connect to a local socket", "连接本机套接字"),
    "fork": ("make a process", "创建进程"),
    "run_program": ("run a program", "运行其他程序"),
    "signal_judge": ("send a signal to the judge", "向评判进程发送信号"),
    "take_memory": ("take 3 GiB of memory", "占用 3 GiB 内存"),
    "loop": ("loop for ever", "无限循环"),
    "flood": ("print for ever", "无限输出"),
    "attack": ("attack", "攻击"),
    "outcome": ("outcome", "结果"),
    "by": ("each of these stops it alone", "以下任一层即可单独拦截"),
    "stopped": ("stopped", "已拦截"),
    "succeeded": ("SUCCEEDED", "未能拦截"),
    "judge": ("the judge", "评判进程"),
    "landlock": ("Landlock", "Landlock"),
    "seccomp": ("seccomp", "seccomp"),
    "namespaces": ("namespaces", "命名空间"),
    "limits": ("limits", "资源限制"),
    "sealed": (
        "Sealed: a learner's program can do nothing here but compute.",
        "已隔离：学习者的程序在这里只能做计算。",
    ),
    "open": ("Not sealed: ", "未隔离："),
    "attacks": ("some attacks succeed", "部分攻击未被拦截"),
    "honest": ("an honest program of torch does not run", "正常的 torch 程序无法运行"),
    "ways": (
        "Ways on: a container or a virtual machine (on Windows: WSL2) with Linux 5.13 or newer; or, for programs that "
        "you trust, `byhand check --trust`.",
        "可行的办法：使用 Linux 5.13 或更新内核的容器或虚拟机（Windows 上为 WSL2）；"
        "若你信任该程序，可用 `byhand check --trust`。",
    ),
    "holds": ("What holds", "生效的防护"),
}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: what was tried, and what stopped it.")] = False,
    lang: Annotated[str | None, typer.Option("--lang", metavar="en|zh", help="By default that of the locale.")] = None,
) -> None:
    """Try small attacks on this machine, and say what holds.

    `byhand check` runs a learner's program in a sealed process. Whether it can be sealed depends on the system; this
    tries it, on files and sockets made for the purpose. Exit code 0: sealed; 2: not sealed.

    - `byhand doctor` prints a table;
    - `byhand doctor --json` prints the same for a program.
    """
    from byhand.judge.reporting.words import LANGUAGES, language
    from byhand.sandbox.checkup import examine

    if lang is not None and lang not in LANGUAGES:
        raise failure(f"`--lang` of `doctor` must be en or zh, got {lang}.")
    checkup = examine()
    if as_json:
        print(json.dumps({"version": VERSION} | asdict(checkup), ensure_ascii=False, indent=2))
    else:
        _show(checkup, 1 if language(lang) == "zh" else 0)
    raise typer.Exit(DONE if checkup.sealed else USAGE)


def _show(checkup: Checkup, column: int) -> None:
    """The table, and the verdict below it; ``column`` 0 is English, 1 is Chinese."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    def say(key: str) -> str:
        return WORDS[key][column]

    out = console()
    if checkup.attempts:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for key in ("attack", "outcome", "by"):
            table.add_column(say(key))
        for attempt in checkup.attempts:
            style, key = ("green", "stopped") if attempt.stopped else ("bold red", "succeeded")
            table.add_row(say(attempt.name), Text(say(key), style), ", ".join(say(layer) for layer in attempt.by))
        out.print(table)
    if checkup.layers:
        out.print(f"{say('holds')}: {', '.join(checkup.layers)}", markup=False)
    if checkup.versions:
        out.print(", ".join(f"{name} {version}" for name, version in checkup.versions.items()), markup=False)
    if checkup.sealed:
        out.print(Text(say("sealed"), "bold green"))
        return
    trouble = list(checkup.missing)
    trouble += [say("attacks")] if not all(attempt.stopped for attempt in checkup.attempts) else []
    trouble += [say("honest")] if checkup.attempts and not checkup.honest else []
    out.print(Text(f"{say('open')}{'; '.join(trouble)}.", "bold red"), soft_wrap=True)
    out.print(say("ways"), markup=False, soft_wrap=True)

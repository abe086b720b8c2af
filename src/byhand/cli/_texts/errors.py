"""Error messages. In all of them, `x` of `f` is an argument `x` of the command `f`."""

from __future__ import annotations

ERRORS: dict[str, tuple[str, str]] = {
    "one of": (
        "`{argument}` of `{command}` must be one of {known}, got {got}.{meant}",
        "`{command}` 的 `{argument}` 只能是 {known} 之一，收到的是 {got}。{meant}",
    ),
    "meant": (" Do you mean {names}?", "是想写 {names} 吗？"),
    "or": (" or ", " 或 "),
    "no option": (
        "`{command}` has no option {got}.{meant} `{line} --help` lists its options.",
        "`{command}` 没有 {got} 这个选项。{meant}全部选项见 `{line} --help`。",
    ),
    "no value": ("`{argument}` of `{command}` needs a value.", "`{command}` 的 `{argument}` 后面要有值。"),
    "a flag": ("`{argument}` of `{command}` takes no value.", "`{command}` 的 `{argument}` 后面不能有值。"),
    "missing": (
        "`{argument}` of `{command}` is missing: {help}",
        "`{command}` 缺少 `{argument}`：{help}",
    ),
    "too many": (
        "`{command}` takes no more arguments, got {got}.",
        "`{command}` 不接受更多参数，收到的是 {got}。",
    ),
    "must be": ("`{argument}` of `{command}` must be {what}.", "`{command}` 的 `{argument}` 取值应为：{what}。"),
    "seconds must be": (
        "`{argument}` of `{command}` must be above 0 and finite, got {got}.",
        "`{command}` 的 `{argument}` 取值应为：大于 0 的有限数。收到的是 {got}。",
    ),
    "0-3 must be": ("an integer from 0 to 3", "0 到 3 的整数"),
    "N must be": ("an integer from 0 to 4294967295", "0 到 4294967295 的整数"),
    "SECONDS must be": ("a number of seconds", "秒数"),
    "output": (
        "output could not be written: {why}.",
        "输出写不进去：{why}。",
    ),
    "no output": ("output could not be written: standard output is closed.", "标准输出没有打开。"),
    "stopped": ("stopped; nothing written.", "已中断，没有写入任何文件。"),
    "no checkout": (
        "the benchmarks are in the repository, not in the package: run `byhand bench` from a checkout.",
        "benchmark 只在代码仓库里，安装包里没有：请在仓库目录下运行 `byhand bench`。",
    ),
    "one file": (
        "`{argument}` of `check` works with one file only.",
        "`check` 的 `{argument}` 只能用于单个文件。",
    ),
    "no files": (
        "`FILE` of `check` must be a folder with notebooks, Python or Markdown files in it, got {got}.",
        "`check` 的 `FILE` 是目录时，里面要有 notebook、Python 或 Markdown 文件：{got}。",
    ),
    "worker ended": ("The process that judged it ended unexpectedly.", "检查它的进程意外退出。"),
    "worker late": ("It exceeded the time limit for a file.", "用时超过单个文件的上限，已放弃。"),
    "write needs fix": (
        "`--write` of `check` needs `--fix`: it writes what `--fix` shows.",
        "`check` 的 `--write` 要和 `--fix` 一起用：它写入的就是 `--fix` 给出的改动。",
    ),
    "write to a file": (
        "`--write` of `check` needs a file, not standard input; `--fix` alone prints the changes.",
        "`check` 的 `--write` 要有文件可写，不能用标准输入；只想看改动用 `--fix` 即可。",
    ),
    "write or watch": (
        "`--write` of `check` does not work with `--watch`, which waits for you to save the file.",
        "`check` 的 `--write` 不能和 `--watch` 同用：`--watch` 等的是你自己保存文件。",
    ),
    "changed meanwhile": (
        "{got} has changed since it was read; nothing is written.",
        "{got} 在检查期间变了，没有写入。",
    ),
    "not written": (
        "{got} can't be written: {why}.",
        "{got} 无法写入：{why}。",
    ),
    "watch": (
        "`--watch` of `check` needs one file, not standard input or several files.",
        "`check` 的 `--watch` 只能用于一个文件，不能用标准输入，也不能用多个文件。",
    ),
    "as": (
        "`--as` of `check` must be NAME=TASK with a task of {known}, got {got}.",
        "`check` 的 `--as` 必须写成 名字=任务，任务是 {known} 之一，收到的是 {got}。",
    ),
    "same file": (
        "`{option}` of `check` must not be the file to check, got {got}.",
        "`check` 的 `{option}` 不能就是要检查的文件，收到的是 {got}。",
    ),
    "no page": (
        "`{option}` of `check` must be a path to write to, got {got}: {why}.",
        "`check` 的 `{option}` 必须是能写入的路径，收到的是 {got}：{why}。",
    ),
    "no file": (
        "`FILE` of `check` must be a file that can be read, got {got}: {why}.",
        "`check` 的 `FILE` 必须是能读取的文件，收到的是 {got}：{why}。",
    ),
    "empty": ("{file} is empty.", "{file} 是空的。"),
    "watched on": ("{why} Still watching.", "{why}会继续监视。"),
    "no sandbox": ("{why}", "沙箱出错：{why}"),
    "no formula to list": (
        "with `--list`, `MISTAKE` of `explain` must be one of {known}, got {got}.{meant}",
        "加 `--list` 时，`explain` 的 `MISTAKE` 只能是 {known} 之一，收到的是 {got}。{meant}",
    ),
    "a formula": (
        "{got} is a formula: `byhand explain --list {name}` lists its mistakes.",
        "{got} 是公式：它的常见错误用 `byhand explain --list {name}` 查看。",
    ),
    "no such page": (
        "`MISTAKE` of `explain` must be a page that `--list` lists, got {got}.{meant}",
        "`explain` 的 `MISTAKE` 必须是 `--list` 列出的某一页，收到的是 {got}。{meant}",
    ),
    "no folder": (
        "`--out` of `tour` must be a folder to write in, got {got}: {why}.",
        "`tour` 的 `--out` 必须是能写入的目录，收到的是 {got}：{why}。",
    ),
    "folder in the way": ("{name} in it is a folder", "其中的 {name} 本身是目录"),
    "no extra": (
        "`tour` needs scikit-learn and matplotlib: pip install 'byhand[tour]'",
        "`tour` 需要 scikit-learn 和 matplotlib：pip install 'byhand[tour]'",
    ),
    "no report": (
        "the report could not be written in {folder}: {why}.",
        "报告无法写入 {folder}：{why}。",
    ),
    "not compiled": ("{what} of {dtype} can't be compiled: {why}", "{dtype} 的{what}编译失败：{why}"),
    "no shell": (
        "completion supports {known}; this shell is {got}.",
        "补全只支持 {known}，当前 shell 是 {got}。",
    ),
    "not installed": ("completion for {shell} can't be installed: {why}.", "{shell} 的补全无法安装：{why}。"),
    "shell unknown": (
        "completion supports {known}; this shell was not recognised.",
        "补全只支持 {known}，当前 shell 无法识别。",
    ),
    "EACCES": ("Permission denied", "权限不够"),
    "EBADF": ("Bad file descriptor", "文件描述符无效"),
    "EEXIST": ("File exists", "文件已存在"),
    "EIO": ("Input/output error", "输入/输出错误"),
    "EISDIR": ("Is a directory", "是一个目录"),
    "ELOOP": ("Too many levels of symbolic links", "符号链接层数过多"),
    "ENAMETOOLONG": ("File name too long", "文件名过长"),
    "ENOENT": ("No such file or directory", "没有这个文件或目录"),
    "ENOSPC": ("No space left on device", "磁盘空间不足"),
    "ENOTDIR": ("Not a directory", "不是目录"),
    "ENOTEMPTY": ("Directory not empty", "目录不是空的"),
    "ENXIO": ("No such device or address", "没有这个设备或地址"),
    "EPERM": ("Operation not permitted", "操作不允许"),
    "EROFS": ("Read-only file system", "文件系统只读"),
}

"""A stand-in for ``atc``: flags, order of checks, messages, exit codes and files, no compiling.

Standard library only, because the compiler's child environment has no omlint in it. What a real
toolkit would know is told by environment variables; lists are separated by commas:

    STAND_IN_GENERATION     layout of the error block: A, B (default) or C
    STAND_IN_UNKNOWN_OPS    types that the parser does not know             E10501
    STAND_IN_NO_CALLBACK    types without a parser callback                 E19010
    STAND_IN_SHAPE_FAILS    types whose shape inference fails               EZ9999
    STAND_IN_NO_KERNEL      types that no engine runs                       EZ3003
    STAND_IN_REFUSED        types that every engine refuses                 EZ3002, EZ3003
    STAND_IN_BUILD_FAILS    types whose kernel does not build               E40021
    STAND_IN_AICPU          types that fall back to the CPU                 W11001
    STAND_IN_SOCS           accepted values of --soc_version
    STAND_IN_SECONDS        how long the compilation takes
    STAND_IN_CHILD          file for the number of a child process that it starts
    STAND_IN_DIES           signal that ends it while it compiles
    STAND_IN_LOADER         a library that the loader does not find
    STAND_IN_SILENT         succeed without the success line (1), or without a file (2)
    STAND_IN_RECORD         file for the arguments and the environment, as JSON
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from stand_in_graph import Graph, read_graph

START = "ATC start working now, please wait for a moment."
SUCCESS = "ATC run success, welcome to the next use."
FAILURE = "ATC run failed, Please check the detail log, Try 'atc --help' for more information"
STAMP = "[PID: 4711] 2025-04-02-10:11:12.123.456"
SOCS = "Ascend310,Ascend310P1,Ascend310P3,Ascend310B1,Ascend910A,Ascend910B,Ascend910B1,Ascend910"
FAILED_STATUS = 255
INT32_MAX = 2**31 - 1

CLOSED_SETS = {
    "mode": ("E10001", {"0", "1", "3", "5", "6", "7", "30"}),
    "framework": ("E10007", {"0", "1", "3", "5"}),
    "precision_mode": (
        "E10001",
        {
            "force_fp16", "force_fp32", "cube_fp16in_fp32out", "allow_mix_precision",
            "allow_fp32_to_fp16", "must_keep_origin_dtype", "allow_mix_precision_fp16",
            "allow_mix_precision_bf16", "allow_fp32_to_bf16",
        },
    ),
    "precision_mode_v2": (
        "E10001",
        {"fp16", "origin", "cube_fp16in_fp32out", "mixed_float16", "mixed_bfloat16"},
    ),
    "buffer_optimize": ("E10001", {"l1_optimize", "l2_optimize", "off_optimize"}),
    "op_select_implmode": (
        "E10001",
        {
            "high_precision", "high_performance", "high_precision_for_all",
            "high_performance_for_all",
        },
    ),
    "core_type": ("E10001", {"AiCore", "VectorCore"}),
    "log": ("E10010", {"debug", "info", "warning", "error", "null"}),
}  # fmt: skip
INTEGERS = {"framework", "mode", "op_debug_level", "jit_compile", "external_weight"}
FREE = {
    "check_report", "dynamic_batch_size", "dynamic_dims", "dynamic_image_size", "help",
    "input_format", "input_fp16_nodes", "input_shape", "input_shape_range", "insert_op_conf",
    "json", "keep_dtype", "model", "om", "op_debug_level", "out_nodes", "output", "output_type",
    "soc_version", "fusion_switch_file", "enable_scope_fusion_passes", "external_weight",
    "jit_compile",
}  # fmt: skip
DYNAMIC = ("dynamic_batch_size", "dynamic_image_size", "dynamic_dims", "input_shape_range")
FORMATS = {"NCHW", "NHWC", "ND", "NCDHW", "NDHWC"}
BAD_PATH = re.compile(r"[^A-Za-z0-9_\-./\u4e00-\u9fff]")
TWO_INPUTS = {"Add", "AddV2", "Mul", "Sub", "MatMul", "BiasAdd", "RealDiv", "Maximum", "Minimum"}


class RefusedError(Exception):
    """An error block; ``dots`` tells whether the work had begun."""

    def __init__(
        self, code: str, *args: object, trace: tuple[str, ...] = (), dots: bool = True
    ) -> None:
        super().__init__(code)
        self.code, self.values, self.trace, self.dots = code, args, trace, dots


class InnerError(Exception):
    """Only inner items."""

    def __init__(self, code: str, *lines: str) -> None:
        super().__init__(code)
        self.code, self.lines = code, lines


def main() -> int:
    record()
    library = os.environ.get("STAND_IN_LOADER")
    if library:
        sys.stderr.write(
            f"atc.bin: error while loading shared libraries: {library}: cannot open shared object"
            " file: No such file or directory\n"
        )
        return 127
    say(START)
    try:
        flags = parse(sys.argv[1:])
        if "help" in flags:
            say("usage: atc <args>\n  --model --framework --output --soc_version ...")
            return 0
        warnings = work(flags)
    except RefusedError as error:
        return fail(error.dots, block(error.code, error.values, error.trace))
    except InnerError as error:
        return fail(True, inner_block(error.code, error.lines))
    say("...")
    if os.environ.get("STAND_IN_SILENT") != "1":
        say(SUCCESS)
    for warning in warnings:
        say(warning)
    say("")
    return 0


def say(text: str) -> None:
    print(text, flush=True)


def fail(dots: bool, text: str) -> int:
    if dots:
        say("...")
    say(FAILURE)
    say(text)
    say("")
    return FAILED_STATUS


def record() -> None:
    target = os.environ.get("STAND_IN_RECORD")
    if target:
        seen = {"argv": sys.argv[1:], "environ": dict(os.environ)}
        Path(target).write_text(json.dumps(seen), encoding="utf-8")


def listed(name: str) -> set[str]:
    return set(filter(None, os.environ.get(f"STAND_IN_{name}", "").split(",")))


# ---- messages


def generation() -> str:
    return os.environ.get("STAND_IN_GENERATION", "B")


def block(code: str, values: tuple[object, ...], trace: tuple[str, ...]) -> str:
    layout = generation()
    words = " ".join(str(v) if layout == "C" else f"[{v}]" for v in values)
    text = f"stand-in message about {words}".rstrip()
    if layout == "A":
        lines = [f"{code}: {text}"]
    elif layout == "B":
        lines = [f"{code}: {STAMP} {text}"]
    else:
        lines = [f"{STAMP} Stand_In({code}): {text}"]
    lines.append("        Solution: none, this is a stand-in.")
    if trace:
        blanks = "" if layout == "C" else "        "
        lines.append(f"{blanks}TraceBack (most recent call last):")
        lines += [f"        {item}" for item in trace]
    return "\n".join(lines)


def inner_block(code: str, items: tuple[str, ...]) -> str:
    place = "[FUNC:StandIn][FILE:stand_in.cc][LINE:1]"
    first, *others = [f"{item}{place}" for item in items]
    stamped = generation() != "A"
    second = f"{code}{STAMP} ({code}):  {first}" if stamped else f"{code}  {first}"
    lines = [f"{code}: Inner Error!", second]
    if others:
        lines.append("        TraceBack (most recent call last):")
        lines += [f"        {item}" for item in others]
    return "\n".join(lines)


def op_and_type(name: str, op: str) -> str:
    return f"op [{name}], optype [{op}]"


# ---- command line


def parse(words: list[str]) -> dict[str, str]:
    known = set(CLOSED_SETS) | FREE
    flags: dict[str, str] = {}
    pending = list(words)
    while pending:
        word = pending.pop(0)
        if not word.startswith("-"):
            raise usage(f"ERROR: unexpected word '{word}'")
        text, equals, value = word.lstrip("-").partition("=")
        name = "help" if text == "h" else text.replace("-", "_")
        if name not in known:
            near = [flag for flag in known if flag.startswith(name)]
            if len(near) != 1:
                raise usage(f"ERROR: unknown command line flag '{text}'")
            name = near[0]
        if name != "help" and not equals:
            if not pending:
                raise usage(f"ERROR: flag '{text}' is missing its argument")
            value = pending.pop(0)
        flags[name] = value
    check_values(flags)
    return flags


def usage(text: str) -> Exception:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
    say(FAILURE)
    say("E19999: Inner Error!\n        Unknown error occurred. Please check the log.\n")
    sys.exit(FAILED_STATUS)


def check_values(flags: dict[str, str]) -> None:
    for name, value in flags.items():
        if name in INTEGERS and not value.isdigit():
            raise RefusedError("E10003", value, name, "not an integer", dots=False)
        code, allowed = CLOSED_SETS.get(name, ("", {value}))
        if value not in allowed:
            names = sorted(allowed)
            values = {
                "E10007": (name, names),
                "E10010": (value,),
            }.get(code, (value, f"--{name}", f"not in {'/'.join(names)}"))
            raise RefusedError(code, *values, dots=False)


def check_flags(flags: dict[str, str]) -> None:
    mode = flags.get("mode", "0")
    if "framework" not in flags and mode in ("0", "3"):
        raise RefusedError("E10007", "framework", "0 3 5")
    if flags.get("input_format", "NHWC") not in FORMATS:
        raise RefusedError("E10001", flags["input_format"], "--input_format", "not supported")
    for name in ("soc_version", "output", "model"):
        if not flags.get(name) and not (name == "output" and mode == "3"):
            raise RefusedError("E10054", f"--{name}")
    check_model_path(flags["model"])
    if mode == "0":
        check_output_path(flags["output"])
    if "precision_mode" in flags and "precision_mode_v2" in flags:
        raise RefusedError("E10056", "--precision_mode", "--precision_mode_v2")
    if sum(name in flags for name in DYNAMIC) > 1:
        raise RefusedError("E10009")


def check_model_path(path: str) -> None:
    if not Path(path).is_file():
        raise RefusedError("E10001", path, "--model", "No such file or directory")
    if BAD_PATH.search(os.path.realpath(path)):
        raise RefusedError("E10001", path, "--model", "characters")


def check_output_path(path: str) -> None:
    if BAD_PATH.search(path):
        raise RefusedError("E10001", path, "--output", "characters")
    if path.endswith("/"):
        raise RefusedError("E10022", path, "--output")


def shapes(flags: dict[str, str]) -> tuple[dict[str, list[int]], bool]:
    """Static sizes by node, and whether any is dynamic."""
    found: dict[str, list[int]] = {}
    text = flags.get("input_shape", "")
    dynamic = "input_shape_range" in flags
    for part in filter(None, text.split(";")):
        name, colon, sizes = part.rpartition(":")
        if not colon or "." in sizes:
            raise RefusedError("E10002", part, "format", "name:1,2")
        dims = []
        for size in filter(None, sizes.split(",")):
            if size == "-1" or "~" in size:
                dynamic = True
                dims.append(-1)
                continue
            if not size.lstrip("-").isdigit():
                raise RefusedError("E10002", part, "digits", "name:1,2")
            if int(size) > INT32_MAX:
                raise RefusedError("E10013", size, "input_shape")
            if int(size) <= 0:
                raise RefusedError("E10011", part, "not positive")
            dims.append(int(size))
        found[name] = dims
    if flags.get("dynamic_batch_size") and not any(d[:1] == [-1] for d in found.values()):
        raise RefusedError("E10031")
    return found, dynamic


# ---- the work


def work(flags: dict[str, str]) -> list[str]:
    mode = flags.get("mode", "0")
    if mode == "1":
        return to_json(flags)
    if mode == "6":
        say("===== Display Model Info start =====\n===== Display Model Info end =====")
        return []
    check_flags(flags)
    sizes, dynamic = shapes(flags)
    check_install(flags["soc_version"])
    graph = load(flags["model"])
    compile_slowly()
    nodes = trimmed(graph, sizes, flags, dynamic)
    check_parser(graph, nodes, flags)
    check_inputs(graph, nodes, sizes, flags, dynamic)
    if mode == "3":
        write_report(flags, [])
        return []
    check_kernels(graph, nodes)
    write_model(flags["output"], dynamic)
    return [aicpu_warning(name) for name in nodes if graph.ops[name] in listed("AICPU")]


def check_install(soc: str) -> None:
    opp = os.environ.get("ASCEND_OPP_PATH")
    if opp and not Path(opp).is_dir():
        raise RefusedError("E20002", opp, "ASCEND_OPP_PATH", "kernel information")
    allowed = set((os.environ.get("STAND_IN_SOCS") or SOCS).split(","))
    if soc not in allowed:
        trace = ("GEInitialize failed.[FUNC:Init][FILE:main.cc][LINE:1]",)
        raise RefusedError("E20101", soc, "--soc_version", "no such chip", trace=trace)


def load(path: str) -> Graph:
    data = Path(path).read_bytes()
    trace = ("model parse failed.[FUNC:Parse][FILE:parser.cc][LINE:1]",)
    if not data:
        raise RefusedError("E19015", path, 0, INT32_MAX, trace=trace)
    try:
        return read_graph(data)
    except ValueError:
        raise RefusedError("E19005", path, trace=trace) from None


def compile_slowly() -> None:
    pid_file = os.environ.get("STAND_IN_CHILD")
    if pid_file:
        child = subprocess.Popen(["sleep", "600"])
        Path(pid_file).write_text(str(child.pid), encoding="ascii")
    end = time.monotonic() + float(os.environ.get("STAND_IN_SECONDS") or 0)
    while time.monotonic() < end:
        print(".", end="", flush=True)
        time.sleep(0.05)
    number = os.environ.get("STAND_IN_DIES")
    if number:
        os.kill(os.getpid(), signal.Signals(int(number)))


def trimmed(
    graph: Graph, sizes: dict[str, list[int]], flags: dict[str, str], dynamic: bool
) -> list[str]:
    """Names that are parsed: what the named outputs need, up to the named inputs."""
    for name in sizes:
        if name not in graph.ops:
            raise RefusedError("E10016", name, "--input_shape")
    outputs = [output_node(graph, part) for part in flags.get("out_nodes", "").split(";") if part]
    stops = set() if dynamic else set(sizes)
    if not outputs:
        hidden = graph.ancestors(stops) - stops
        return [name for name in graph.ops if name not in hidden]
    kept = graph.ancestors(outputs, stops) | set(sizes)
    return [name for name in graph.ops if name in kept]


def output_node(graph: Graph, part: str) -> str:
    name, colon, index = part.partition(":")
    if not colon or not index.isdigit():
        raise RefusedError("E10001", part, "--out_nodes", "index")
    if name not in graph.ops:
        raise RefusedError("E10016", name, "--out_nodes")
    if int(index) > 8:
        raise RefusedError("E10003", index, "--out_nodes", "output count")
    return name


def check_parser(graph: Graph, nodes: list[str], flags: dict[str, str]) -> None:
    trace = ("model parse failed.[FUNC:Parse][FILE:parser.cc][LINE:1]",)
    unknown, mute = listed("UNKNOWN_OPS"), listed("NO_CALLBACK")
    for name in nodes:
        op = graph.ops[name]
        if op in unknown:
            write_report(flags, [(n, graph.ops[n]) for n in nodes if graph.ops[n] in unknown])
            raise RefusedError("E10501", name, op, trace=trace)
        if op in mute:
            write_report(flags, [(name, op)])
            raise RefusedError("E19010", name, op, trace=trace)
        count = sum(not text.startswith("^") for text in graph.inputs[name])
        if op in TWO_INPUTS and count != 2 and name not in flags.get("input_shape", ""):
            raise RefusedError("E19014", count, name, "number of inputs", trace=trace)
    check_functions(graph, nodes, flags)
    cycle = graph.cycle(set(nodes))
    if cycle:
        raise InnerError("E19999", f"graph has a closed loop at {cycle}", "sort failed")


def check_functions(graph: Graph, nodes: list[str], flags: dict[str, str]) -> None:
    wanted = sorted({f for name in nodes for f in graph.calls[name]})
    if not wanted:
        return
    library = Path(flags["model"]).parent / "graph_def_library.pbtxt"
    if not graph.functions:
        raise RefusedError("E12013", wanted[0])
    if not library.is_file():
        raise RefusedError("E12029")
    text = library.read_text(encoding="utf-8", errors="replace")
    for function in wanted:
        if f'"{function}"' not in text:
            raise RefusedError("E12013", function)


def check_inputs(
    graph: Graph,
    nodes: list[str],
    sizes: dict[str, list[int]],
    flags: dict[str, str],
    dynamic: bool,
) -> None:
    kept = set(nodes)
    for name in sizes:
        if dynamic and graph.ops[name] not in ("Placeholder", "PlaceholderV2"):
            raise RefusedError("E10017", name, "--input_shape")
    for name in nodes:
        unknown = graph.unknown_size(name)
        if name in kept and unknown and name not in sizes and "input_shape_range" not in flags:
            raise RefusedError("E10001", "NULL", "--input_shape", f"{name} has an unknown size")


def check_kernels(graph: Graph, nodes: list[str]) -> None:
    shapeless, nowhere = listed("SHAPE_FAILS"), listed("NO_KERNEL")
    refused, unbuilt = listed("REFUSED"), listed("BUILD_FAILS")
    lost = []
    for name in nodes:
        op = graph.ops[name]
        if op in shapeless:
            raise InnerError("EZ9999", f"shape inference failed for {name}({op})", "prepare failed")
        if op in refused:
            trace = (
                f"stand-in message about [{op}] [aicpu_ascend_kernel] [dtype]",
                f"stand-in message about {op_and_type(name, op)}",
            )
            raise RefusedError("EZ3002", op, "AIcoreEngine", "dtype", trace=trace)
        if op in unbuilt:
            Path("kernel_meta").mkdir(exist_ok=True)
            raise RefusedError("E40021", name, "opp", op, trace=("build failed",))
        if op in nowhere:
            lost.append((name, op))
    if lost:
        trace = tuple(f"stand-in message about {op_and_type(*item)}" for item in lost[1:])
        raise RefusedError("EZ3003", *lost[0], trace=trace)


def write_model(output: str, dynamic: bool) -> None:
    if os.environ.get("STAND_IN_SILENT") == "2":
        return
    suffix = "_linux_x86_64" if dynamic else ""
    path = Path(f"{output}{suffix}.om")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"IMOD" + b"\0" * 60)


def write_report(flags: dict[str, str], bad: list[tuple[str, str]]) -> None:
    folder = os.environ.get("ASCEND_WORK_PATH", ".")
    path = Path(flags.get("check_report") or Path(folder, "check_result.json"))
    cause = [{"code": 1, "message": "stand-in says no"}]
    report = {
        "fail": len(bad),
        "name": "",
        "op": [{"cause": cause, "name": n, "result": "failed", "type": op} for n, op in bad],
        "pass": 0,
        "result": "failed" if bad else "success",
        "total": len(bad),
    }
    path.write_text(json.dumps(report, indent=2, sort_keys=True), encoding="utf-8")


def to_json(flags: dict[str, str]) -> list[str]:
    for name in ("om", "json"):
        if not flags.get(name):
            raise RefusedError("E10004", name)
    graph = load(flags["om"])
    nodes = [{"name": name, "op": op} for name, op in graph.ops.items()]
    Path(flags["json"]).write_text(json.dumps({"node": nodes}, indent=2), encoding="utf-8")
    return []


def aicpu_warning(name: str) -> str:
    if generation() == "C":
        return f"{STAMP} Stand_In(W11001): stand-in message about [{name}]"
    stamp = f"{STAMP} " if generation() == "B" else ""
    return f"W11001: {stamp}stand-in message about [{name}]"


if __name__ == "__main__":
    sys.exit(main())

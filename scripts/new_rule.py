"""Start a rule: write its file and register it.

Usage: python scripts/new_rule.py CODE name
       python scripts/new_rule.py SHP004 open-batch
       python scripts/new_rule.py RWS070 softmax-of-scalar

CODE decides the family: RWD and RWS are rewrites that delete or substitute, all others lint rules.
Then fill the class, give a lint rule its Chinese texts in linter/report/messages/zh, and run
scripts/gen_catalog.py and scripts/gen_rule_docs.py.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FOLDERS = {"RWD": "rewrite/delete", "RWS": "rewrite/substitute"}
_LINT_FAMILIES = ("GRF", "OPS", "DTY", "SHP", "ATR", "CTL", "IOX", "PRF")

_LINT = '''"""TODO: what is wrong, in a few words."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules.examples import Clean, Flagged
from linter.results.finding import Finding, Severity
from linter.graph import Node
from linter.rules import LintContext, LintRule

__all__ = ["{cls}"]


class {cls}(LintRule):
    """Flag TODO.

    Why: TODO
    Remedy: TODO
    Source: TODO title and version, or repository path and commit
    """

    id, name, severity = "{code}", "{name}", Severity.WARNING
    messages = {{"seen": "TODO: {{op!r}} on {{target}}"}}
    visits = ("TODO",)
    examples = (
        Clean("x = Placeholder : float32[2]\\ny = Relu(x)"),
        Flagged("x = Placeholder : float32[2]\\ny = TODO(x)", at=("y",)),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag TODO."""
        yield self.finding(node, "seen", op=node.op)
'''

_REWRITE = '''"""TODO: the pattern, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.rules.examples import Rewritten, Untouched
from linter.results.finding import Safety
from linter.rules.match import op, var
from linter.rules import RewriteRule

if TYPE_CHECKING:
    from linter.rules.edit import GraphEditor
    from linter.graph import Value
    from linter.rules.match import Match, Refusal

__all__ = ["{cls}"]

BEFORE = """
x = Placeholder : float32[2]
y = TODO(x)
"""

AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""


class {cls}(RewriteRule):
    """Replace ``TODO(x)`` by ``Relu(x)``.

    Exact: TODO why the numbers are the same
    Shapes: T[...] in and out.
    Source: TODO title and version, or repository path and commit
    """

    id, name, safety = "{code}", "{name}", Safety.EXACT
    pattern = op("TODO", var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("TODO",)),
        Untouched(BEFORE, label="the target takes it"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """TODO what must hold."""
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """TODO what comes in its place."""
        return edit.add("Relu", [m["x"]])
'''


def main() -> int:
    """Write the file and the registration."""
    parser = argparse.ArgumentParser(description="start a rule")
    parser.add_argument("code", help="such as SHP004 or RWS070")
    parser.add_argument("name", help="in kebab case, such as open-batch")
    options = parser.parse_args()
    code, name = options.code.upper(), options.name
    family = code[:3]
    known = family in _FOLDERS or family in _LINT_FAMILIES
    if not re.fullmatch(r"[A-Z]{3}\d{3}", code) or not known:
        parser.error(f"{code} is of no known family")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name):
        parser.error(f"{name} is not in kebab case")
    path = _path(family, name)
    if path.exists() or _is_taken(code, name):
        parser.error(f"{code} or {name} is taken")
    cls = "".join(word.capitalize() for word in name.split("-"))
    template = _REWRITE if family in _FOLDERS else _LINT
    path.parent.mkdir(parents=True, exist_ok=True)
    if not (path.parent / "__init__.py").exists():
        text = f'"""{family} rules."""\n'
        (path.parent / "__init__.py").write_text(text, encoding="utf-8")
    path.write_text(template.format(cls=cls, code=code, name=name), encoding="utf-8")
    _register(path, cls, code)
    print(
        f"{path.relative_to(ROOT)}: fill the class, then run scripts/gen_catalog.py and "
        "scripts/gen_rule_docs.py"
    )
    return 0


def _path(family: str, name: str) -> Path:
    folder = _FOLDERS.get(family, f"lint/{family.lower()}")
    return ROOT / "rules" / folder / f"{name.replace('-', '_')}.py"


def _is_taken(code: str, name: str) -> bool:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "rules").rglob("*.py"))
    return any(f'"{code}"' in text or f'"{name}"' in text for text in texts)


def _register(path: Path, cls: str, code: str) -> None:
    """Add the import and the entry at their sorted places."""
    registry = ROOT / "rules" / _registry_of(code)
    lines = registry.read_text(encoding="utf-8").splitlines()
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    imports = [line for line in lines if line.startswith("from rules.")]
    first = lines.index(imports[0])
    lines[first : first + len(imports)] = sorted([*imports, f"from {module} import {cls}"])
    start = next(i for i, line in enumerate(lines) if "RULES: tuple" in line) + 1
    end = lines.index(")", start)
    ids = {
        entry: _code_of(lines, entry) for line in lines[start:end] if (entry := line.strip(" ,"))
    }
    ids[cls] = code
    lines[start:end] = [f"    {entry}," for entry in sorted(ids, key=lambda entry: ids[entry])]
    registry.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _registry_of(code: str) -> str:
    """The file that lists the rules of this family and range of numbers."""
    if not code.startswith(tuple(_FOLDERS)):
        return "registry.py"
    later = (("RWS170", "structural_registry.py"), ("RWS120", "arithmetic_registry.py"))
    return next((name for first, name in later if code >= first), "rewrite_registry.py")


def _code_of(lines: list[str], cls: str) -> str:
    """The id that a registered class declares, read from its file."""
    entry = next(line for line in lines if line.endswith(f" import {cls}"))
    path = ROOT / Path(*entry.split()[1].split(".")).with_suffix(".py")
    found = re.search(r'^    id, .*? = "(\w{6})"', path.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit(f"{path}: no id")
    return found[1]


if __name__ == "__main__":
    sys.exit(main())

"""Start a rule: write its files and give it its place, with marks for all that is to be filled in.

Usage: python scripts/new_rule.py SHP900 open-batch
       python scripts/new_rule.py RWS900 softmax-of-scalar [--text] [--after log-softmax]

The code decides the family: RWD and RWS are rewrites that delete or substitute, all others lint
rules. A rewrite has a method ``build``, or with ``--text`` a text that says what comes in place.
``--after`` is the rule that the new one runs after; without it the new one comes last.
CONTRIBUTING.md goes through the steps.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from scaffold.texts import CHINESE, LINT, METHOD, NEEDED, REWRITE, TEXT  # noqa: E402

from rules.registry import LINT_RULES, PHASES  # noqa: E402
from rules.rule_set import BUILT_IN  # noqa: E402

_FOLDERS = {"RWD": "delete", "RWS": "substitute"}
_REGISTRY = ROOT / "rules" / "registry.py"


@dataclass(frozen=True, slots=True)
class New:
    """The rule that is asked for."""

    code: str
    name: str
    after: str
    is_text: bool

    @property
    def family(self) -> str:
        """The first letters of the code."""
        return self.code[:3]

    @property
    def is_rewrite(self) -> bool:
        """Whether it changes the graph."""
        return self.family in _FOLDERS

    @property
    def path(self) -> Path:
        """Where the rule goes."""
        folder = _FOLDERS.get(self.family, self.family.lower())
        kind = "rewrite" if self.is_rewrite else "lint"
        return ROOT / "rules" / kind / folder / f"{self.name.replace('-', '_')}.py"

    @property
    def text(self) -> str:
        """The file."""
        cls = "".join(word.capitalize() for word in self.name.split("-"))
        given = {"cls": cls, "code": self.code, "name": self.name}
        if not self.is_rewrite:
            return LINT.format(**given)
        drops = self.family == "RWD"
        builds = not (self.is_text or drops)
        names = ["Match", "Refusal", "RewriteRule", "Rewritten", "Safety", "Untouched", "op", "var"]
        if builds:
            names = sorted((*names, "GraphEditor", "Value"), key=lambda n: (n.islower(), n))
        listed = ", ".join(names)
        if builds:
            listed = "(\n" + "".join(f"    {name},\n" for name in names) + ")"
        replacement = '    replacement = "-> $x"  # FILL IN: what its readers read instead\n'
        return REWRITE.format(
            **given,
            imports=listed,
            after="z = Relu(x)" if drops else "y = Abs(x)\nz = Relu(y)",
            early="    early = True\n" if drops else "",
            replacement=replacement if drops else TEXT if self.is_text else "",
        ) + (METHOD if builds else "")


def main() -> int:
    """Write the files, and print what there is to do."""
    new = _asked()
    place = _register(new)
    new.path.write_text(new.text, encoding="utf-8")
    print(f"{new.code} {new.name}")
    _tell(new.path, "the rule")
    _tell(_REGISTRY, f"line {place}: its place in the order; move it to where it belongs")
    if new.is_rewrite:
        needed = ROOT / "tests" / "rules" / "needed" / f"{new.code}.graph"
        needed.write_text(NEEDED, encoding="utf-8")
        _tell(needed, "a graph that shows that it is needed")
    else:
        _tell(_translate(new), "its messages in Chinese")
    print("What is marked with FILL IN is to be filled in; then these are written by")
    _tell(ROOT / "rules" / "CATALOG.md", "python scripts/gen_catalog.py")
    _tell(ROOT / "docs" / "rules" / f"{new.code}.md", "python scripts/gen_rule_docs.py")
    _tell(ROOT / "docs" / "rules" / "index.md", "python scripts/gen_rule_docs.py")
    folder = "tests/rules tests/equivalence/test_rewrites_equal.py"
    if not new.is_rewrite:
        folder = "tests/linter/report/messages"
    print("and the tests, which run its examples, are")
    print(f"  scripts/test tests/test_filled_in.py tests/test_registry.py {folder}")
    print(f"  scripts/test tests/test_examples.py -k {new.code}")
    return 0


def _asked() -> New:
    parser = argparse.ArgumentParser(description="start a rule")
    parser.add_argument("code", help="such as SHP900 or RWS900")
    parser.add_argument("name", help="in kebab case, such as open-batch")
    parser.add_argument("--text", action="store_true", help="say the replacement in text")
    parser.add_argument("--after", metavar="NAME", help="the rule that it runs after")
    given = parser.parse_args()
    code, name = given.code.upper(), given.name
    if not re.fullmatch(r"[A-Z]{3}\d{3}", code) or code[:3].lower() not in {
        *LINT_RULES,
        "rwd",
        "rws",
    }:
        parser.error(f"{code} is of no known family")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name):
        parser.error(f"{name} is not in kebab case, of two words or more")
    if BUILT_IN.find(code) is not None or BUILT_IN.find(name) is not None:
        parser.error(f"{code} or {name} is taken")
    if given.text and code[:3] != "RWS":
        parser.error("--text is for rewrites that substitute")
    beside = _beside(code[:3])
    after = given.after or beside[-1]
    if after not in beside:
        parser.error(f"--after {after}: no rule of its kind is called so")
    return New(code, name, after, given.text)


def _beside(family: str) -> tuple[str, ...]:
    """The rules that one of this family may stand beside, in their order."""
    if family not in _FOLDERS:
        return LINT_RULES[family.lower()]
    phases = (phase for phase in PHASES if phase.folder == _FOLDERS[family])
    return tuple(name for phase in phases for name in phase.rules)


def _register(new: New) -> int:
    """Add the rule to the order; the number of its line."""
    lines = _REGISTRY.read_text(encoding="utf-8").splitlines()
    place = next(i for i, line in enumerate(lines) if line.strip().startswith(f'"{new.after}",'))
    indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    lines.insert(place + 1, f'{indent}"{new.name}",')
    _REGISTRY.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place + 2


def _translate(new: New) -> Path:
    """Add the messages in Chinese behind those of the rules with smaller codes."""
    path = ROOT / "linter" / "report" / "messages" / "zh" / f"{new.family.lower()}.py"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    heads = [i for i, line in enumerate(lines) if re.match(r'    "[A-Z]{3}\d{3}": \{', line)]
    later = (i for i in heads if lines[i].split('"')[1] > new.code)
    lines.insert(next(later, len(lines) - 1), CHINESE.format(code=new.code))
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _tell(path: Path, what: str) -> None:
    print(f"  {path.relative_to(ROOT).as_posix():<48} {what}")


if __name__ == "__main__":
    sys.exit(main())

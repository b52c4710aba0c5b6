"""A page about a report or a view: one file with its script, its styles and its data.

Nothing is fetched and nothing in the data is run: the content security policy of the page lets
only the committed script run, by its digest, and no request leave.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib.resources import files

from linter.report.formats.context import Context
from linter.report.page_data import page_value
from linter.report.style import clean
from linter.results.report import Report
from linter.results.view import View

__all__ = ["page", "render"]


def render(report: Report, _context: Context) -> str:
    """The page of a report of ``check``; with the graphs where the report has the nodes."""
    return page(View(report))


def page(view: View) -> str:
    """The page of a view."""
    script, styles, licences = (_part(name) for name in ("viewer.js", "viewer.css", "licences.txt"))
    models = [clean(model.path) for model in view.report.results]
    data = json.dumps(page_value(view), separators=(",", ":"))
    return _PAGE.format(
        title=html.escape(", ".join(models) or "no model"),
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        licences=licences.replace("--", "- -"),
        styles=styles,
        summary=_summary(view.report),
        data=_inert(data),
        script=script,
    )


def _inert(data: str) -> str:
    """JSON in which no character can end the element or begin a comment."""
    for mark in "<>&":
        data = data.replace(mark, f"\\u{ord(mark):04x}")
    return data


def _summary(report: Report) -> str:
    """What is read without a script: the verdicts."""
    lines = (
        f"{clean(model.path)} on {target.target}: {target.verdict.value}"
        for model in report.results
        for target in model.targets
    )
    return "".join(f"<li>{html.escape(line)}</li>" for line in lines)


def _part(name: str) -> str:
    return files("linter.report").joinpath("viewer", "built", name).read_text(encoding="utf-8")


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; \
base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}: omlint</title>
<!--
{licences}
-->
<style>{styles}</style></head>
<body><noscript><p>Without its script the page shows the verdicts only.</p><ul>{summary}</ul>\
</noscript>
<div id="page"></div>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body></html>
"""

"""The page in a real browser: what is clicked, typed and printed, and what must never happen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium import Chromium, chromium, find_chromium
from page_samples import AFTER, BEFORE, HOSTILE, MARKUP, SCRIPT, chain, view_of

from linter.report.formats.html import page

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="no chromium on the PATH")

SELECTED = "omlint.panes[0].body.names[omlint.panes[0].selected]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    program = find_chromium()
    assert program is not None
    with chromium(program) as running:
        yield running


@pytest.fixture
def shown(browser: Chromium, tmp_path: Path) -> Iterator[Callable[..., Chromium]]:
    """Show a graph; afterwards nothing may have gone wrong and nothing left the page."""

    def show(text: str = BEFORE, after: str | None = None, **options: object) -> Chromium:
        path = tmp_path / "page.html"
        path.write_text(page(view_of(tmp_path, text, after)), encoding="utf-8")
        browser.open(path, **options)
        return browser

    yield show
    assert browser.faults == []
    assert [url for url in browser.requests if not url.startswith(("file:", "about:"))] == []
    assert len({url for url in browser.requests if url.startswith("file:")}) == 1


def texts(browser: Chromium, selector: str) -> list[str]:
    found = f"[...document.querySelectorAll({selector!r})].map((item) => item.textContent)"
    return json.loads(browser.run(f"JSON.stringify({found})"))


def drawn(browser: Chromium, pane: int = 0) -> set[str]:
    """Ids of what is on the canvas."""
    found = f"omlint.panes[{pane}].cy.nodes().map((node) => node.id())"
    return set(json.loads(browser.run(f"JSON.stringify({found})")))


def rank(browser: Chromium, name: str, pane: int = 0) -> str:
    return f"n:{browser.run(f'omlint.panes[{pane}].body.index.get({name!r})')}"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 800])
def test_the_verdict_is_at_the_top_and_nothing_is_wider_than_the_window(shown, width, dark):
    browser = shown(width=width, dark=dark)
    assert texts(browser, ".card .verdict") == ["✕ blocked"]
    assert browser.run("document.querySelector('.card').getBoundingClientRect().bottom") < 300
    assert browser.run("document.documentElement.scrollWidth") <= width
    shade = json.loads(
        browser.run("JSON.stringify(getComputedStyle(document.documentElement).backgroundColor)")
    )
    assert (shade == "rgb(255, 255, 255)") is not dark


def test_scopes_are_closed_at_first_and_open_by_click(shown):
    browser = shown(chain(60))
    assert "s:stage_1" in drawn(browser)
    assert "s:stage_1/block_2" not in drawn(browser)
    place = browser.run(
        "JSON.stringify([omlint.panes[0].cy.getElementById('s:stage_1').renderedPosition(),"
        " omlint.panes[0].canvas.getBoundingClientRect().toJSON()])"
    )
    at, canvas = json.loads(place)
    browser.tap(at["x"] + canvas["x"], at["y"] + canvas["y"])
    browser.wait("omlint.panes[0].cy.getElementById('s:stage_1/block_2').nonempty()")
    assert {"s:stage_1", "s:stage_1/block_2"} <= drawn(browser)
    assert "Close this scope" in texts(browser, ".details button")


def test_refused_nodes_and_their_scopes_are_coloured(shown):
    browser = shown(chain(60))
    kind = "omlint.panes[0].cy.getElementById('s:stage_1').data('kind')"
    assert browser.run(kind) == "unsupported"
    fill = "omlint.panes[0].cy.getElementById('s:stage_1').style('background-color')"
    assert browser.run(fill) == "rgb(249,207,203)"


def test_a_finding_leads_to_its_node_and_what_is_around_it(shown):
    browser = shown()
    browser.run(
        "[...document.querySelectorAll('.findings .node-link')]"
        ".find((item) => item.textContent === 'body/sum').click()"
    )
    assert browser.run(SELECTED) == "body/sum"
    around = {rank(browser, name) for name in ("body/checked", "body/half", "body/inner/relu")}
    assert {rank(browser, "body/sum"), *around} <= drawn(browser)
    details = "\n".join(texts(browser, ".details"))
    for wanted in ("AddV2", "unsupported", "OPS001", "RWS010", "float32[2,3]", "evidence", "T"):
        assert wanted in details
    assert "#node=body" in browser.run("location.hash")


def test_a_node_is_shown_in_its_scopes(shown):
    browser = shown(chain(60))
    browser.run("omlint.leadTo({node: 'stage_1/block_2/sum', function: null})")
    browser.run("[...document.querySelectorAll('.node-head button')][1].click()")
    assert {"s:stage_1", "s:stage_1/block_2", rank(browser, "stage_1/block_2/sum")} <= drawn(
        browser
    )
    assert "s:stage_0/block_0" not in drawn(browser)


def test_search_finds_by_name_and_by_op_and_leads_to_the_node(shown):
    browser = shown()
    browser.press("/")
    browser.type("addv2")
    assert texts(browser, "#found li") == ["AddV2 body/sum", "1 found"]
    browser.press("Enter")
    assert browser.run(SELECTED) == "body/sum"
    browser.press("/")
    browser.type("inner rel")
    assert texts(browser, "#found li")[0] == "Relu body/inner/relu"
    browser.press("Escape")
    assert browser.run("document.getElementById('found').hidden")


def test_the_keyboard_walks_along_the_edges(shown):
    browser = shown()
    browser.run("omlint.leadTo({node: 'body/inner/relu', function: null})")
    browser.press("ArrowDown")
    assert browser.run(SELECTED) == "head/neg"
    browser.press("ArrowUp")
    browser.press("ArrowUp")
    assert browser.run(SELECTED) == "body/sum"
    browser.press("Escape")
    assert browser.run("omlint.panes[0].around") is None


def test_findings_are_filtered(shown):
    browser = shown()
    listed = "document.querySelectorAll('article.finding').length"
    assert browser.run(listed) == 2
    browser.run(
        "(() => { const box = document.querySelector('.filters select[name=op]');"
        " box.value = 'AddV2'; box.dispatchEvent(new Event('change')); })()"
    )
    assert texts(browser, "article.finding strong") == ["AddV2"]
    assert texts(browser, ".findings .tally") == ["1 finding of 2"]
    browser.click(".chip.error")
    assert browser.run(listed) == 0


def test_both_graphs_with_what_went_and_came(shown):
    browser = shown(BEFORE, AFTER)
    kinds = (
        "omlint.panes.map((pane, at) => pane.kind(pane.body.index.get("
        "['body/checked', 'head/more'][at])))"
    )
    assert json.loads(browser.run(f"JSON.stringify({kinds})")) == ["removed", "added"]
    assert texts(browser, ".card .verdict")[0].startswith("✕ blocked → ")
    browser.run(
        "[...document.querySelectorAll('.changes .node-link')]"
        ".find((item) => item.textContent === 'body/sum').click()"
    )
    for pane in (0, 1):
        assert rank(browser, "body/sum", pane) in drawn(browser, pane)
    assert "AddV2" in "".join(texts(browser, ".details del"))


def test_a_hostile_name_is_text(shown):
    browser = shown(HOSTILE)
    title = browser.run("document.title")
    browser.run("omlint.leadTo({node: omlint.panes[0].body.names[1], function: null})")
    browser.press("/")
    browser.type("a")
    browser.run("new Promise((done) => setTimeout(done, 100))")
    assert browser.run("document.title") == title
    assert browser.run("document.querySelectorAll('img').length") == 0
    assert browser.run("document.scripts.length") == 2
    assert any(SCRIPT in text for text in texts(browser, "#found li"))
    assert any(MARKUP in text for text in texts(browser, ".details h3"))


def test_print_has_every_finding_and_no_canvas(shown):
    browser = shown(chain(60))
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert browser.run("getComputedStyle(document.getElementById('graph')).display") == "none"
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.run("document.querySelectorAll('article.finding .node-link').length") == 60
    assert browser.pdf().startswith(b"%PDF")
    browser.call("Emulation.setEmulatedMedia", media="")


def test_the_theme_is_turned_by_a_button(shown):
    browser = shown()
    browser.click("#theme")
    assert browser.run("document.documentElement.dataset.theme") == "dark"
    assert browser.run("getComputedStyle(document.documentElement).colorScheme") == "dark"


@pytest.mark.parametrize("flat", [False, True], ids=["scopes", "flat"])
def test_five_thousand_nodes_are_few_boxes(shown, flat):
    text = chain(1250)
    browser = shown(text.replace("/", "_") if flat else text)
    assert 1 < len(drawn(browser)) <= 120
    browser.run("omlint.leadTo({node: omlint.panes[0].body.names[4000], function: null})")
    assert 1 < len(drawn(browser)) <= 60
    browser.press("/")
    browser.type("relu")
    assert texts(browser, "#found li")[-1] == "1,250 found, 40 shown"

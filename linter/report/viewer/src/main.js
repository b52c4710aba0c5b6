// The page: verdicts, findings, the graph or two of them, ops, releases and chips.
import { Changes, changesOf } from "./changes.js";
import { Details } from "./details.js";
import { count, fill, h, percent, shown } from "./dom.js";
import { Findings } from "./findings.js";
import { GraphPane } from "./graph.js";
import { Model } from "./model.js";
import { SearchBox } from "./search.js";
import { heatMap, opTable, placementBar } from "./tables.js";

const data = JSON.parse(document.getElementById("data").textContent);

class Page {
  constructor() {
    this.models = data.models.map((model, rank) => new Model(model, rank));
    this.compares = data.diff !== null;
    this.changes = changesOf(data);
    this.target = 0;
    this.modelRank = this.compares ? 1 : 0;
    this.options = {
      target: 0,
      colorBy: this.compares ? "changes" : "answer",
      constants: false,
      change: (body, node) => this.changes.of(body, node),
    };
    this.sources = data.sources;
    this.rules = data.rules;
    this.panes = [];
  }

  get model() {
    return this.models[this.modelRank];
  }

  get judged() {
    return this.model.targets[this.target];
  }

  changedFields(body, node) {
    return this.changes.fields(body, node);
  }

  rewritesOf(name) {
    return this.changes.rewritesOf(name);
  }

  start() {
    const page = document.getElementById("page");
    this.search = new SearchBox(() => this.searched(), (body, node) => this.lead(body, node));
    this.search.target = () => this.target;
    this.verdicts = h("section", { class: "verdicts", "aria-label": "verdicts" });
    this.overview = h("section", { class: "overview" });
    const findings = h("section", { class: "panel findings", id: "findings" });
    this.graphPlace = h("section", { class: "panel graph no-print", id: "graph", "aria-label": "graph" });
    this.detailsPlace = h("aside", { class: "details", "aria-live": "polite", "aria-label": "node" });
    this.opsPlace = h("section", { class: "panel", id: "ops" });
    append(page, this.header(), faults(), h("main", {},
      this.verdicts, this.overview,
      h("div", { class: this.compares ? "work compare" : "work" },
        this.compares ? [this.graphPlace, h("div", { class: "below" }, this.changesPanel(), findings)] : [findings, this.graphPlace]),
      this.opsPlace, this.matrixPanel(), this.sourcesPanel()));
    const list = h("div");
    append(findings, h("h2", {}, "Findings", this.compares ? h("small", {}, " after the rewrites") : null), list);
    this.findings = new Findings(list, this, (item) => this.leadTo(item));
    this.details = new Details(this.detailsPlace, this, {
      reveal: (pane, node, mode) => this.reveal(pane, node, mode),
      follow: (pane, node) => this.follow(pane, node),
      toggle: (pane, scope, opened) => { pane.toggle(scope.id, opened); },
    });
    this.buildGraphs();
    this.refresh();
    this.keys();
    this.themes();
    window.addEventListener("beforeprint", () => this.findings.render({ everything: true }));
    window.addEventListener("afterprint", () => this.findings.render());
    this.fromAddress();
    document.documentElement.dataset.ready = "true";
  }

  header() {
    const model = this.model;
    const others = !this.compares && this.models.length > 1;
    return h("header", { class: "top" },
      h("h1", {}, h("span", { class: "brand" }, "omlint"),
        this.compares
          ? [h("span", { class: "path" }, this.models[0].path), h("span", { class: "dim" }, "\u2192"), h("span", { class: "path" }, this.models[1].path)]
          : others
            ? h("select", { "aria-label": "model", onchange: (event) => this.useModel(Number(event.target.value)) },
                this.models.map((item, rank) => h("option", { value: rank }, `${item.path} \u2013 ${item.targets[0]?.verdict ?? ""}`)))
            : h("span", { class: "path" }, model?.path ?? "no model")),
      model ? this.search.element : null,
      h("button", { type: "button", id: "theme", class: "no-print", title: "light or dark" }, "\u25d0"));
  }

  useModel(rank) {
    this.modelRank = rank;
    this.target = this.options.target = 0;
    this.buildGraphs();
    this.refresh();
  }

  useTarget(rank) {
    this.target = this.options.target = rank;
    for (const pane of this.panes) pane.draw();
    this.refresh();
    this.detailOf(this.shown?.pane, this.shown?.node);
  }

  refresh() {
    const model = this.model;
    if (!model) return;
    const cards = model.targets.map((target, rank) => this.card(target, rank));
    fill(this.verdicts, cards);
    fill(this.overview, this.facts(model), placementBar(this.judged.summary));
    this.findings.filters = {};
    this.findings.show(this.judged.findings);
    fill(this.opsPlace, h("h2", {}, "Ops"), opTable(this.judged, (op) => this.findOp(op)));
  }

  facts(model) {
    const size = model.nbytes > 1 << 20 ? `${(model.nbytes / (1 << 20)).toFixed(1)} MB` : `${(model.nbytes / 1024).toFixed(1)} kB`;
    const inputs = model.inputs.map((input) => `${input.name} ${input.dtype ?? "?"}[${input.shape === null ? "..." : input.shape.map((dim) => (dim < 0 ? "?" : dim)).join(",")}]`);
    const first = (items) => items.slice(0, 4).join(" \u00b7 ") + (items.length > 4 ? ` and ${items.length - 4} more` : "");
    return h("dl", { class: "facts" },
      h("dt", {}, "model"), h("dd", {}, `${model.format} \u00b7 ${count(model.nodes, "node")} \u00b7 ${size} \u00b7 sha256 ${model.sha256.slice(0, 12)}`),
      h("dt", {}, "inputs"), h("dd", {}, first(inputs)),
      h("dt", {}, "outputs"), h("dd", {}, first(model.outputs) + (model.guessed ? " (guessed)" : "")));
  }

  card(target, rank) {
    const { summary } = target;
    const before = this.compares ? this.models[0].targets[rank] : null;
    const errors = target.findings.filter((item) => item.severity === "error").length;
    const parts = [`${percent(summary.supported, summary.reachable)} supported`];
    if (summary.unsupported) parts.push(`${summary.unsupported.toLocaleString("en")} unsupported`);
    if (summary.unknown) parts.push(`${summary.unknown.toLocaleString("en")} unknown`);
    parts.push(count(errors, "error"));
    if (target.known) parts.push(`${target.known} known`);
    const mark = { convertible: "\u2714", uncertain: "?", blocked: "\u2715" };
    const others = this.model.targets.length > 1;
    return h(others ? "button" : "div", {
      class: `card ${target.verdict}`, type: others ? "button" : null,
      "aria-pressed": others ? String(rank === this.target) : null, onclick: others ? () => this.useTarget(rank) : null,
    },
      h("span", { class: "verdict" },
        before && before.verdict !== target.verdict
          ? [h("span", { class: `was ${before.verdict}` }, `${mark[before.verdict]} ${before.verdict}`), " \u2192 "] : null,
        `${mark[target.verdict]} ${before?.verdict === target.verdict ? "still " : ""}${target.verdict}`),
      h("span", { class: "target" }, target.target, target.byDefault ? " (default)" : ""),
      h("span", { class: "counts" }, before ? `${before.summary.unsupported} \u2192 ${summary.unsupported} unsupported \u00b7 ${parts.slice(0, 1)} \u00b7 ${count(errors, "error")}` : parts.join(" \u00b7 ")),
      !before && this.top(target));
  }

  // What stands in the way, by op, where the eye falls first.
  top(target) {
    const bad = target.ops.filter((row) => row[2] === "unsupported").sort((one, other) => other[1] - one[1]);
    if (!bad.length) return null;
    return h("span", { class: "blockers" },
      bad.slice(0, 5).map((row) => h("span", { class: "blocker" }, `${shown(row[0])} \u00d7${row[1].toLocaleString("en")}`)),
      bad.length > 5 ? h("span", { class: "dim" }, `and ${bad.length - 5} more ops`) : null);
  }

  buildGraphs() {
    this.panes = [];
    const models = this.compares ? this.models : [this.model].filter(Boolean);
    if (!models.length || !models[0].bodies.length) {
      fill(this.graphPlace, h("p", { class: "dim" }, "This report has no graph."));
      return;
    }
    const places = models.map((model, rank) => ({ model, canvas: h("div", { class: "canvas", tabindex: 0, role: "application", "aria-label": `graph${this.compares ? (rank ? " after" : " before") : ""}: arrow keys walk, Enter opens, Escape goes back` }) }));
    fill(this.graphPlace, this.toolbar(models),
      h("div", { class: "stage" },
        h("div", { class: "panes" }, places.map(({ canvas }, rank) =>
          h("figure", {}, this.compares ? h("figcaption", {}, rank ? "after" : "before", h("span", { class: "dim" }, ` ${count(models[rank].nodes, "node")}`)) : null, canvas))),
        this.detailsPlace));
    for (const { model, canvas } of places) {
      const pane = new GraphPane(canvas, model.bodies[0], this.options, (what) => this.selected(pane, what));
      canvas.addEventListener("keydown", (event) => this.walk(pane, event));
      this.panes.push(pane);
    }
    this.details?.empty();
  }

  toolbar(models) {
    const functions = models[0].bodies.filter((body) => body.function !== null);
    const colors = this.compares ? ["changes", "answer", "placement"] : ["answer", "placement"];
    this.legend = h("span", { class: "legend" });
    this.drawLegend();
    return h("div", { class: "toolbar" },
      h("h2", {}, "Graph"),
      functions.length
        ? h("select", { "aria-label": "body", onchange: (event) => this.useBody(event.target.value) },
            h("option", { value: "" }, "main graph"), functions.map((body) => h("option", { value: body.function }, body.title)))
        : null,
      h("button", { type: "button", onclick: () => this.panes.forEach((pane) => pane.closeAll()) }, "All scopes"),
      h("button", { type: "button", onclick: () => this.panes.forEach((pane) => pane.fit()) }, "Fit"),
      h("button", { type: "button", title: "zoom out", "aria-label": "zoom out", onclick: () => this.zoom(1 / 1.4) }, "\u2212"),
      h("button", { type: "button", title: "zoom in", "aria-label": "zoom in", onclick: () => this.zoom(1.4) }, "+"),
      h("label", {}, "colour ", h("select", { name: "color", onchange: (event) => { this.options.colorBy = event.target.value; this.drawLegend(); this.redraw(); } },
        colors.map((value) => h("option", { value, selected: value === this.options.colorBy }, value)))),
      h("label", {}, h("input", { type: "checkbox", name: "constants", onchange: (event) => { this.options.constants = event.target.checked; this.redraw(); } }), " constants"),
      this.legend);
  }

  drawLegend() {
    const kinds = {
      answer: ["unsupported", "unknown", "supported", "unneeded"],
      changes: ["removed", "added", "changed", "same"],
      placement: ["at-aicore", "at-aicpu", "at-omg", "at-fused", "at-folded", "at-removed", "at-none"],
    }[this.options.colorBy].filter((kind) => !kind.startsWith("at-") || this.judged?.summary.placements[kind.slice(3)]);
    fill(this.legend, kinds.map((kind) => h("span", { class: "key" }, h("i", { class: `swatch ${kind}` }), kind.replace("at-", ""))));
  }

  redraw() {
    for (const pane of this.panes) pane.draw();
  }

  zoom(factor) {
    for (const { cy } of this.panes) cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  }

  useBody(name) {
    for (const pane of this.panes) {
      const body = pane.body.model.body(name || null);
      if (body) pane.show(body);
    }
  }

  searched() {
    const models = this.compares ? [...this.models].reverse() : [this.model];
    const seen = new Set();
    return models.flatMap((model) => model.bodies).filter((body) => {
      const key = `${body.model.rank}${body.function}`;
      return !seen.has(key) && seen.add(key);
    });
  }

  selected(pane, { node, scope, opened }) {
    if (scope) {
      this.details.scope(pane, scope);
      if (opened !== undefined) this.mirror(pane, (other) => {
        if (other.scopeOf(scope.id) && other.open.has(scope.id) !== opened) {
          if (opened) other.open.add(scope.id);
          else other.open.delete(scope.id);
          other.draw();
        }
      });
      return;
    }
    if (node === null || node === undefined) {
      this.details.empty();
      this.shown = null;
      return;
    }
    this.detailOf(pane, node);
    this.mirror(pane, (other, twin) => other.select(twin ?? null, { quiet: true }), node);
  }

  mirror(pane, act, node) {
    for (const other of this.panes) {
      if (other === pane) continue;
      const twin = node === undefined ? undefined : other.body.index.get(pane.body.names[node]);
      act(other, twin);
    }
  }

  detailOf(pane, node) {
    if (!pane || node === null || node === undefined) return;
    this.shown = { pane, node };
    this.details.node(pane, node);
    const address = new URLSearchParams({ node: pane.body.names[node] });
    if (pane.body.function) address.set("function", pane.body.function);
    history.replaceState(null, "", `#${address}`);
  }

  fromAddress() {
    const address = new URLSearchParams(location.hash.slice(1));
    if (address.has("node")) this.leadTo({ node: address.get("node"), function: address.get("function") });
  }

  paneOf(body) {
    return this.panes.find((pane) => pane.body.model === body.model) ?? null;
  }

  // To a node by its name: in the model that the findings are about, else in the other one.
  leadTo({ node, function: name }) {
    for (const model of [this.model, ...this.models]) {
      const body = model.body(name);
      const rank = body?.index.get(node);
      if (rank !== undefined && this.paneOf(body)) return this.lead(body, rank);
    }
    return undefined;
  }

  lead(body, node) {
    const pane = this.paneOf(body);
    if (!pane) return;
    if (pane.body !== body) pane.show(body);
    this.reveal(pane, node, "around");
    this.graphPlace.scrollIntoView({ block: "nearest", behavior: "instant" });
    pane.canvas.focus({ preventScroll: true });
  }

  reveal(pane, node, mode) {
    pane.reveal(node, mode);
    this.mirror(pane, (other, twin) => {
      if (twin !== undefined) other.reveal(twin, mode);
      else this.nearest(other, pane, node, mode);
    }, node);
    this.detailOf(pane, node);
  }

  // A node that only one graph has: the other shows what stands nearest to its place.
  nearest(other, pane, node, mode) {
    const { body } = pane;
    const seen = new Set([node]);
    for (const at of seen) {
      const twin = body.isConstant(at) ? undefined : other.body.index.get(body.names[at]);
      if (twin !== undefined) {
        other.reveal(twin, mode);
        other.select(null, { quiet: true });
        return;
      }
      for (const near of [...body.consumers[at], ...body.producers(at)]) if (seen.size < 2000) seen.add(near);
    }
  }

  follow(pane, node) {
    const drawn = pane.cy.getElementById(`n:${node}`);
    if (drawn.nonempty()) {
      pane.select(node);
      pane.cy.center(drawn);
    } else this.reveal(pane, node, pane.around === null ? "scopes" : "around");
  }

  findOp(op) {
    this.search.input.value = op;
    this.search.input.focus();
    this.search.update();
  }

  keys() {
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
      if (event.key === "/" && !typing) {
        event.preventDefault();
        this.search.input.focus();
        this.search.input.select();
      }
    });
  }

  walk(pane, event) {
    const { body, selected } = pane;
    const act = {
      Escape: () => (pane.around === null ? pane.select(null) : pane.closeAll()),
      "+": () => this.zoom(1.4), "-": () => this.zoom(1 / 1.4), 0: () => pane.fit(),
      Enter: () => selected !== null && this.reveal(pane, selected, pane.around === selected ? "scopes" : "around"),
      ArrowUp: () => this.step(pane, selected === null ? [] : body.producers(selected)),
      ArrowDown: () => this.step(pane, selected === null ? this.firstDrawn(pane) : body.consumers[selected]),
      ArrowLeft: () => this.beside(pane, -1), ArrowRight: () => this.beside(pane, 1),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  firstDrawn(pane) {
    const inputs = pane.body.data.names.map((_, node) => node).filter((node) => !pane.body.producers(node).length);
    return [inputs.find((node) => !pane.body.isConstant(node)) ?? 0];
  }

  step(pane, nodes) {
    const next = nodes.find((node) => !pane.hidden(node)) ?? nodes[0];
    if (next !== undefined) this.follow(pane, next);
  }

  // To the next one of what the same producer is read by.
  beside(pane, step) {
    const { body, selected } = pane;
    if (selected === null) return;
    const [producer] = body.producers(selected).filter((node) => !body.isConstant(node));
    const row = producer === undefined ? [] : [...new Set(body.consumers[producer])];
    if (row.length > 1) this.follow(pane, row[(row.indexOf(selected) + step + row.length) % row.length]);
  }

  changesPanel() {
    return new Changes(data, this.rules, (name, after) => this.toChanged(name, after)).element;
  }

  toChanged(name, after) {
    const model = this.models[after ? 1 : 0];
    for (const body of model.bodies) {
      const plain = body.function !== null && name.startsWith(`${body.function}/`) ? name.slice(body.function.length + 1) : name;
      const node = body.index.get(plain);
      if (node !== undefined) return this.lead(body, node);
    }
    return undefined;
  }

  matrixPanel() {
    if (!data.matrix) return null;
    const tally = {};
    for (const cell of data.matrix.cells) tally[cell.verdict] = (tally[cell.verdict] ?? 0) + 1;
    return h("section", { class: "panel", id: "matrix" },
      h("h2", {}, "Every release and chip"),
      h("p", {}, Object.entries(tally).map(([verdict, many]) => h("span", { class: "key" }, h("i", { class: `swatch verdict ${verdict}` }), `${many} ${verdict}`)),
        h("span", { class: "dim" }, " a number: nodes that are refused, or with ? not settled")),
      heatMap(data.matrix, this.models[0]?.targets.map((target) => target.target) ?? []));
  }

  sourcesPanel() {
    const entries = Object.entries(data.sources);
    if (!entries.length) return null;
    return h("section", { class: "panel sources" }, h("details", {},
      h("summary", {}, h("h2", {}, `Sources (${entries.length})`)),
      h("dl", {}, entries.map(([id, [title, where]]) => [h("dt", {}, id), h("dd", {}, title, where ? h("span", { class: "dim" }, ` ${where}`) : null)]))),
      h("p", { class: "dim" }, `omlint ${data.version}`));
  }

  themes() {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const repaint = () => this.panes.forEach((pane) => pane.paint());
    dark.addEventListener("change", repaint);
    document.getElementById("theme").addEventListener("click", () => {
      const now = document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
      document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
      repaint();
    });
  }
}

function append(element, ...children) {
  for (const child of children.flat()) if (child) element.append(child);
}

function faults() {
  const lines = data.errors.map((error) => `${error.path}: ${error.message}`);
  const gate = data.gate && (!data.gate.passed || data.gate.lines.length) ? data.gate : null;
  return [
    lines.length ? h("ul", { class: "faults", role: "alert" }, lines.map((line) => h("li", {}, line))) : null,
    gate ? h("ul", { class: "faults" }, h("li", {}, `gate: ${gate.passed ? "passed" : "failed"}`), gate.lines.map((line) => h("li", {}, line))) : null,
  ];
}

const page = new Page();
page.start();
window.omlint = page;

// One graph on one canvas: scopes that open and close, or the neighbourhood of a node.
import cytoscape from "cytoscape";
import { count, short } from "./dom.js";
import { layOut } from "./layout.js";
import { scopeTree, worse } from "./model.js";

const AROUND = 45; // nodes of a neighbourhood
const OPENED = 900; // boxes that are drawn at once; the scopes opened first are closed
const MAIN = 60; // boxes that are there from the start
const font = '"DejaVu Sans", system-ui, sans-serif';
const ruler = document.createElement("canvas").getContext("2d");

export class GraphPane {
  // options: {target, colorBy, constants, changes(body, node)}; onSelect(node or scope).
  constructor(canvas, body, options, onSelect) {
    Object.assign(this, { body, options, onSelect, open: new Set(), around: null, selected: null });
    this.canvas = canvas;
    this.trees = new Map();
    this.cy = cytoscape({
      container: canvas,
      autoungrabify: true,
      boxSelectionEnabled: false,
      minZoom: 0.02,
      maxZoom: 3,
      style: [],
    });
    this.openMain();
    this.cy.on("tap", "node", (event) => this.tapped(event.target));
    this.cy.on("dbltap", "node.open", (event) => this.toggle(event.target.data("scope"), false));
    this.cy.on("tap", (event) => event.target === this.cy && this.select(null));
    this.draw();
  }

  get tree() {
    if (!this.trees.has(this.body)) {
      const tree = scopeTree(this.body);
      const homes = new Map();
      const walk = [tree];
      while (walk.length) {
        const scope = walk.pop();
        for (const node of scope.leaves) homes.set(node, scope);
        walk.push(...scope.scopes);
      }
      this.trees.set(this.body, { tree, homes });
    }
    return this.trees.get(this.body);
  }

  // Opened from the start: scopes that hold most of the graph, so that more than one box is seen.
  openMain() {
    let scope = this.tree.tree;
    let boxes = 0;
    while (scope) {
      boxes += scope.scopes.length + scope.leaves.length;
      const main = scope.scopes.find((inner) => inner.nodes.length > 0.6 * this.body.size);
      if (!main || boxes + main.scopes.length + main.leaves.length > MAIN) break;
      this.open.add(main.id);
      scope = main;
    }
  }

  show(body) {
    if (body === this.body) return;
    this.body = body;
    this.open.clear();
    this.around = null;
    this.selected = null;
    this.openMain();
    this.draw();
  }

  tapped(element) {
    const { scope, node } = element.data();
    if (node !== undefined) this.select(node);
    else if (element.hasClass("open")) this.onSelect({ scope: this.scopeOf(scope) });
    else this.toggle(scope, true);
  }

  toggle(id, opened) {
    const before = this.cy.getElementById(id).renderedPosition();
    if (opened) this.open.add(id);
    else this.open.delete(id);
    this.draw({ keep: before && Number.isFinite(before.x) ? { id, at: before } : null });
    this.onSelect({ scope: this.scopeOf(id), opened });
  }

  scopeOf(id) {
    const walk = [this.tree.tree];
    while (walk.length) {
      const scope = walk.pop();
      if (scope.id === id) return scope;
      walk.push(...scope.scopes);
    }
    return null;
  }

  select(node, { quiet = false } = {}) {
    this.selected = node;
    this.mark();
    if (!quiet) this.onSelect({ node });
  }

  // Opens the scopes around a node, or draws its neighbourhood, and brings it to the middle.
  reveal(node, mode) {
    this.selected = node;
    if (mode === "around") {
      this.around = node;
      this.draw();
    } else {
      this.around = null;
      for (let scope = this.tree.homes.get(node); scope?.parent; scope = scope.parent) {
        this.open.add(scope.id);
      }
      this.draw({ still: true });
      this.zoomTo(node);
    }
  }

  zoomTo(node) {
    const element = this.cy.getElementById(`n:${node}`);
    if (element.nonempty()) {
      const near = element.closedNeighborhood().nodes().filter((other) => !other.isParent());
      this.cy.fit(near.length > 12 ? element : near, 60);
      if (this.cy.zoom() > 1.1) this.cy.zoom(1.1);
      if (this.cy.zoom() < 0.55) this.cy.zoom(0.55);
      const box = near.renderedBoundingBox();
      const fits = box.w < this.cy.width() && box.h < this.cy.height();
      this.cy.center(fits ? near : element);
    }
  }

  closeAll() {
    this.open.clear();
    this.openMain();
    this.around = null;
    this.draw();
  }

  fit() {
    this.cy.resize();
    this.cy.fit(undefined, 24);
    if (this.cy.zoom() > 1) {
      this.cy.zoom(1);
      this.cy.center();
    }
    // A tall graph is read from its head.
    if (this.cy.zoom() < 0.6) {
      const box = this.cy.elements().boundingBox();
      this.cy.zoom(Math.min(0.9, Math.max(this.cy.width() / (box.w + 48), 0.35)));
      this.cy.pan({
        x: this.cy.width() / 2 - ((box.x1 + box.x2) / 2) * this.cy.zoom(),
        y: 24 - box.y1 * this.cy.zoom(),
      });
    }
  }

  draw({ keep = null, still = false } = {}) {
    const drawn = this.around === null ? this.scopes() : this.neighbours();
    const { positions, routes, wide } = layOut(drawn.root, drawn.edges.map(labelled));
    const zoom = this.cy.zoom();
    this.cy.batch(() => {
      this.cy.elements().remove();
      this.cy.add(drawn.nodes.map((data) => element(data, positions)));
      this.cy.add(drawn.edges.map((edge) => joined(edge, routes, positions, wide)));
    });
    this.paint();
    if (keep) {
      this.cy.zoom(zoom);
      const now = this.cy.getElementById(keep.id).position();
      this.cy.pan({ x: keep.at.x - now.x * zoom, y: keep.at.y - now.y * zoom });
      this.intoView(keep.id);
    } else if (!still) this.fit();
    if (this.around !== null) this.zoomToAll();
  }

  zoomToAll() {
    this.cy.fit(undefined, 24);
    if (this.cy.zoom() > 1.1 || this.cy.zoom() < 0.6) this.zoomTo(this.around);
  }

  intoView(id) {
    const box = this.cy.getElementById(id).renderedBoundingBox();
    const wide = box.w > this.cy.width() - 20 || box.h > this.cy.height() - 20;
    if (wide) {
      const zoom = Math.max(0.45, Math.min(1, (this.cy.width() - 48) / (box.w / this.cy.zoom()), (this.cy.height() - 48) / (box.h / this.cy.zoom())));
      this.cy.zoom(zoom);
      const real = this.cy.getElementById(id).boundingBox();
      const height = real.h * zoom;
      this.cy.pan({
        x: this.cy.width() / 2 - ((real.x1 + real.x2) / 2) * zoom,
        y: (height < this.cy.height() - 40 ? (this.cy.height() - height) / 2 : 20) - real.y1 * zoom,
      });
    } else if (box.x1 < 0 || box.y1 < 0 || box.x2 > this.cy.width() || box.y2 > this.cy.height()) {
      this.cy.center(this.cy.getElementById(id));
    }
  }

  hidden(node) {
    if (this.options.constants || node === this.selected) return false;
    if (this.options.change(this.body, node)) return false;
    return this.body.isConstant(node) && !["unsupported", "unknown"].includes(this.status(node));
  }

  status(node) {
    return this.body.model.status(this.body, node, this.options.target);
  }

  scopes() {
    const { tree } = this.tree;
    const nodes = [];
    const drawnAs = new Map();
    const build = (scope, parent) => {
      const box = { id: scope.id, children: [] };
      for (const inner of scope.scopes) {
        if (!this.options.constants && inner.nodes.every((node) => this.hidden(node))) continue;
        if (this.open.has(inner.id)) {
          nodes.push(this.openScope(inner, parent));
          box.children.push(build(inner, inner.id));
        } else {
          const data = this.closedScope(inner, parent);
          nodes.push(data);
          for (const node of inner.nodes) drawnAs.set(node, inner.id);
          box.children.push({ id: data.id, width: data.width, height: data.height });
        }
      }
      for (const node of scope.leaves) {
        if (this.hidden(node)) continue;
        const data = this.leaf(node, parent);
        nodes.push(data);
        drawnAs.set(node, data.id);
        box.children.push({ id: data.id, width: data.width, height: data.height });
      }
      return box;
    };
    const root = build(tree, undefined);
    if (nodes.length > OPENED && this.open.size > 1) {
      const keep = new Set();
      for (let scope = this.tree.homes.get(this.selected); scope?.parent; scope = scope.parent) keep.add(scope.id);
      const oldest = [...this.open].find((id) => !keep.has(id));
      if (oldest !== undefined) {
        this.open.delete(oldest);
        return this.scopes();
      }
    }
    return { root, nodes, edges: this.bundles(drawnAs) };
  }

  bundles(drawnAs) {
    const bundles = new Map();
    const { body } = this;
    for (let node = 0; node < body.size; node++) {
      const to = drawnAs.get(node);
      if (to === undefined) continue;
      for (const [source, port] of body.inputs(node)) join(source, body.tensor(source, port), false);
      for (const source of body.controls(node)) join(source, "", true);
      function join(source, tensor, control) {
        const from = drawnAs.get(source);
        if (from === undefined || from === to) return;
        const key = `${from}\u0000${to}`;
        const bundle = bundles.get(key) ?? { ends: [from, to], many: 0, tensors: new Set(), control: true };
        bundle.many += 1;
        bundle.control &&= control;
        if (!control) bundle.tensors.add(tensor);
        bundles.set(key, bundle);
      }
    }
    return [...bundles.values()];
  }

  neighbours() {
    const { body, around } = this;
    const chosen = new Set([around]);
    let edge = [around];
    for (let step = 0; step < 2 && chosen.size < AROUND; step++) {
      const next = [];
      for (const node of edge) {
        const near = [...body.producers(node), ...body.consumers[node]];
        for (const other of near) {
          if (chosen.has(other) || chosen.size >= AROUND) continue;
          if (step > 0 && body.isConstant(other) && !this.options.constants) continue;
          chosen.add(other);
          next.push(other);
        }
      }
      edge = next.filter((node) => !body.isConstant(node));
    }
    const nodes = [...chosen].map((node) => {
      const data = this.leaf(node, undefined);
      const more = [...new Set([...body.producers(node), ...body.consumers[node]])];
      data.more = more.some((other) => !chosen.has(other) && !this.hidden(other)) ? 1 : 0;
      return data;
    });
    const children = nodes.map(({ id, width, height }) => ({ id, width, height }));
    const drawnAs = new Map([...chosen].map((node) => [node, `n:${node}`]));
    return { root: { id: "", children }, nodes, edges: this.bundles(drawnAs) };
  }

  leaf(node, parent) {
    const { body } = this;
    const name = body.names[node];
    const last = this.around === null ? name.slice(name.lastIndexOf("/") + 1) : name;
    const label = `${short(body.op(node), 26)}\n${short(last, 26)}`;
    return { id: `n:${node}`, node, parent, label, kind: this.kind(node), ...size(label, 22) };
  }

  kind(node) {
    const change = this.options.change(this.body, node);
    if (this.options.colorBy === "changes") return change ?? "same";
    if (this.options.colorBy === "placement") {
      const answer = this.body.model.answer(this.body, node, this.options.target);
      return answer ? `at-${answer.placement}` : "unneeded";
    }
    return this.status(node);
  }

  closedScope(scope, parent) {
    const tally = this.tally(scope);
    const notes = [count(scope.nodes.length, "node")];
    if (tally.unsupported) notes.push(`\u2715 ${tally.unsupported} unsupported`);
    if (tally.unknown) notes.push(`? ${tally.unknown} unknown`);
    for (const change of ["removed", "added", "changed"]) {
      if (tally[change]) notes.push(`${tally[change]} ${change}`);
    }
    const title = scope.part ? `entries ${scope.label} \u00b7 ${short(this.body.names[scope.first].split("/").pop(), 18)} \u2026` : short(scope.label, 34);
    const label = `\u229e ${title}\n${notes.slice(0, 1).concat(notes.slice(1)).join(" \u00b7 ")}`;
    return { id: scope.id, scope: scope.id, parent, label, kind: tally.kind, ...size(label, 30) };
  }

  openScope(scope, parent) {
    const tally = this.tally(scope);
    const label = `\u229f ${scope.part ? "entries " : ""}${short(scope.label, 40)} \u00b7 ${count(scope.nodes.length, "node")}`;
    return { id: scope.id, scope: scope.id, parent, label, kind: tally.kind, opened: true };
  }

  tally(scope) {
    const tally = { kind: null };
    const kinds = {};
    for (const node of scope.nodes) {
      const status = this.status(node);
      const change = this.options.change(this.body, node);
      tally[status] = (tally[status] ?? 0) + 1;
      if (change) tally[change] = (tally[change] ?? 0) + 1;
      const kind = this.kind(node);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      if (this.options.colorBy === "answer") {
        tally.kind = tally.kind === null ? kind : worse(tally.kind, kind);
      }
    }
    if (this.options.colorBy === "changes") {
      const seen = Object.keys(kinds).filter((kind) => kind !== "same");
      tally.kind = seen.length > 1 ? "changed" : (seen[0] ?? "same");
    } else if (this.options.colorBy === "placement") {
      tally.kind = Object.entries(kinds).sort((one, other) => other[1] - one[1])[0]?.[0] ?? "unneeded";
    }
    return tally;
  }

  mark() {
    this.cy.batch(() => {
      this.cy.elements().removeClass("selected near far");
      const element = this.cy.getElementById(`n:${this.selected}`);
      if (this.selected === null || element.empty()) return;
      element.addClass("selected");
      const edges = element.connectedEdges();
      edges.addClass("near");
      if (this.around === null) return;
    });
  }

  paint() {
    this.cy.style(sheet(getComputedStyle(this.canvas)));
    this.mark();
  }
}

function size(label, height) {
  const lines = label.split("\n");
  ruler.font = `12px ${font}`;
  const width = Math.max(...lines.map((line) => ruler.measureText(line).width));
  return { width: Math.ceil(width) + 20, height: height + 14 };
}

function element(data, positions) {
  const classes = [data.kind, data.opened ? "open" : data.scope ? "scope" : "leaf"];
  if (data.more) classes.push("more");
  return { group: "nodes", data, position: positions.get(data.id), classes };
}

// An edge with its label, for which the layout leaves room.
function labelled(edge) {
  const one = edge.many === 1;
  const tensor = edge.tensors.size === 1 ? [...edge.tensors][0] : "";
  edge.label = short(tensor ? (one ? tensor : `${edge.many} \u00d7 ${tensor}`) : one ? "" : `${edge.many}`, 30);
  ruler.font = `10px ${font}`;
  return [...edge.ends, edge.label ? Math.ceil(ruler.measureText(edge.label).width) + 6 : 0];
}

function joined(edge, routes, positions, wide) {
  const [source, target] = edge.ends;
  const { label } = edge;
  const data = { id: `${source}\u0000${target}`, source, target, label };
  data.weight = Math.min(6, 1.2 + Math.log2(edge.many));
  const classes = edge.control ? ["control"] : [];
  if (wide.has(data.id)) classes.push("wide");
  const bends = bendsOf(routes.get(data.id), positions.get(source), positions.get(target));
  if (!routes.has(data.id)) classes.push("deep");
  if (bends) {
    Object.assign(data, bends);
    classes.push("bent");
  }
  return { group: "edges", data, classes };
}

// Bends as cytoscape takes them: how far along the line between the ends, and how far beside it.
function bendsOf(points, from, to) {
  if (!points || points.length < 3 || !from || !to) return null;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  if (!length) return null;
  const weights = [];
  const distances = [];
  for (const { x, y } of points.slice(1, -1)) {
    const [px, py] = [x - from.x, y - from.y];
    weights.push(((px * dx + py * dy) / length ** 2).toFixed(4));
    distances.push(((py * dx - px * dy) / length).toFixed(1));
  }
  return { weights: weights.join(" "), distances: distances.join(" ") };
}

const KINDS = [
  "supported", "unsupported", "unknown", "unneeded", "same", "removed", "added", "changed",
  "at-aicore", "at-aicpu", "at-tf_kernel", "at-fused", "at-removed", "at-folded", "at-local",
  "at-omg", "at-none",
];

function sheet(css) {
  const color = (name) => css.getPropertyValue(`--${name}`).trim();
  return [
    {
      selector: "node",
      style: {
        shape: "round-rectangle", label: "data(label)",
        "font-family": font, "font-size": 12, "text-wrap": "wrap", "text-valign": "center",
        "text-max-width": 1000, color: color("ink"), "background-color": color("raised"),
        "border-width": 1, "border-color": color("line"), "line-height": 1.25,
        "min-zoomed-font-size": 5, "overlay-opacity": 0,
      },
    },
    { selector: "node[width]", style: { width: "data(width)", height: "data(height)" } },
    ...KINDS.map((kind) => ({
      selector: `node.${kind}`,
      style: { "background-color": color(`${kind}-fill`), "border-color": color(`${kind}-line`) },
    })),
    { selector: "node.unsupported", style: { "border-width": 2.5 } },
    { selector: "node.unneeded", style: { "border-style": "dashed", color: color("dim") } },
    { selector: "node.removed", style: { "border-style": "dashed", "border-width": 2.5 } },
    { selector: "node.added", style: { "border-width": 2.5 } },
    { selector: "node.scope", style: { "font-size": 12, "border-width": 1.5, shape: "cut-rectangle" } },
    {
      selector: "node.open",
      style: {
        "background-opacity": 0.18, "text-valign": "top", "text-halign": "center",
        "text-margin-y": 19, padding: 24, "border-width": 1.5, shape: "round-rectangle",
        "font-weight": "bold",
      },
    },
    { selector: "node.more", style: { "border-style": "double", "border-width": 4 } },
    {
      selector: "edge",
      style: {
        width: "data(weight)", "line-color": color("edge"), "target-arrow-color": color("edge"),
        "target-arrow-shape": "triangle", "arrow-scale": 0.9, "curve-style": "bezier",
        label: "data(label)", "font-family": font, "font-size": 10, color: color("dim"),
        "text-background-color": color("ground"), "text-background-opacity": 0.85,
        "text-background-padding": 1, "min-zoomed-font-size": 7, "overlay-opacity": 0,
      },
    },
    {
      selector: "edge.bent",
      style: {
        "curve-style": "round-segments", "segment-weights": "data(weights)",
        "segment-distances": "data(distances)", "segment-radii": 14,
        "edge-distances": "node-position",
      },
    },
    { selector: "edge.control", style: { "line-style": "dashed", label: "" } },
    { selector: "edge.deep", style: { label: "" } },
    {
      selector: "edge.wide",
      style: { "line-style": "dotted", opacity: 0.45, width: 1.2, label: "" },
    },
    {
      selector: "edge.near",
      style: {
        "line-color": color("accent"), "target-arrow-color": color("accent"), "z-index": 9,
        color: color("ink"), "min-zoomed-font-size": 5, opacity: 1, label: "data(label)",
      },
    },
    {
      selector: "node.selected",
      style: {
        "border-color": color("accent"), "border-width": 4, "border-style": "solid", "z-index": 10,
        "outline-width": 3, "outline-color": color("accent"), "outline-opacity": 0.35, "outline-offset": 2,
      },
    },
  ];
}

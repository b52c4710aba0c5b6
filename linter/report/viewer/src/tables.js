// Placement bar, op table, and the heat map of every release and chip.
import { count, fill, h, percent } from "./dom.js";

const PLACES = ["aicore", "aicpu", "tf_kernel", "omg", "fused", "folded", "removed", "local", "none"];
const PLACE_TEXT = {
  aicore: "AI Core", aicpu: "AI CPU", tf_kernel: "TensorFlow kernel", omg: "OMG", fused: "fused",
  folded: "folded", removed: "removed", local: "no kernel needed", none: "nowhere",
};

export function placementBar(summary) {
  const total = Math.max(summary.reachable, 1);
  const parts = PLACES.filter((place) => summary.placements[place]);
  const many = (place) => summary.placements[place];
  return h("figure", { class: "placement" },
    h("div", { class: "bar", role: "img", "aria-label": parts.map((place) => `${PLACE_TEXT[place]} ${many(place)}`).join(", ") },
      parts.map((place) =>
        h("span", { class: `at-${place}`, style: { flexGrow: String(many(place)) }, title: `${PLACE_TEXT[place]}: ${count(many(place), "node")}` }))),
    h("figcaption", {},
      parts.map((place) =>
        h("span", { class: "key" }, h("i", { class: `swatch at-${place}` }), `${PLACE_TEXT[place]} ${percent(many(place), total)} (${many(place).toLocaleString("en")})`))));
}

export function opTable(target, onOp) {
  const body = h("tbody");
  let order = [1, -1];
  const head = ["op", "nodes", "answer", "placement", "certainty"];
  const rank = { unsupported: 0, unknown: 1, supported: 2 };
  const draw = () => {
    const [column, sign] = order;
    const value = (row) => (column === 2 ? rank[row[2]] : row[column]);
    const rows = [...target.ops].sort(
      (one, other) => sign * (value(one) > value(other) ? 1 : value(one) < value(other) ? -1 : 0) || other[1] - one[1],
    );
    fill(body, rows.map((row) =>
      h("tr", { class: row[2] },
        h("td", {}, h("button", { type: "button", class: "node-link", onclick: () => onOp(row[0]) }, row[0])),
        h("td", { class: "number" }, row[1].toLocaleString("en")),
        h("td", {}, h("span", { class: `badge ${row[2]}` }, row[2])),
        h("td", {}, row[2] === "unsupported" ? "\u2013" : (PLACE_TEXT[row[3]] ?? row[3])),
        h("td", { class: "dim" }, row[4]))));
    heads.forEach((cell, at) =>
      cell.setAttribute("aria-sort", at === column ? (sign < 0 ? "descending" : "ascending") : "none"));
  };
  const heads = head.map((title, at) =>
    h("th", { scope: "col", class: at === 1 ? "number" : null },
      h("button", { type: "button", onclick: () => { order = [at, order[0] === at ? -order[1] : at === 1 ? -1 : 1]; draw(); } }, title)));
  order = [2, 1];
  draw();
  return h("div", { class: "scroll" }, h("table", { class: "ops" }, h("thead", {}, h("tr", {}, heads)), body));
}

export function heatMap(matrix, current) {
  const families = [...new Set(matrix.cells.map((cell) => cell.family))].sort((one, other) =>
    one.toLowerCase() < other.toLowerCase() ? -1 : 1);
  const releases = new Map();
  for (const cell of matrix.cells) {
    const name = cell.release + (cell.partial ? " (partial)" : "");
    if (!releases.has(name)) releases.set(name, new Map());
    releases.get(name).set(cell.family, cell);
  }
  const note = h("p", { class: "cell-note", role: "status" }, "Point at a cell, or go to it with Tab, for the ops in the way.");
  const cell = (item) => {
    if (!item) return h("td", { class: "none", "aria-label": "no list" });
    const text = told(item);
    const blocked = total(item.unsupported);
    const open = total(item.unknown);
    const said = { convertible: "ok", uncertain: `? ${open || ""}`, blocked: `\u2715 ${blocked || ""}` }[item.verdict];
    const show = () => { note.textContent = text; };
    return h("td", {
      class: item.verdict + (current.includes(item.target) ? " current" : ""), tabindex: 0, title: text, onmouseenter: show, onfocus: show,
      style: { "--share": 0 },
    }, said.trim());
  };
  return [
    matrix.errors.length ? h("ul", {}, matrix.errors.map((error) => h("li", {}, error))) : null,
    h("div", { class: "scroll" },
      h("table", { class: "matrix" },
        h("thead", {}, h("tr", {}, h("td"), families.map((name) => h("th", { scope: "col" }, h("span", {}, name))))),
        h("tbody", {}, [...releases].map(([name, cells]) =>
          h("tr", {}, h("th", { scope: "row" }, name), families.map((family) => cell(cells.get(family)))))))),
    note,
  ];
}

function told(cell) {
  const ops = (counts) => Object.entries(counts).sort((one, other) => other[1] - one[1]).slice(0, 8)
    .map(([op, many]) => `${op} \u00d7${many}`).join(", ");
  const parts = [`${cell.target}: ${cell.verdict}`];
  if (total(cell.unsupported)) parts.push(`unsupported ${ops(cell.unsupported)}`);
  if (total(cell.unknown)) parts.push(`unknown ${ops(cell.unknown)}`);
  if (cell.refusals.length) parts.push(`stops with ${cell.refusals.join(", ")}`);
  parts.push(`chips ${cell.socs.join(" ")}`);
  return parts.join(" \u00b7 ");
}

function total(counts) {
  return Object.values(counts).reduce((sum, many) => sum + many, 0);
}

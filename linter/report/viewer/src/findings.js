// Findings in groups of one cause, filtered by severity, rule, op, scope and text.
import { count, fill, h, name, shown } from "./dom.js";

const SHOWN = 6; // nodes of a group before "all"
const GROUPS = 60;
const ORDER = { error: 0, warning: 1, info: 2 };

export class Findings {
  // app gives rules and sources; onNode(finding) leads to the node.
  constructor(place, app, onNode) {
    Object.assign(this, { place, app, onNode, findings: [], filters: {}, groups: GROUPS });
    this.inputs = {};
    this.list = h("div", { class: "finding-list" });
    this.tally = h("p", { class: "dim tally", role: "status" });
    this.form = h("form", { class: "filters no-print", onsubmit: (event) => event.preventDefault() });
    fill(place, this.form, this.tally, this.list);
  }

  show(findings) {
    this.findings = findings;
    this.lower = findings.map((item) =>
      [item.message, item.node ?? "", item.op ?? "", item.code, item.name].join("\n").toLowerCase(),
    );
    this.buildForm();
    this.render();
  }

  buildForm() {
    const rules = tally(this.findings, (item) => `${item.code} ${item.name}`);
    const ops = tally(this.findings, (item) => item.op);
    const scopes = tally(this.findings, (item) => item.node && topScope(item.node));
    const severities = tally(this.findings, (item) => item.severity);
    const choose = (key, label, entries) =>
      entries.length > 1 || this.filters[key]
        ? h("label", {}, h("span", {}, label),
            h("select", { onchange: (event) => this.set(key, event.target.value), name: key },
              h("option", { value: "" }, "all"),
              entries.map(([value, many]) =>
                h("option", { value, selected: this.filters[key] === value }, `${value} (${many})`))))
        : null;
    fill(this.form,
      h("div", { class: "chips", role: "group", "aria-label": "severity" },
        ["error", "warning", "info"].map((severity) => {
          const many = severities.find(([value]) => value === severity)?.[1] ?? 0;
          return many
            ? h("button", {
                type: "button", class: `chip ${severity}`,
                "aria-pressed": String(!this.off(severity)),
                onclick: () => this.toggle(severity),
              }, count(many, severity === "info" ? "note" : severity))
            : null;
        })),
      choose("rule", "rule", rules), choose("op", "op", ops), choose("scope", "scope", scopes),
      this.findings.length
        ? h("label", { class: "text" }, h("span", {}, "text"),
            h("input", {
              type: "search", name: "text", value: this.filters.text ?? "", autocomplete: "off",
              oninput: (event) => this.set("text", event.target.value),
            }))
        : null);
  }

  off(severity) {
    return (this.filters.off ?? []).includes(severity);
  }

  toggle(severity) {
    const off = this.filters.off ?? [];
    this.filters.off = this.off(severity) ? off.filter((item) => item !== severity) : [...off, severity];
    this.buildForm();
    this.render();
  }

  set(key, value) {
    this.filters[key] = value;
    this.groups = GROUPS;
    this.render();
  }

  kept() {
    const { rule, op, scope, text } = this.filters;
    const wanted = (text ?? "").trim().toLowerCase();
    return this.findings.filter(
      (item, at) =>
        !this.off(item.severity) &&
        (!rule || `${item.code} ${item.name}` === rule) &&
        (!op || item.op === op) &&
        (!scope || (item.node && topScope(item.node) === scope)) &&
        (!wanted || this.lower[at].includes(wanted)),
    );
  }

  render({ everything = false } = {}) {
    const kept = this.kept();
    const groups = grouped(kept);
    this.tally.textContent =
      kept.length === this.findings.length
        ? this.findings.length ? `${count(kept.length, "finding")} in ${count(groups.length, "group")}` : "no findings"
        : `${count(kept.length, "finding")} of ${this.findings.length.toLocaleString("en")}`;
    const visible = everything ? groups : groups.slice(0, this.groups);
    fill(this.list, visible.map((group) => this.group(group, everything)),
      groups.length > visible.length
        ? h("button", { type: "button", class: "more", onclick: () => { this.groups += 200; this.render(); } },
            `${groups.length - visible.length} more groups`)
        : null);
  }

  group(group, everything) {
    const [first] = group;
    const fixes = new Map(group.filter((item) => item.fix).map((item) => [item.fix[0], item.fix[1]]));
    const nodes = group.filter((item) => item.node !== null);
    return h("article", { class: `finding ${first.severity}` },
      h("header", {},
        h("span", { class: `badge ${first.severity}` }, first.severity === "info" ? "note" : first.severity),
        h("strong", {}, first.op ?? "model"),
        group.length > 1 ? h("span", { class: "many" }, `\u00d7${group.length.toLocaleString("en")}`) : null,
        h("code", { class: "code" }, `${first.code} ${first.name}`)),
      h("p", {}, first.message),
      first.remedy ? h("p", { class: "dim" }, first.remedy) : null,
      fixes.size
        ? h("p", { class: "fix" }, "\u2714 omlint fix: ",
            [...fixes].map(([rule, safety]) => `${rule} ${this.app.rules[rule] ?? ""} (${safety})`.replace("  ", " ")).join(", "))
        : null,
      nodes.length ? this.nodes(nodes, everything) : null,
      first.evidence.length
        ? h("p", { class: "why" }, "why: ",
            [...new Set(first.evidence.map((id) => this.app.sources[id]?.[0] ?? id))].join("; "))
        : null);
  }

  nodes(nodes, everything) {
    const list = h("ul", { class: "nodes" });
    const draw = (all) =>
      fill(list,
        nodes.slice(0, all ? nodes.length : SHOWN).map((item) =>
          h("li", {},
            h("button", { type: "button", class: "node-link", title: item.node, onclick: () => this.onNode(item) },
              item.function ? `${shown(item.function)}: ` : "", name(item.node)))),
        !all && nodes.length > SHOWN
          ? h("li", {}, h("button", { type: "button", class: "more", onclick: () => draw(true) },
              `and ${(nodes.length - SHOWN).toLocaleString("en")} more`))
          : null);
    draw(everything);
    return list;
  }
}

function topScope(name) {
  const parts = name.split("/");
  return parts.length > 2 ? `${parts[0]}/${parts[1]}` : parts.length > 1 ? parts[0] : "(no scope)";
}

function tally(items, key) {
  const counts = new Map();
  for (const item of items) {
    const value = key(item);
    if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1]);
}

// One cause is one group: what differs only in the node is one, and so is one message per op type.
function grouped(findings) {
  const groups = new Map();
  for (const item of findings) {
    const key = [item.severity, item.code, item.op, item.op ? item.message.replace(/\d+/g, "#") : item.message].join("\u0000");
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return [...groups.values()].sort(
    (one, other) =>
      ORDER[one[0].severity] - ORDER[other[0].severity] || other.length - one.length,
  );
}

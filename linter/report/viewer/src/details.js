// What is known of one node or scope.
import { count, fill, h, name as broken, shown } from "./dom.js";

export class Details {
  constructor(place, app, actions) {
    Object.assign(this, { place, app, actions });
    this.empty();
  }

  empty() {
    fill(this.place, h("p", { class: "dim" },
      "Click a scope to open it, a node for what is known of it. Arrow keys walk along the edges, ",
      h("kbd", {}, "/"), " searches."));
  }

  scope(pane, scope) {
    const tally = pane.tally(scope);
    const isOpen = pane.open.has(scope.id);
    fill(this.place,
      h("h3", {}, broken(scope.path || pane.body.title)),
      scope.part ? h("p", { class: "dim" }, `entries ${scope.label}`) : null,
      h("p", {}, [
        count(scope.nodes.length, "node"),
        tally.unsupported ? `${tally.unsupported} unsupported` : null,
        tally.unknown ? `${tally.unknown} unknown` : null,
      ].filter(Boolean).join(" \u00b7 ")),
      h("p", {}, h("button", { type: "button", onclick: () => this.actions.toggle(pane, scope, !isOpen) },
        isOpen ? "Close this scope" : "Open this scope")),
      this.refused(pane, scope));
  }

  refused(pane, scope) {
    const bad = scope.nodes.filter((node) => ["unsupported", "unknown"].includes(pane.status(node)));
    return bad.length
      ? h("ul", { class: "nodes" }, bad.slice(0, 20).map((node) => h("li", {}, this.link(pane, node))),
          bad.length > 20 ? h("li", { class: "dim" }, `and ${bad.length - 20} more`) : null)
      : null;
  }

  node(pane, node) {
    const { body } = pane;
    const target = this.app.target;
    const answer = body.model.answer(body, node, target);
    fill(this.place,
      h("header", { class: "node-head" },
        h("h3", {}, h("span", { class: "op" }, body.op(node)), " ", h("span", { class: "name" }, broken(body.names[node]))),
        h("div", { class: "no-print" },
          h("button", { type: "button", onclick: () => this.actions.reveal(pane, node, "around") }, "Neighbourhood"),
          h("button", { type: "button", onclick: () => this.actions.reveal(pane, node, "scopes") }, "In its scopes"))),
      this.change(pane, node),
      this.answer(answer),
      body.model.findings(body, node, target).map((item) => this.finding(item)),
      this.rewrites(pane, node),
      this.section("inputs", body.inputs(node).map(([source, port], slot) =>
        h("li", {}, h("span", { class: "slot" }, slot),
          h("div", {}, source < 0 ? h("em", {}, "no such node") : [this.link(pane, source), port ? `:${port}` : "", " ",
            h("code", {}, body.tensor(source, port))])))
        .concat(body.controls(node).map((source) => h("li", {}, h("span", { class: "slot" }, "^"), this.link(pane, source))))),
      this.section("outputs", body.outputs(node).map((text, port) =>
        h("li", {}, h("span", { class: "slot" }, port), h("code", {}, text)))),
      this.section(`read by ${count([...new Set(body.consumers[node])].length, "node")}`,
        [...new Set(body.consumers[node])].slice(0, 30).map((other) => h("li", {}, this.link(pane, other)))),
      body.attrs(node).length
        ? h("section", {}, h("h4", {}, "attributes"),
            h("dl", {}, body.attrs(node).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])))
        : null);
  }

  link(pane, node) {
    const { body } = pane;
    const status = pane.status(node);
    return h("button", { type: "button", class: `node-link ${status}`, title: `${shown(body.op(node))} ${shown(body.names[node])}: ${status}`,
      onclick: () => this.actions.follow(pane, node) },
      h("span", { class: "op" }, body.op(node)), " ", broken(body.names[node]));
  }

  section(title, items) {
    return items.length ? h("section", {}, h("h4", {}, title), h("ul", { class: "values" }, items)) : null;
  }

  answer(answer) {
    if (!answer) return h("p", {}, h("span", { class: "badge unneeded" }, "no output needs it"));
    const facts = [answer.certainty, `stage ${answer.stage}`, answer.reason];
    if (answer.status !== "unsupported") facts.unshift(`placed ${answer.placement}`);
    if (answer.geOp) facts.push(`GE type ${answer.geOp}`);
    if (answer.code) facts.push(`compiler code ${answer.code}`);
    return h("section", { class: "answer" },
      h("p", {}, h("span", { class: `badge ${answer.status}` }, answer.status), " ", facts.join(" \u00b7 ")),
      answer.detail.length
        ? h("p", { class: "dim" }, answer.detail.map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`).join("; "))
        : null,
      answer.evidence.length
        ? h("p", { class: "why" }, "evidence: ",
            [...new Set(answer.evidence.map((id) => this.app.sources[id]?.[0] ?? id))].join("; "))
        : null);
  }

  finding(item) {
    return h("section", { class: `finding ${item.severity}` },
      h("p", {}, h("span", { class: `badge ${item.severity}` }, item.severity === "info" ? "note" : item.severity), " ",
        h("code", {}, `${item.code} ${item.name}`)),
      h("p", {}, item.message),
      item.remedy ? h("p", { class: "dim" }, item.remedy) : null,
      item.fix ? h("p", { class: "fix" }, `\u2714 omlint fix: ${item.fix[0]} ${this.app.rules[item.fix[0]] ?? ""} (${item.fix[1]})`) : null);
  }

  change(pane, node) {
    const change = pane.options.change(pane.body, node);
    if (!change) return null;
    const fields = this.app.changedFields(pane.body, node);
    return h("section", {},
      h("p", {}, h("span", { class: `badge ${change}` }, change)),
      fields.length
        ? h("dl", {}, fields.map(([name, before, after]) => [
            h("dt", {}, name), h("dd", {}, h("del", {}, before ?? "none"), " ", h("ins", {}, after ?? "none"))]))
        : null);
  }

  rewrites(pane, node) {
    const name = pane.body.function === null ? pane.body.names[node] : `${pane.body.function}/${pane.body.names[node]}`;
    const made = this.app.rewritesOf(name);
    return made.length
      ? h("section", {}, h("h4", {}, "rewrites"), h("ul", { class: "values" }, made.map((item) =>
          h("li", {}, h("code", {}, item.rule), ` ${this.app.rules[item.rule] ?? ""} (${item.safety}) at `, broken(item.root)))))
      : null;
  }
}

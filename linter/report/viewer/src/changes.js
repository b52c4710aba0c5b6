// What two graphs differ in, and which rewrites made it so.
import { count, h, name as broken } from "./dom.js";
import { nodeKey } from "./model.js";

const SHOWN = 8;

export function changesOf(data) {
  const byModel = [new Map(), new Map()];
  const fields = new Map();
  const made = new Map();
  for (const body of data.diff?.bodies ?? []) {
    for (const name of body.removed) byModel[0].set(nodeKey(body.function, name), "removed");
    for (const name of body.added) byModel[1].set(nodeKey(body.function, name), "added");
    for (const [name, changes] of body.changed) {
      const key = nodeKey(body.function, name);
      byModel.forEach((names) => names.set(key, "changed"));
      fields.set(key, changes);
    }
  }
  const gone = new Set(data.diff?.removedFunctions ?? []);
  const come = new Set(data.diff?.addedFunctions ?? []);
  for (const rewrite of data.rewrites) {
    for (const name of [rewrite.root, ...rewrite.removed, ...rewrite.added]) {
      if (!made.has(name)) made.set(name, new Set());
      made.get(name).add(rewrite);
    }
  }
  const any = data.diff !== null;
  return {
    of(body, node) {
      if (!any) return null;
      if (body.function !== null && gone.has(body.function) && body.model.rank === 0) return "removed";
      if (body.function !== null && come.has(body.function) && body.model.rank === 1) return "added";
      return byModel[body.model.rank]?.get(nodeKey(body.function, body.names[node])) ?? null;
    },
    fields: (body, node) => fields.get(nodeKey(body.function, body.names[node])) ?? [],
    rewritesOf: (name) => [...(made.get(name) ?? [])],
  };
}

export class Changes {
  constructor(data, rules, onNode) {
    Object.assign(this, { rules, onNode });
    const { diff } = data;
    const total = (key) => diff.bodies.reduce((sum, body) => sum + body[key].length, 0);
    this.element = h("section", { class: "panel changes", id: "changes" },
      h("h2", {}, "Changes"),
      h("p", {}, `${diff.nodes[0].toLocaleString("en")} \u2192 ${count(diff.nodes[1], "node")}: `,
        h("span", { class: "badge removed" }, `${total("removed")} removed`), " ",
        h("span", { class: "badge added" }, `${total("added")} added`), " ",
        h("span", { class: "badge changed" }, `${total("changed")} changed`),
        data.verified ? ` \u00b7 numbers: ${data.verified}` : ""),
      data.rewrites.length ? this.rewrites(data.rewrites) : this.names(diff));
  }

  rewrites(rewrites) {
    const groups = new Map();
    for (const made of rewrites) {
      if (!groups.has(made.rule)) groups.set(made.rule, []);
      groups.get(made.rule).push(made);
    }
    return [...groups].map(([rule, group]) =>
      h("article", { class: "rewrite" },
        h("header", {}, h("code", {}, rule), " ", h("strong", {}, this.rules[rule] ?? ""),
          group.length > 1 ? h("span", { class: "many" }, `\u00d7${group.length}`) : null,
          h("span", { class: "dim" }, group[0].safety)),
        this.list(group.map((made) => [made.root, made.added.includes(made.root),
          `${count(made.removed.length, "node")} went, ${made.added.length} came`]))));
  }

  names(diff) {
    return diff.bodies.flatMap((body) => {
      const place = (name) => (body.function === null ? name : `${body.function}/${name}`);
      return [
        ["removed", body.removed, false],
        ["added", body.added, true],
        ["changed", body.changed.map(([name]) => name), true],
      ].filter(([, names]) => names.length).map(([kind, names, after]) =>
        h("article", { class: "rewrite" },
          h("header", {}, h("span", { class: `badge ${kind}` }, kind), h("span", { class: "many" }, `\u00d7${names.length}`),
            body.function === null ? null : h("span", { class: "dim" }, `function ${body.function}`)),
          this.list(names.map((name) => [place(name), after, ""]))));
    });
  }

  list(entries) {
    const list = h("ul", { class: "nodes" });
    const draw = (all) => {
      list.replaceChildren(
        ...entries.slice(0, all ? entries.length : SHOWN).map(([name, after, note]) =>
          h("li", {}, h("button", { type: "button", class: "node-link", title: note, onclick: () => this.onNode(name, after) }, broken(name)),
            note ? h("span", { class: "dim" }, ` ${note}`) : null)));
      if (!all && entries.length > SHOWN) {
        list.append(h("li", {}, h("button", { type: "button", class: "more", onclick: () => draw(true) }, `and ${entries.length - SHOWN} more`)));
      }
    };
    draw(false);
    return list;
  }
}

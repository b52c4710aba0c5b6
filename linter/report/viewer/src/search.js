// Search over the names and op types of every node: as the reader types, best matches first.
import { fill, h, name as broken, shown } from "./dom.js";

const SHOWN = 40;

export function search(bodies, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return { found: [], total: 0 };
  const found = [];
  let total = 0;
  for (const body of bodies) {
    const ops = body.data.opTable.map((op) => op.toLowerCase());
    for (let node = 0; node < body.size; node++) {
      const name = body.lower[node];
      const op = ops[body.data.ops[node]];
      if (!words.every((word) => name.includes(word) || op.includes(word))) continue;
      total += 1;
      const exact = name === words[0] || op === words[0] ? 0 : name.endsWith(words[0]) ? 1 : 2;
      if (found.length < 2000) found.push({ body, node, exact });
    }
  }
  found.sort((one, other) => one.exact - other.exact);
  return { found: found.slice(0, SHOWN), total };
}

export class SearchBox {
  constructor(bodies, onNode) {
    Object.assign(this, { bodies, onNode, at: -1, found: [] });
    this.input = h("input", {
      type: "search", id: "search", placeholder: "Find a node or op  ( / )", autocomplete: "off",
      role: "combobox", "aria-expanded": "false", "aria-controls": "found", "aria-label": "find a node or op",
      oninput: () => this.update(), onkeydown: (event) => this.key(event), onfocus: () => this.update(),
      onblur: () => setTimeout(() => this.close(), 150),
    });
    this.list = h("ul", { id: "found", role: "listbox", hidden: true });
    this.element = h("div", { class: "search no-print" }, this.input, this.list);
  }

  update() {
    const started = performance.now();
    const { found, total } = search(this.bodies(), this.input.value);
    this.found = found;
    this.at = found.length ? 0 : -1;
    fill(this.list,
      found.map(({ body, node }, at) =>
        h("li", { role: "option", id: `found-${at}`, class: body.model.status(body, node, this.target?.() ?? 0), onmousedown: (event) => { event.preventDefault(); this.choose(at); } },
          h("span", { class: "op" }, body.op(node)), " ", body.function ? `${shown(body.function)}: ` : "", broken(body.names[node]))),
      h("li", { class: "dim tally" }, total > found.length ? `${total.toLocaleString("en")} found, ${found.length} shown` : `${total} found`));
    this.list.hidden = !this.input.value.trim();
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark();
    this.element.dataset.milliseconds = (performance.now() - started).toFixed(1);
  }

  mark() {
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.at)));
    if (this.at >= 0) {
      this.input.setAttribute("aria-activedescendant", `found-${this.at}`);
      this.list.children[this.at].scrollIntoView({ block: "nearest" });
    }
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found.length) {
      event.preventDefault();
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.mark();
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      this.choose(this.at);
    } else if (event.key === "Escape") {
      this.input.value = "";
      this.close();
      this.input.blur();
    }
  }

  choose(at) {
    const { body, node } = this.found[at];
    this.close();
    this.input.blur();
    this.onNode(body, node);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }
}

// The data of the page as it is asked for: bodies, nodes, answers, findings, name scopes.

const GROUP = 48; // what one opened scope shows at most; more is divided by file order
const RANK = { unsupported: 3, unknown: 2, supported: 1, unneeded: 0 };

export class Body {
  constructor(model, data, rank) {
    Object.assign(this, { model, rank, function: data.function, names: data.names });
    this.data = data;
    this.size = data.names.length;
    this.index = new Map(data.names.map((name, node) => [name, node]));
    this.lower = data.names.map((name) => name.toLowerCase());
    this.consumers = Array.from({ length: this.size }, () => []);
    for (let node = 0; node < this.size; node++) {
      for (const [source] of this.inputs(node)) if (source >= 0) this.consumers[source].push(node);
      for (const source of data.controls[node]) this.consumers[source].push(node);
    }
  }

  get title() {
    return this.function === null ? "main graph" : `function ${this.function}`;
  }

  op(node) {
    return this.data.opTable[this.data.ops[node]];
  }

  inputs(node) {
    const flat = this.data.inputs[node];
    const pairs = [];
    for (let at = 0; at < flat.length; at += 2) pairs.push([flat[at], flat[at + 1]]);
    return pairs;
  }

  controls(node) {
    return this.data.controls[node];
  }

  producers(node) {
    return [...this.inputs(node).map(([source]) => source), ...this.controls(node)].filter(
      (source) => source >= 0,
    );
  }

  attrs(node) {
    return this.data.attrs[node].map((attr) => this.data.attrTable[attr]);
  }

  outputs(node) {
    return this.data.outputs[node].map((output) => this.data.outputTable[output]);
  }

  tensor(node, port) {
    return this.outputs(node)[port] ?? "?";
  }

  // A constant, or what only passes one on.
  isConstant(node) {
    const op = this.op(node);
    if (op === "Const") return true;
    if (op !== "Identity") return false;
    const [input] = this.inputs(node);
    return Boolean(input) && input[0] >= 0 && this.op(input[0]) === "Const";
  }
}

export class Model {
  constructor(data, rank) {
    Object.assign(this, data);
    this.rank = rank;
    this.bodies = data.bodies.map((body, at) => new Body(this, body, at));
    for (const target of data.targets) {
      target.byNode = new Map();
      for (const finding of target.findings) {
        if (finding.node === null) continue;
        const key = nodeKey(finding.function, finding.node);
        if (!target.byNode.has(key)) target.byNode.set(key, []);
        target.byNode.get(key).push(finding);
      }
    }
  }

  body(name) {
    return this.bodies.find((body) => body.function === (name ?? null)) ?? null;
  }

  answer(body, node, target) {
    const judged = this.targets[target];
    const rank = judged?.answers[body.rank]?.[node] ?? -1;
    return rank < 0 ? null : judged.judgements[rank];
  }

  status(body, node, target) {
    return this.answer(body, node, target)?.status ?? "unneeded";
  }

  findings(body, node, target) {
    return this.targets[target]?.byNode.get(nodeKey(body.function, body.names[node])) ?? [];
  }
}

export function nodeKey(name, node) {
  return `${name ?? ""}\u0000${node}`;
}

export function worse(one, other) {
  return RANK[one] >= RANK[other] ? one : other;
}

// Name scopes as a tree. A scope with one scope in it is one box; one of many entries is divided.
export function scopeTree(body) {
  const root = newScope("", "", null);
  const scopes = new Map([["", root]]);
  for (let node = 0; node < body.size; node++) {
    const name = body.names[node];
    const cut = name.lastIndexOf("/");
    scopeOf(scopes, cut < 0 ? "" : name.slice(0, cut)).leaves.push(node);
  }
  tidy(root);
  return root;
}

function newScope(path, label, parent) {
  return { id: `s:${path}`, path, label, parent, scopes: [], leaves: [], first: 0, nodes: null };
}

function scopeOf(scopes, path) {
  const pending = [];
  while (!scopes.has(path)) {
    pending.push(path);
    const cut = path.lastIndexOf("/");
    path = cut < 0 ? "" : path.slice(0, cut);
  }
  let scope = scopes.get(path);
  while (pending.length) {
    const next = pending.pop();
    const made = newScope(next, next.slice(scope.path ? scope.path.length + 1 : 0), scope);
    scope.scopes.push(made);
    scopes.set(next, made);
    scope = made;
  }
  return scope;
}

function tidy(root) {
  const order = [root];
  for (let at = 0; at < order.length; at++) order.push(...order[at].scopes);
  for (const scope of order.reverse()) {
    scope.scopes = scope.scopes.map(merged);
    for (const inner of scope.scopes) inner.parent = scope;
    scope.nodes = scope.leaves.concat(...scope.scopes.map((inner) => inner.nodes));
    scope.first = scope.nodes.reduce((least, node) => Math.min(least, node), Infinity);
    divide(scope);
  }
}

function merged(scope) {
  if (scope.leaves.length || scope.scopes.length !== 1) return scope;
  const [inner] = scope.scopes;
  if (inner.part) return scope;
  inner.label = `${scope.label}/${inner.label}`;
  return inner;
}

function divide(scope) {
  const entries = [
    ...scope.scopes.map((inner) => ({ first: inner.first, inner })),
    ...scope.leaves.map((node) => ({ first: node, node })),
  ].sort((one, other) => one.first - other.first);
  if (entries.length <= GROUP) return;
  let size = GROUP;
  while (entries.length / size > GROUP) size *= GROUP;
  size = Math.ceil(entries.length / Math.ceil(entries.length / size));
  scope.scopes = [];
  scope.leaves = [];
  for (let at = 0; at < entries.length; at += size) {
    scope.scopes.push(part(scope, entries.slice(at, at + size), at));
  }
}

function part(scope, entries, at) {
  const label = `${at + 1} to ${at + entries.length}`;
  const made = newScope(scope.path, label, scope);
  made.part = true;
  made.scopes = entries.filter((entry) => entry.inner).map((entry) => entry.inner);
  made.leaves = entries.filter((entry) => !entry.inner).map((entry) => entry.node);
  for (const inner of made.scopes) inner.parent = made;
  made.nodes = made.leaves.concat(...made.scopes.map((inner) => inner.nodes));
  made.first = entries[0].first;
  made.id = `p:${made.nodes.length}:${made.first}:${scope.path}`;
  divide(made);
  return made;
}

// Where everything stands: every opened scope is laid out by dagre on its own, innermost first, and
// stands in the one around it as a box of the size that came out.
import dagre from "@dagrejs/dagre";

const WIDE = 6; // readers
const MARGIN = 24; // as the padding of opened scopes in graph.js

// root: a tree of {id, width, height} and {id, children}; edges: [source, target, label's width].
// Gives the centre of every box without children, and the bends of edges between neighbours.
export function layOut(root, edges) {
  const parents = new Map();
  const boxes = [];
  const walk = (box, parent) => {
    parents.set(box.id, parent);
    boxes.push(box);
    for (const child of box.children ?? []) walk(child, box);
  };
  walk(root, null);
  const inner = new Map(boxes.map((box) => [box, new Map()]));
  for (const [source, target, label] of edges) {
    const met = meet(parents, boxesById(boxes), source, target);
    if (met === null) continue;
    const key = `${met.from}\u0000${met.to}`;
    const direct = met.from === source && met.to === target;
    const known = inner.get(met.box).get(key)?.label ?? 0;
    const ends = { from: met.from, to: met.to, label: direct ? label : known };
    if (met.from !== met.to) inner.get(met.box).set(key, ends);
  }
  const routes = new Map();
  const wide = new Set();
  for (const edgesOf of inner.values()) for (const key of widest(edgesOf)) wide.add(key);
  for (const box of boxes.reverse()) if (box.children) place(box, inner.get(box), wide);
  const positions = new Map();
  settle(root, 0, 0, positions, routes);
  // An edge between inner boxes is as wide as the one between the boxes that hold them.
  for (const [source, target] of edges) {
    const met = meet(parents, boxesById(boxes), source, target);
    if (met && wide.has(`${met.from}\u0000${met.to}`)) wide.add(`${source}\u0000${target}`);
  }
  return { positions, routes, wide };
}

const known = new WeakMap();

function boxesById(boxes) {
  if (!known.has(boxes)) known.set(boxes, new Map(boxes.map((box) => [box.id, box])));
  return known.get(boxes);
}

// The innermost box around both ends, and what in it holds each of them.
function meet(parents, byId, source, target) {
  const above = new Map();
  let at = byId.get(source);
  for (let child = at; child; child = parents.get(child.id)) {
    const parent = parents.get(child.id);
    if (parent) above.set(parent, child.id);
  }
  for (let child = byId.get(target); child; child = parents.get(child.id)) {
    const parent = parents.get(child.id);
    if (parent && above.has(parent)) return { box: parent, from: above.get(parent), to: child.id };
  }
  return null;
}

// Edges of a producer that is read all over: they would pull everything beside it, so nothing is
// placed by them, but for readers that nothing else holds.
function widest(edges) {
  const readers = new Map();
  const held = new Map();
  for (const { from, to } of edges.values()) {
    readers.set(from, [...(readers.get(from) ?? []), to]);
    held.set(to, (held.get(to) ?? 0) + 1);
  }
  const keys = [];
  for (const [from, targets] of readers) {
    if (targets.length < WIDE) continue;
    for (const to of targets) {
      if (held.get(to) < 2) continue;
      held.set(to, held.get(to) - 1);
      keys.push(`${from}\u0000${to}`);
    }
  }
  return keys;
}

function place(box, edges, wide) {
  const graph = new dagre.graphlib.Graph({ multigraph: false });
  const ranker = box.children.length > 150 ? "longest-path" : "network-simplex";
  graph.setGraph({ rankdir: "TB", nodesep: 18, ranksep: 30, edgesep: 8, ranker });
  graph.setDefaultEdgeLabel(() => ({}));
  const loose = [];
  const touched = new Set([...edges.values()].flatMap(({ from, to }) => [from, to]));
  for (const child of box.children) {
    if (touched.has(child.id)) graph.setNode(child.id, { width: child.width, height: child.height });
    else loose.push(child);
  }
  for (const [key, { from, to, label }] of edges) {
    const room = label ? { width: label, height: 14, labelpos: "c" } : {};
    if (!wide.has(key)) graph.setEdge(from, to, room);
  }
  let width = 0;
  let height = 0;
  if (touched.size) {
    dagre.layout(graph);
    width = graph.graph().width;
    height = graph.graph().height;
  }
  for (const child of box.children) {
    const node = graph.node(child.id);
    if (node) Object.assign(child, { x: node.x, y: node.y });
  }
  box.bends = graph.edges().map(({ v, w }) => [v, w, graph.edge(v, w).points]);
  ({ width, height } = shelve(loose, width, height));
  box.width = width + 2 * MARGIN;
  box.height = height + 2 * MARGIN;
  box.offset = [MARGIN, MARGIN];
}

// What nothing is joined to stands in rows below the rest.
function shelve(loose, width, height) {
  if (!loose.length) return { width, height };
  const area = loose.reduce((sum, box) => sum + (box.width + 18) * (box.height + 18), 0);
  const room = Math.max(width, Math.sqrt(area * 2), ...loose.map((box) => box.width));
  let x = 0;
  let y = height ? height + 34 : 0;
  let row = 0;
  for (const box of loose) {
    if (x > 0 && x + box.width > room) {
      x = 0;
      y += row + 18;
      row = 0;
    }
    Object.assign(box, { x: x + box.width / 2, y: y + box.height / 2 });
    x += box.width + 18;
    row = Math.max(row, box.height);
    width = Math.max(width, x - 18);
  }
  return { width, height: y + row };
}

function settle(box, left, top, positions, routes) {
  const [dx, dy] = box.offset;
  for (const [v, w, points] of box.bends) {
    routes.set(`${v}\u0000${w}`, points.map(({ x, y }) => ({ x: x + left + dx, y: y + top + dy })));
  }
  for (const child of box.children) {
    const x = child.x + left + dx;
    const y = child.y + top + dy;
    if (child.children?.length) {
      settle(child, x - child.width / 2, y - child.height / 2, positions, routes);
    } else {
      positions.set(child.id, { x, y });
    }
  }
}

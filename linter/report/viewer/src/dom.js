// Elements without markup: text is text, so that no name of a model can become an element.

export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : shown(child));
  }
}

export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

// Control characters and halves of characters, which could turn a line around, as escapes.
const ODD = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff]/g;

export function shown(text) {
  const plain = String(text);
  if (!ODD.test(plain)) return plain;
  return Array.from(plain, (mark) =>
    mark.length === 1 && mark.search(ODD) === 0
      ? `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`
      : mark,
  ).join("");
}

// A name that may be broken after a slash.
export function name(text) {
  return shown(text).split(/(?<=\/)/).flatMap((part, at) => (at ? [document.createElement("wbr"), part] : [part]));
}

export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

export function percent(part, whole) {
  if (!whole || part === whole || !part) return part && whole ? "100%" : "0%";
  const share = Math.round((100 * part) / whole);
  return share === 0 ? "<1%" : share === 100 ? ">99%" : `${share}%`;
}

// A long name keeps its end, which tells nodes apart.
export function short(text, limit) {
  const plain = shown(text);
  return plain.length <= limit ? plain : `\u2026${plain.slice(plain.length - limit + 1)}`;
}

// Builds built/ from src/: one script, one style sheet, the licences of what is in them, and a
// manifest of digests that a test compares with the files.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const LIBRARIES = ["cytoscape", "@dagrejs/dagre"];
const OUTPUTS = ["viewer.js", "viewer.css", "licences.txt"];

const sources = ["package.json", "package-lock.json", "build.mjs"].concat(
  readdirSync("src").sort().map((name) => `src/${name}`),
);

await build({
  entryPoints: [
    { in: "src/main.js", out: "viewer" },
    { in: "src/viewer.css", out: "viewer" },
  ],
  bundle: true,
  minify: true,
  charset: "ascii",
  format: "iife",
  target: ["chrome111", "firefox113", "safari16"],
  legalComments: "none",
  supported: { "template-literal": false },
  outdir: "built",
});

// Control characters stand in strings and patterns only, where esbuild leaves them as they are.
const escaped = (mark) => `\\x${mark.charCodeAt(0).toString(16).padStart(2, "0")}`;
const script = readFileSync("built/viewer.js", "utf8");
writeFileSync("built/viewer.js", script.replace(/[\x00-\x09\x0b-\x1f\x7f]/g, escaped));

const licences = LIBRARIES.map((name) => {
  const about = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const text = readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim();
  return `${name} ${about.version} (${about.license})\n\n${text}\n`;
});
writeFileSync("built/licences.txt", `In the script of this page:\n\n${licences.join("\n")}`);

const digest = (name) => createHash("sha256").update(readFileSync(name)).digest("hex");
const listed = (names) => Object.fromEntries(names.map((name) => [name, digest(name)]));
writeFileSync(
  "built/manifest.json",
  JSON.stringify(
    { sources: listed(sources), outputs: listed(OUTPUTS.map((name) => `built/${name}`)) },
    null,
    2,
  ) + "\n",
);

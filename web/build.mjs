// Bundles the editor into the package, and puts the licences of everything in it beside it.
import { build } from "esbuild";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LARGEST = 150_000; // bytes, gzipped
const out = "../src/byhand/practice/web/static/codemirror.js";

const made = await build({
  entryPoints: ["editor.mjs"],
  outfile: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  banner: { js: "/* CodeMirror 6, bundled by `make web`; licences: codemirror.LICENSE.txt */" },
});

const packages = new Set();
for (const path of Object.keys(made.metafile.outputs[Object.keys(made.metafile.outputs)[0]].inputs)) {
  const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
  if (name) packages.add(name[1]);
}
const licences = [...packages].sort().map((name) => {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((one) => `${folder}/${one}`).find(existsSync);
  if (!file) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(file, "utf8").trim()}\n`;
});
writeFileSync("../src/byhand/practice/web/static/codemirror.LICENSE.txt", licences.join(`\n${"-".repeat(80)}\n\n`));

copyFileSync("node_modules/axe-core/axe.min.js", "../tests/practice/web/axe/axe.min.js");
copyFileSync("node_modules/axe-core/LICENSE", "../tests/practice/web/axe/LICENSE");

const size = gzipSync(readFileSync(out)).length;
console.log(`codemirror.js: ${size} bytes gzipped, of ${packages.size} packages`);
if (size > LARGEST) throw new Error(`more than ${LARGEST} bytes`);

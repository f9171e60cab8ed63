// web/build.mjs -- bundles the dashboard and the API page into a folder: node build.mjs [--out DIR]
//
// DIR gets index.html, docs.html, favicon.svg and assets/<name>-<hash>.<ext>, with a .gz beside
// each. New assets are written before the pages that name them, old ones go last, so that a
// server may serve DIR all the while.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, parse, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const WEB = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string', default: join(WEB, 'dist') } } });
const OUT = resolve(values.out);
const MODULES = join(WEB, 'node_modules');
const SWAGGER = join(MODULES, 'swagger-ui-dist');

const entries = [
	{ in: join(WEB, 'src/main.js'), out: 'main' },
	{ in: join(WEB, 'src/theme-first.js'), out: 'theme-first' },
	{ in: join(WEB, 'src/docs.js'), out: 'docs' },
	{ in: join(WEB, 'src/styles/main.css'), out: 'main' },
	{ in: join(WEB, 'src/styles/docs.css'), out: 'docs' },
];

const copied = [
	{ from: join(SWAGGER, 'swagger-ui-bundle.js'), name: 'swagger-ui-bundle.js' },
	{ from: join(SWAGGER, 'swagger-ui.css'), name: 'swagger-ui.css' },
];

// Packages whose code is in the bundle: their licences travel with it.
const shipped = ['preact', 'htm', '@preact/signals', '@preact/signals-core', 'swagger-ui-dist'];

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 10);

function hashedName(name, bytes) {
	const { name: stem, ext } = parse(name);
	return `${stem}-${hashOf(bytes)}${ext}`;
}

async function bundle() {
	const result = await build({
		entryPoints: entries,
		outdir: OUT,
		bundle: true,
		minify: true,
		write: false,
		format: 'esm',
		target: ['es2022', 'chrome100', 'firefox100', 'safari15.4'],
		charset: 'utf8',
		legalComments: 'none',
		logLevel: 'warning',
	});
	return result.outputFiles.map((file) => ({ name: parse(file.path).base, bytes: Buffer.from(file.contents) }));
}

function licences() {
	const parts = shipped.map((name) => {
		const folder = join(MODULES, name);
		const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
		const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
		return `${name} ${version}\n\n${file ? readFileSync(join(folder, file), 'utf8') : 'MIT'}`;
	});
	return Buffer.from(parts.join('\n\n----------------------------------------\n\n'));
}

// A file appears whole or not at all.
function write(path, bytes) {
	writeFileSync(`${path}.tmp`, bytes);
	renameSync(`${path}.tmp`, path);
}

function writeWithGzip(path, bytes) {
	write(`${path}.gz`, gzipSync(bytes, { level: 9 }));
	write(path, bytes);
}

// {{name}} in a page stands for the address of that asset.
function fill(page, addresses) {
	return page.replace(/\{\{([^}]+)\}\}/g, (whole, name) => {
		if (!addresses.has(name))
			throw new Error(`no asset is named ${name}`);
		return addresses.get(name);
	});
}

function removeStale(folder, kept) {
	for (const entry of readdirSync(folder))
		if (!kept.has(entry) && !kept.has(entry.replace(/\.gz$/, '')))
			rmSync(join(folder, entry), { recursive: true });
}

const assets = [
	...await bundle(),
	...copied.map(({ from, name }) => ({ name, bytes: readFileSync(from) })),
	{ name: 'licences.txt', bytes: licences() },
];
mkdirSync(join(OUT, 'assets'), { recursive: true });
const addresses = new Map();
for (const { name, bytes } of assets) {
	const hashed = hashedName(name, bytes);
	writeWithGzip(join(OUT, 'assets', hashed), bytes);
	addresses.set(name, `/assets/${hashed}`);
}
for (const page of ['index.html', 'docs.html', 'favicon.svg'])
	writeWithGzip(join(OUT, page), Buffer.from(fill(readFileSync(join(WEB, page), 'utf8'), addresses)));
removeStale(join(OUT, 'assets'), new Set([...addresses.values()].map((address) => parse(address).base)));
removeStale(OUT, new Set(['assets', 'index.html', 'docs.html', 'favicon.svg']));
console.log(`web: ${OUT}: ${assets.length} assets`);

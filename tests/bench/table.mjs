// tests/bench/table.mjs -- figures as people read them, and as bench/latest.json.
//
// A row: {what, unit, ours: [...], beside?: {name, values: [...]}, reach?, aim?, less?: true, note?}
// With `beside`, reach and aim are ratios ours / beside, taken round by round; without, they are bounds on the value itself.
// less: smaller is better. A curve: {what, unit, curve: [[label, value], ...]}.

import { median } from "./measure.mjs";

const short = (n) => (n === undefined || Number.isNaN(n) ? "-" : n >= 10000 ? `${(n / 1000).toFixed(1)}k` : n >= 100 ? n.toFixed(0)
	: n >= 10 ? n.toFixed(1) : n.toFixed(2));
const spread = (values) => (values.length < 2 ? short(values[0])
	: `${short(median(values))} (${short(Math.min(...values))}-${short(Math.max(...values))})`);

export const ratios = (row) => row.beside && row.ours.map((value, i) => value / row.beside.values[i]);

const judged = (row) => median(row.beside ? ratios(row) : row.ours);
const holds = (row, bound) => (row.less ? judged(row) <= bound : judged(row) >= bound);
export function verdict(row) {
	if (row.reach === undefined) return "";
	if (row.aim !== undefined && holds(row, row.aim)) return "aim";
	return holds(row, row.reach) ? "reached" : "SHORT";
}

const bound = (row, value) => (value === undefined ? "" : `${row.less ? "<=" : ">="} ${value}${row.beside ? "x" : ""}`);

function columns(row) {
	return [row.what, `${spread(row.ours)} ${row.unit}`, row.beside ? `${row.beside.name} ${spread(row.beside.values)}` : "",
		row.beside ? `${spread(ratios(row))}x` : "", bound(row, row.reach), bound(row, row.aim), verdict(row)];
}

function print(lines) {
	const width = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
	for (const line of lines) console.log(line.map((cell, i) => cell.padEnd(width[i])).join("  ").trimEnd());
}

export function printRows(rows) {
	const heads = ["figure", "ours: median (min-max)", "beside", "ratio", "to reach", "aim", ""];
	print([heads, ...rows.filter((row) => !row.curve).map(columns)]);
	const curves = rows.filter((row) => row.curve);
	if (curves.length === 0) return;
	console.log("\nHow cost grows");
	print(curves.map((row) => [row.what, row.unit, ...[0, 1, 2].map((i) => {
		const [label, value] = row.curve[i] ?? ["", undefined];
		return label ? `${label}: ${short(value)}` : "";
	})]));
}

export const asJson = (rows) => rows.map((row) => (row.curve ? row
	: { ...row, median: median(row.ours), ratio: row.beside && median(ratios(row)), verdict: verdict(row) }));

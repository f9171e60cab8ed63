test("refused: a previous plan that is missing, broken or of something else; a day that is none; words it does not know", async () => {
	const text = JSON.stringify(good());
	await inFolder(async (dir) => {
		const file = join(dir, "previous.json");
		const run = (...args) => rota(["replan", ...args], text);
		refused("missing", await run("--from-day", "1", "--prefer", "changes", file), /previous\.json/);
		await writeFile(file, "{");
		refused("broken", await run("--from-day", "1", "--prefer", "changes", file), /previous\.json/);
		await writeFile(file, JSON.stringify({ assignments: [{ slot: "d0m", courier: "c7" }] }));
		refused("a stranger", await run("--from-day", "1", "--prefer", "changes", file), /c7|assignments\[0\]/);
		await writeFile(file, JSON.stringify(await plan(good())));
		refused("no day", await run("--from-day", "x", "--prefer", "changes", file), /from-day/);
		refused("no preference", await run("--from-day", "1", "--prefer", "luck", file), /prefer/);
		refused("no such thing", await rota(["guess"], text), /guess|usage/i);
	});
});

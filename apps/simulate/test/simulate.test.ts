import { expect, test } from "vitest";
import { simulate } from "../src/simulation.js";
test("try", { timeout: 600000 }, async () => {
  const first = Number(process.env["SEED"] ?? 1), n = Number(process.env["RUNS"] ?? 30);
  const ops = (process.env["OPS"] ?? "").split(",").filter((x) => x);
  let failed = 0;
  const t = Date.now();
  for (let s = first; s < first + n; s++) {
    try { const r = await simulate(s, ops); if (n < 5) console.log(r); } catch (e) { failed++; console.log(`seed ${s}: ${(e as Error).message}`); if (n === 1) console.log((e as Error).cause); if (failed > 8) break; }
  }
  console.log("failed", failed, Date.now() - t);
  expect(failed).toBe(0);
});

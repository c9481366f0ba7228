import { FaultyFileSystem } from "@ss/testkit";
import { test } from "vitest";
import * as queries from "./queries.js";
import { Trial } from "./trial.js";
test("prof", { timeout: 60000 }, async () => {
  for (const o of [queries.STATELESS, queries.WINDOWED, queries.FIRST_ROWS])
  for (let i = 0; i < 12; i++) {
    const disk = new FaultyFileSystem();
    const trial = new Trial(o);
    const t0 = performance.now();
    const spark = await trial.session(disk);
    const t1 = performance.now();
    const q = await trial.start(spark);
    const t2 = performance.now();
    await q.processAllAvailable();
    const t3 = performance.now();
    let s = "";
    while (trial.feed()) { const a = performance.now(); await q.processAllAvailable(); s += (performance.now() - a).toFixed(1) + " "; }
    const t4 = performance.now();
    await spark.stop();
    if (i > 8) console.log(`session ${(t1-t0).toFixed(1)} start ${(t2-t1).toFixed(1)} first ${(t3-t2).toFixed(1)} feeds ${s} stop ${(performance.now()-t4).toFixed(1)} ops ${disk.operations.length}`);
  }
});

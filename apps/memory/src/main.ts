import { twoBatches } from "./two-batches.js";

const rows = await twoBatches(process.stdout);
console.log(`${rows.length} batches of ${rows.join(" and ")} rows: each number was processed once.`);

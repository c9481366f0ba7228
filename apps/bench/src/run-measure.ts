import { host } from "./measures/host.js";
import { countKeys } from "./measures/kafka/count-keys.js";
import { countViews } from "./measures/kafka/count-views.js";
import { countViewsByHand } from "./measures/kafka/count-views-by-hand.js";
import { manyBatches } from "./measures/many-batches.js";
import { type FileArrival, manyFiles } from "./measures/many-files.js";
import { peakMemory } from "./measures/peak-memory.js";
import { statefulBatches, statelessBatches } from "./measures/small-batches.js";
import { fillState, recoverState } from "./measures/state-recovery.js";
import { stateCost } from "./measures/state-size.js";
import { withScratch } from "./scratch.js";

type Program = (root: string, scratch: string, ...args: readonly string[]) => Promise<unknown>;

const PROGRAMS: Readonly<Record<string, Program>> = {
  stateful: (_root, scratch, batches) => statefulBatches(scratch, Number(batches)),
  stateless: (_root, _scratch, batches) => statelessBatches(Number(batches)),
  batches: (_root, scratch, batches) => manyBatches(scratch, Number(batches)),
  files: (_root, scratch, arrival, input, files, arrivals) =>
    manyFiles(arrival as FileArrival, input!, Number(files), Number(arrivals), scratch),
  memory: (_root, scratch, input, rows, sink, threads) =>
    peakMemory(input!, Number(rows), sink === "slow", Number(threads), scratch),
  state: (_root, scratch, keys) => stateCost(scratch, Number(keys)),
  "fill-state": (_root, _scratch, folder, keys) => fillState(folder!, Number(keys)),
  "recover-state": (_root, _scratch, folder, keys) => recoverState(folder!, Number(keys)),
  kafka: (_root, scratch, bootstrap, from, to, delivery) =>
    countViews(scratch, bootstrap!, from!, to!, delivery!),
  "kafka-keys": (_root, scratch, bootstrap, from, to) => countKeys(scratch, bootstrap!, from!, to!),
  "kafka-by-hand": (_root, _scratch, bootstrap, from, to, records) =>
    countViewsByHand(bootstrap!, from!, to!, Number(records)),
  host: (root, scratch, input) => host(input!, root, scratch),
};

// One measurement in a process of its own. Prints one JSON line.
const [name, root, ...args] = process.argv.slice(2) as [string, string, ...string[]];
const measured = await withScratch(root, (scratch) => PROGRAMS[name]!(root, scratch, ...args));
process.stdout.write(`${JSON.stringify(measured)}\n`);

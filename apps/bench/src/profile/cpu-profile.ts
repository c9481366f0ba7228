import type { Profiler } from "node:inspector";
import { operatorOf, placeOf } from "./operators.js";
import { sourceName } from "./source-name.js";

/** Milliseconds by name. */
export type Times = Readonly<Record<string, number>>;

/** Where the time of a profile went, in three ways. Times are those in the code itself, without what it called. */
export interface TimeSpent {
  /** By operator: code that works for others is counted where it was called from. */
  readonly operators: Times;
  readonly packages: Times;
  readonly functions: Times;
}

const OUTSIDE: readonly string[] = ["(idle)", "(program)", "(garbage collector)", "(root)"];

/** The switching on and off of the profiler itself. */
const PROFILER = "bench: profile";

/** Adds up the samples of profiles, one a thread. Time in which a thread had nothing to do is left out, and
 * the profiler's own. */
export function timeSpent(profiles: readonly Profiler.Profile[]): TimeSpent {
  const operators: Record<string, number> = {};
  const packages: Record<string, number> = {};
  const functions: Record<string, number> = {};
  const add = (times: Record<string, number>, name: string, ms: number): void => {
    times[name] = (times[name] ?? 0) + ms;
  };
  for (const profile of profiles) {
    const describe = describer(profile);
    for (const [k, id] of (profile.samples ?? []).entries()) {
      const ms = profile.timeDeltas![k]! / 1000;
      const { operator, owner, name } = describe(id);
      if (name === "(idle)" || operator === PROFILER) continue;
      add(operators, operator, ms);
      add(packages, owner, ms);
      add(functions, name, ms);
    }
  }
  return { operators, packages, functions };
}

interface Described {
  readonly operator: string;
  readonly owner: string;
  readonly name: string;
}

/** Names the nodes of a profile, each once. */
function describer(profile: Profiler.Profile): (id: number) => Described {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children } of profile.nodes) for (const child of children ?? []) parents.set(child, id);
  const described = new Map<number, Described>();
  const describe = (id: number): Described => {
    const known = described.get(id);
    if (known) return known;
    const parent = parents.get(id);
    const made = describeFrame(nodes.get(id)!.callFrame, () =>
      parent === undefined ? undefined : describe(parent).operator,
    );
    described.set(id, made);
    return made;
  };
  return describe;
}

/** Frames that stand above all others: what they call is none of their work. */
const TOPMOST: readonly string[] = ["(root)", "(node)", "(native)"];

function describeFrame(
  frame: Profiler.ProfileNode["callFrame"],
  callerOperator: () => string | undefined,
): Described {
  const { functionName, url, scriptId, lineNumber, columnNumber } = frame;
  if (OUTSIDE.includes(functionName) && url === "")
    return { operator: functionName, owner: functionName, name: functionName };
  const isNative = scriptId === "0";
  const source = isNative
    ? { package: "(native)", file: "" }
    : sourceName(url, Math.max(0, lineNumber), Math.max(0, columnNumber));
  const caller = callerOperator();
  const inherited = caller === undefined || TOPMOST.includes(caller) ? undefined : caller;
  const operator = operatorOf(source) ?? inherited ?? placeOf(source);
  const where = source.file === "" ? source.package : `${source.package}/${source.file}`;
  return { operator, owner: source.package, name: `${functionName || "(anonymous)"} ${where}` };
}

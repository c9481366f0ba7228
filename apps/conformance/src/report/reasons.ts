import type { Miss } from "./golden-report.js";

/** A reason with how often it occurs and one place where it does. */
interface Group {
  count: number;
  readonly example: Miss;
}

/** The most frequent reasons of failures, each with its count and an example. */
export function reasonTable(misses: readonly Miss[], limit: number): string {
  const groups = new Map<string, Group>();
  for (const miss of misses) {
    const name = groupName(miss.reason);
    const group = groups.get(name);
    if (group) group.count++;
    else groups.set(name, { count: 1, example: miss });
  }
  return [...groups]
    .sort(([, a], [, b]) => b.count - a.count)
    .slice(0, limit)
    .map(([name, { count, example }]) => {
      const sql = example.sql.replace(/\s+/g, " ").slice(0, 100);
      return `${String(count).padStart(5)}  ${name}\n       ${example.place}: ${sql}`;
    })
    .join("\n");
}

const NAME_MAX = 140;

/** The first line of a reason; numbers stand for one another, and so do the values of an error whose condition is told. */
function groupName(reason: string): string {
  const line = reason.split("\n")[0]!.replace(/\d+/g, "N");
  return line.slice(0, NAME_MAX);
}

/** The settings that one run of a golden file uses on top of the session's. */
export type Settings = Readonly<Record<string, string>>;

const DIRECTIVE = /^--(SET|CONFIG_DIM\d*)\s+(.*)$/;

/**
 * The settings of an input file: each entry is one run of the file. `--SET` lines hold for every run; each `--CONFIG_DIM<n>`
 * line is one choice of dimension n, and the runs are the product of all dimensions. What a file imports adds statements,
 * which the golden file lists in full, and no settings.
 */
export function settingsOfInput(text: string): Settings[] {
  const always: Record<string, string> = {};
  const dimensions = new Map<string, Settings[]>();
  for (const line of text.split("\n")) {
    const directive = DIRECTIVE.exec(line.trim());
    if (!directive) continue;
    const [, kind, pairs] = directive as unknown as [string, string, string];
    const settings = parsePairs(pairs);
    if (kind === "SET") Object.assign(always, settings);
    else dimensions.set(kind, [...(dimensions.get(kind) ?? []), settings]);
  }
  let runs: Settings[] = [always];
  for (const choices of dimensions.values())
    runs = runs.flatMap((run) => choices.map((choice) => ({ ...run, ...choice })));
  return runs;
}

function parsePairs(text: string): Settings {
  const pairs = text.trim().replace(/;$/, "").split(",");
  return Object.fromEntries(
    pairs
      .map((pair) => pair.split("="))
      .filter(([key]) => key?.trim())
      .map(([key, ...value]) => [key!.trim(), value.join("=").trim()]),
  );
}

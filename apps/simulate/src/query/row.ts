import type { SeededRandom } from "@ss/testkit";

/** The columns of every stream in a simulation, as DDL. */
export const ROW_SCHEMA = "id BIGINT, k STRING, n INT, t TIMESTAMP";

/** A row of a stream, as the model holds it. */
export interface Row {
  /** Different for every row of a run. */
  readonly id: number;
  readonly k: string | null;
  readonly n: number | null;
  /** Event time in whole seconds since 1970. */
  readonly t: number | null;
}

/** What a sink is given, cell by cell as text. */
export type OutputRow = string;

/** The first event time; later ones are seconds after it. */
const EPOCH_SECONDS = Date.UTC(2024, 0, 1) / 1000;

/** Some texts look like code, options or paths: they are to stay data. */
const KEYS = [
  "a",
  "b",
  "c",
  "d",
  "",
  "it's",
  '"q"',
  "__proto__",
  "constructor",
  "../up",
  "$(n)",
  "a,b\nc",
  "\u2028",
  "ü",
];

/** Rows whose event times move on, some of them late, with nulls here and there. */
export class RowGenerator {
  private readonly random: SeededRandom;
  private readonly keys: readonly (string | null)[];
  private nextId = 1;
  private nowSeconds = EPOCH_SECONDS;

  constructor(random: SeededRandom) {
    this.random = random;
    this.keys = [
      ...random.shuffle(KEYS).slice(0, random.integer(1, 6)),
      ...(random.chance(0.3) ? [null] : []),
    ];
  }

  /** The next rows of a stream. */
  rows(): Row[] {
    const { random } = this;
    this.nowSeconds += random.pick([0, 1, 5, 20, 60, 200]);
    const count = random.pick([0, 1, 1, 2, 3, 5, 8, 20]);
    return Array.from({ length: count }, () => ({
      id: this.nextId++,
      k: random.pick(this.keys),
      n: random.chance(0.1) ? null : random.integer(-5, 9),
      t: random.chance(0.05)
        ? null
        : this.nowSeconds + random.integer(-40, 15) - (random.chance(0.1) ? 150 : 0),
    }));
  }
}

/** A row as the memory source takes it. */
export function sourceRow({ id, k, n, t }: Row): readonly unknown[] {
  return [id, k, n, t === null ? null : new Date(t * 1000)];
}

/** Cells as text, equal for equal values whatever their JavaScript type. */
export function outputRow(cells: readonly unknown[]): OutputRow {
  return JSON.stringify(cells.map((cell) => (cell === null || cell === undefined ? null : String(cell))));
}

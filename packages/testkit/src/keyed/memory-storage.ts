import { inspect } from "node:util";
import type {
  Kept,
  ListRows,
  MapRows,
  ProcessorStorage,
  QueryInfo,
  TimerRows,
  ValueRows,
  VariableSpec,
} from "@ss/core";

/** A variable's values of all keys: one, a list, or entries of a map by the text of their keys. */
type Values =
  | { readonly kind: "ValueState"; readonly byKey: Map<string, Kept> }
  | { readonly kind: "ListState"; readonly byKey: Map<string, Kept[]> }
  | { readonly kind: "MapState"; readonly byKey: Map<string, Map<string, readonly [unknown, Kept]>> };

/** Keys are equal where they look the same. */
function textOf(key: unknown): string {
  return inspect(key, { depth: null, maxArrayLength: null, maxStringLength: null, sorted: true });
}

/** The variables and timers of a processor as plain values. What is put is copied, as it is on its way into columns. */
export class MemoryStorage implements ProcessorStorage {
  processingTimeMs = 0;
  private at: { readonly key: unknown; readonly text: string } | undefined;
  private readonly variables: Map<string, Values> = new Map();
  private readonly ttls: Map<string, number> = new Map();
  private readonly timersByKey: Map<string, { readonly key: unknown; readonly times: Set<number> }> =
    new Map();

  /** Does something for a key. */
  forKey<T>(key: unknown, run: () => T): T {
    this.at = { key, text: textOf(key) };
    try {
      return run();
    } finally {
      this.at = undefined;
    }
  }

  get hasKey(): boolean {
    return this.at !== undefined;
  }

  /** The variable of a name, to be looked at and changed beside the processor. */
  variable(name: string, kind: Values["kind"]): ValueRows | ListRows | MapRows {
    const values = this.variables.get(name);
    if (values === undefined) throw new Error(`the processor has no state variable ${name}`);
    if (values.kind !== kind)
      throw new Error(`the state variable ${name} is a ${values.kind}, not a ${kind}`);
    return this.rows(values);
  }

  /** The end of what is put into a variable now. */
  endOf(name: string): number | null {
    const ttlMs = this.ttls.get(name);
    return ttlMs === undefined ? null : this.processingTimeMs + ttlMs;
  }

  /** Whether a value has not ended. */
  readonly isLive = ({ expiresAtMs }: Kept): boolean => {
    return expiresAtMs === null || expiresAtMs > this.processingTimeMs;
  };

  /** Forgets what a variable has of the key at hand. */
  forget(name: string): void {
    const values = this.variables.get(name);
    if (values === undefined) throw new Error(`the processor has no state variable ${name}`);
    values.byKey.delete(this.text);
  }

  /** Timers at or before a time, in the order of their times. */
  expired(timeMs: number): readonly { readonly key: unknown; readonly timeMs: number }[] {
    const found = [...this.timersByKey.values()].flatMap(({ key, times }) =>
      [...times].filter((time) => time <= timeMs).map((time) => ({ key, timeMs: time })),
    );
    return found.sort((a, b) => a.timeMs - b.timeMs);
  }

  value(spec: VariableSpec): ValueRows {
    return this.declared(spec, { kind: "ValueState", byKey: new Map() }) as ValueRows;
  }

  list(spec: VariableSpec): ListRows {
    return this.declared(spec, { kind: "ListState", byKey: new Map() }) as ListRows;
  }

  map(spec: VariableSpec): MapRows {
    return this.declared(spec, { kind: "MapState", byKey: new Map() }) as MapRows;
  }

  readonly timers: TimerRows = {
    add: (timeMs) => {
      const { key, text } = this.at!;
      const held = this.timersByKey.get(text) ?? { key, times: new Set() };
      this.timersByKey.set(text, held);
      held.times.add(timeMs);
    },
    remove: (timeMs) => {
      this.timersByKey.get(this.text)?.times.delete(timeMs);
    },
    list: () => [...(this.timersByKey.get(this.text)?.times ?? [])].sort((a, b) => a - b),
  };

  queryInfo(): QueryInfo {
    const none = "00000000-0000-0000-0000-000000000000";
    return { getQueryId: () => none, getRunId: () => none, getBatchId: () => 0 };
  }

  private get text(): string {
    return this.at!.text;
  }

  private declared({ name, ttlMs }: VariableSpec, values: Values): ValueRows | ListRows | MapRows {
    this.variables.set(name, values);
    if (ttlMs !== undefined) this.ttls.set(name, ttlMs);
    return this.rows(values);
  }

  private rows(values: Values): ValueRows | ListRows | MapRows {
    switch (values.kind) {
      case "ValueState":
        return this.valueRows(values.byKey);
      case "ListState":
        return this.listRows(values.byKey);
      case "MapState":
        return this.mapRows(values.byKey);
    }
  }

  private valueRows(byKey: Map<string, Kept>): ValueRows {
    return {
      get: () => copied(byKey.get(this.text)),
      put: (value, expiresAtMs) => void byKey.set(this.text, kept(value, expiresAtMs)),
      remove: () => void byKey.delete(this.text),
    };
  }

  private listRows(byKey: Map<string, Kept[]>): ListRows {
    return {
      get: () => (byKey.get(this.text) ?? []).map((one) => copied(one)!),
      append: (values, expiresAtMs) => {
        const added = values.map((value) => kept(value, expiresAtMs));
        byKey.set(this.text, [...(byKey.get(this.text) ?? []), ...added]);
      },
      replace: (values, expiresAtMs) => {
        byKey.set(
          this.text,
          values.map((value) => kept(value, expiresAtMs)),
        );
      },
      remove: () => void byKey.delete(this.text),
    };
  }

  private mapRows(byKey: Map<string, Map<string, readonly [unknown, Kept]>>): MapRows {
    const entries = (): Map<string, readonly [unknown, Kept]> => byKey.get(this.text) ?? new Map();
    return {
      get: (key) => copied(entries().get(textOf(key))?.[1]),
      put: (key, value, expiresAtMs) => {
        byKey.set(this.text, entries().set(textOf(key), [structuredClone(key), kept(value, expiresAtMs)]));
      },
      entries: () =>
        [...entries().values()].map(([key, one]) => [structuredClone(key), copied(one)!] as const),
      remove: (key) => void entries().delete(textOf(key)),
      clear: () => void byKey.delete(this.text),
    };
  }
}

function kept(value: unknown, expiresAtMs: number | null): Kept {
  return { value: structuredClone(value), expiresAtMs };
}

function copied(one: Kept | undefined): Kept | undefined {
  return one && { ...one, value: structuredClone(one.value) };
}

import type { StateStoreProvider, StateVersion } from "@ss/core";
import type { FaultyFileSystem } from "../../disk/faulty-file-system.js";
import { put, type Row, StateRun, textRows, UNFENCED } from "../state-run.js";

/** A state store provider; the suite brings the disk. */
export interface StateStoreUnderTest {
  readonly provider: StateStoreProvider;
  /** Settings of the store, by their keys. */
  readonly conf?: Readonly<Record<string, string>>;
  close?(): Promise<void>;
}

/** Successive runs on one folder of a new disk, or of the one given. */
export const runOf = ({ provider, conf = {} }: StateStoreUnderTest, disk?: FaultyFileSystem): StateRun =>
  new StateRun(provider, conf, disk);

/** Commits versions 1 to `count`; version v holds the words w1 to wv, each with its number. */
export async function commitVersions(run: StateRun, count: number): Promise<StateVersion[]> {
  const { store, family } = await run.at(null);
  const versions: StateVersion[] = [];
  for (let v = 1; v <= count; v++) {
    put(family, wordRow(v));
    versions.push(await store.commit(v, UNFENCED));
  }
  await store.close();
  return versions;
}

/** Version `n` adds this row to the one before it. */
export const wordRow = (n: number): Row => [`w${n}`, BigInt(n) * 1_000_000n, BigInt(n)];
/** The rows of a version, as sorted text. */
export const words = (count: number): string[] =>
  textRows(...Array.from({ length: count }, (_, i) => wordRow(i + 1)));

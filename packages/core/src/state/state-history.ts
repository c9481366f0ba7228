import { stateFileName } from "./state-file.js";
import type { StateVersion } from "./state-store.js";

/** A version on the way to the present one, with the files that it has. */
export interface StateStep extends StateVersion {
  readonly delta: boolean;
  snapshot: boolean;
}

/** A file of the folder that no version on the way has. */
interface OtherFile {
  readonly name: string;
  readonly version: number;
}

/**
 * The files of a store: those on the way to the present version, oldest first, and others that were there when it was loaded
 * (of older versions, which may still be asked for, and of runs that crashed). The folder is listed once; what a commit costs
 * here does not depend on how many there were.
 */
export class StateHistory {
  private steps: StateStep[] = [];
  /** Versions with a snapshot, of the steps. */
  private snapshots: number[] = [];
  private others: OtherFile[] = [];

  /** Begins with the files of a folder and the versions that were loaded. */
  begin(names: Iterable<string>, steps: readonly StateStep[]): void {
    this.steps = [...steps];
    this.snapshots = steps.filter((step) => step.snapshot).map((step) => step.version);
    const onTheWay = new Set(steps.flatMap(filesOf));
    this.others = [];
    for (const name of names) {
      const version = versionOf(name);
      if (version !== null && !onTheWay.has(name)) this.others.push({ name, version });
    }
  }

  /** The newest version, which a commit has named. */
  get latest(): StateStep | undefined {
    return this.steps.at(-1);
  }

  add(step: StateStep): void {
    this.steps.push(step);
  }

  /** A step of the history has a snapshot now. */
  addSnapshot(step: StateStep): void {
    step.snapshot = true;
    this.snapshots.push(step.version);
  }

  /**
   * Names of files that no restart will ask for, which from then on are none of the history: those before the newest snapshot
   * that is old enough, and those that crashed runs left beside the way to the present version.
   */
  takeDoomed(oldestNeeded: number): string[] {
    const { snapshots, steps } = this;
    while (snapshots.length > 1 && snapshots[1]! <= oldestNeeded) snapshots.shift();
    const hasBase = snapshots.length > 0 && snapshots[0]! <= oldestNeeded;
    const doomed: string[] = [];
    while (hasBase && steps[0]!.version < snapshots[0]!) doomed.push(...filesOf(steps.shift()!));
    if (this.others.length > 0) doomed.push(...this.takeOthers(hasBase));
    return doomed;
  }

  private takeOthers(hasBase: boolean): string[] {
    const first = this.steps[0]!.version;
    const committed = this.steps.at(-1)!.version;
    const isDoomed = ({ version }: OtherFile): boolean => {
      // before the first step stand older versions, which count until a snapshot takes their place
      return version < first ? hasBase : version <= committed;
    };
    const doomed = this.others.filter(isDoomed);
    if (doomed.length > 0) this.others = this.others.filter((file) => !isDoomed(file));
    return doomed.map((file) => file.name);
  }
}

/** The version in the name of a state file; null if it is none. */
export function versionOf(name: string): number | null {
  const match = /^(\d+)-[^.].*\.(?:delta|snapshot)$/.exec(name);
  return match === null ? null : Number(match[1]);
}

function filesOf(step: StateStep): string[] {
  const names: string[] = [];
  if (step.delta) names.push(stateFileName("delta", step));
  if (step.snapshot) names.push(stateFileName("snapshot", step));
  return names;
}

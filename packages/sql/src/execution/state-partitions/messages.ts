import type { HolderSize, OutputMode, StateShare } from "@ss/core";

/** What an operator with divided state has to know of a batch. */
export interface StateBatch {
  readonly mode: OutputMode;
  /** Rows with an event time at or before it are late. */
  readonly lateWatermarkMs: number;
  /** State at or before it is complete. */
  readonly watermarkMs: number;
  /** In an open batch: results are those of the part that is under way. */
  readonly inParts?: boolean;
}

/** What an operator did to its state in a batch. */
export interface StateCounts {
  updated: number;
  removed: number;
  droppedByWatermark: number;
  updatesMs: number;
  removalsMs: number;
}

/** Makes a worker the owner of a share of an operator's state. */
export interface OpenShare {
  readonly kind: "openShare";
  readonly stateId: number;
  readonly share: StateShare;
  /** Which operator it is, and what it needs to know of the plan, in portable form. */
  readonly operator: string;
  readonly plan: unknown;
  readonly ansi: boolean;
  /** What errors call the operator. */
  readonly holder: string;
}

/** Forgets a share. */
export interface CloseShare {
  readonly kind: "closeShare";
  readonly stateId: number;
}

/**
 * Asks the owner of a share for something. Calls are done in the order in which they are sent; it answers with `rows` messages, as far as credits
 * allow, and at last with a {@link ShareReport}. Nothing that changes the share is sent while `changes` or `give` are answered; an `image` is
 * answered beside what comes later.
 */
export interface CallShare {
  readonly kind: "callShare";
  readonly taskId: number;
  readonly stateId: number;
  readonly call: ShareCall;
}

/** What may be asked for: the first five as a {@link RemoteFamily} is, the last three by the operator, in each batch. */
export type ShareCall =
  | { readonly do: "clear" }
  | { readonly do: "apply"; readonly block: Uint8Array }
  | { readonly do: "committed" }
  | { readonly do: "changes"; readonly number: number }
  | { readonly do: "image"; readonly number: number }
  | { readonly do: "begin"; readonly batch: StateBatch }
  /** Merges partial results, packed. */
  | { readonly do: "take"; readonly rowCount: number; readonly packed: ArrayBuffer }
  /** Gives out what the output mode asks for, packed. */
  | { readonly do: "give" };

/** How a share is after a call. */
export interface ShareReport {
  readonly size: HolderSize;
  /** Of the batch so far. */
  readonly counts: StateCounts;
}

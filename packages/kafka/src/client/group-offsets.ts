import { StreamError } from "@ss/core";
import { ERROR, errorName, isPassing } from "../protocol/error-codes.js";
import type { FetchPosition } from "../protocol/fetch.js";
import { offsetCommitRequest } from "../protocol/offset-commit.js";
import { notAuthorized } from "./client-errors.js";
import type { ClusterView } from "./cluster-view.js";
import { type CoordinatorCall, Coordinators } from "./coordinators.js";

/** The group has members, who alone may commit. */
const MEMBERS: ReadonlySet<number> = new Set([22, 25, 27]);

/** Commits offsets of groups at the brokers that coordinate them. */
export class GroupOffsets {
  private readonly coordinators: Coordinators;

  constructor(cluster: ClusterView) {
    this.coordinators = new Coordinators(cluster);
  }

  async commit(group: string, offsets: readonly FetchPosition[], signal: AbortSignal): Promise<void> {
    const call: CoordinatorCall<readonly number[]> = {
      kind: "group",
      name: group,
      request: (versions) => offsetCommitRequest(group, offsets, versions),
      codeOf: (codes) => codes.find((code) => code !== ERROR.none) ?? ERROR.none,
      check: (code) => refuse(group, code),
    };
    await this.coordinators.ask(call, signal);
  }
}

/** Throws what a code stands for; what may pass is no StreamError. */
function refuse(group: string, errorCode: number): never {
  if (isPassing(errorCode))
    throw new Error(`the coordinator of the group ${group} gave ${errorName(errorCode)}`);
  if (errorCode === ERROR.groupAuthorizationFailed)
    throw notAuthorized(`the group ${group}`, errorCode, "use");
  const reason = MEMBERS.has(errorCode)
    ? "consumers are members of it"
    : `Kafka gave ${errorName(errorCode)}`;
  throw new StreamError({
    condition: "SS_KAFKA_OFFSETS_NOT_COMMITTED",
    parameters: { group, errorCode: String(errorCode) },
    message: `Offsets could not be committed to the group ${group}: ${reason}. Give kafka.group.id a group of its own.`,
  });
}

import { StreamError } from "@ss/core";
import { ERROR, errorName, isPassing } from "../protocol/error-codes.js";
import type { FetchPosition } from "../protocol/fetch.js";
import { findCoordinatorRequest } from "../protocol/find-coordinator.js";
import { offsetCommitRequest } from "../protocol/offset-commit.js";
import { notAuthorized } from "./client-errors.js";
import type { ClusterView } from "./cluster-view.js";

/** The group has members, who alone may commit. */
const MEMBERS: ReadonlySet<number> = new Set([22, 25, 27]);

/** Commits offsets of groups at the brokers that coordinate them. */
export class GroupOffsets {
  private readonly cluster: ClusterView;
  private readonly coordinators = new Map<string, number>();

  constructor(cluster: ClusterView) {
    this.cluster = cluster;
  }

  commit(group: string, offsets: readonly FetchPosition[], signal: AbortSignal): Promise<void> {
    return this.cluster.repeat(signal, () => this.tryToCommit(group, offsets));
  }

  private async tryToCommit(group: string, offsets: readonly FetchPosition[]): Promise<void> {
    try {
      const node = this.coordinators.get(group) ?? (await this.find(group));
      this.coordinators.set(group, node);
      const codes = await this.cluster.brokers.send(node, (versions) =>
        offsetCommitRequest(group, offsets, versions),
      );
      check(group, codes.find((code) => code !== ERROR.none) ?? ERROR.none);
    } catch (error) {
      // the next try asks who coordinates the group now
      this.coordinators.delete(group);
      throw error;
    }
  }

  private async find(group: string): Promise<number> {
    const { brokers } = this.cluster;
    const { errorCode, broker } = await brokers.send(null, (versions) =>
      findCoordinatorRequest("group", group, versions),
    );
    check(group, errorCode);
    await brokers.update([broker]);
    return broker.nodeId;
  }
}

/** Throws what a code stands for; what may pass is no StreamError. */
function check(group: string, errorCode: number): void {
  if (errorCode === ERROR.none) return;
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

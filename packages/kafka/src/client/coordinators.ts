import { type CoordinatorKind, findCoordinatorRequest } from "../protocol/find-coordinator.js";
import type { ApiVersions, Request } from "../protocol/request.js";
import type { ClusterView } from "./cluster-view.js";

/** A call to a coordinator. */
export interface CoordinatorCall<T> {
  readonly kind: CoordinatorKind;
  /** The group, or the transactional id. */
  readonly name: string;
  request(versions: ApiVersions): Request<T>;
  codeOf(answer: T): number;
  /** Throws what a code stands for that the request `apiName` got; what may pass is no StreamError. Called for codes other than 0. */
  check(code: number, apiName: string): never;
  /** How long the k-th repetition after a code waits, where the same coordinator is asked again at once; undefined: it is not. */
  pauseMs?(code: number, k: number): number | undefined;
}

/** The brokers that coordinate groups and transactional ids, as far as they are known, and calls to them. */
export class Coordinators {
  private readonly cluster: ClusterView;
  private readonly nodes = new Map<string, number>();

  constructor(cluster: ClusterView) {
    this.cluster = cluster;
  }

  /** Asks a coordinator until it answers without an error that may pass; after one the next try asks who coordinates now. */
  ask<T>(call: CoordinatorCall<T>, signal: AbortSignal, limitMs?: number): Promise<T> {
    const key = `${call.kind} ${call.name}`;
    const attempt = async (): Promise<T> => {
      try {
        const node = this.nodes.get(key) ?? (await this.find(call));
        this.nodes.set(key, node);
        return await this.askNode(node, call, signal);
      } catch (error) {
        this.nodes.delete(key);
        throw error;
      }
    };
    return this.cluster.repeat(signal, attempt, limitMs);
  }

  private async askNode<T>(node: number, call: CoordinatorCall<T>, signal: AbortSignal): Promise<T> {
    const { brokers, clock } = this.cluster;
    let apiName = "";
    for (let k = 0; ; k++) {
      const answer = await brokers.send(node, (versions) => {
        const sent = call.request(versions);
        ({ apiName } = sent);
        return sent;
      });
      const code = call.codeOf(answer);
      if (code === 0) return answer;
      const pauseMs = call.pauseMs?.(code, k);
      if (pauseMs === undefined) return call.check(code, apiName);
      await clock.sleep(pauseMs, signal);
    }
  }

  private async find({ kind, name, check }: CoordinatorCall<unknown>): Promise<number> {
    const { brokers } = this.cluster;
    const { errorCode, broker } = await brokers.send(null, (versions) =>
      findCoordinatorRequest(kind, name, versions),
    );
    if (errorCode !== 0) check(errorCode, "FindCoordinator");
    await brokers.update([broker]);
    return broker.nodeId;
  }
}

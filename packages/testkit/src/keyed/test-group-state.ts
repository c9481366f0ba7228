import { GroupStateTimeout, StreamError, TrackedGroupState } from "@ss/core";

/** What a {@link TestGroupState} begins with. */
export interface TestGroupStateOptions<S> {
  /** The state; absent for a group that has none. */
  readonly state?: S;
  /** Default none. */
  readonly timeout?: GroupStateTimeout;
  /** When the batch began. Default 0. */
  readonly processingTimeMs?: number;
  /** Absent for an input without a watermark. */
  readonly watermarkMs?: number;
  /** Whether the function is called since the group has timed out. Default false. */
  readonly hasTimedOut?: boolean;
}

/**
 * A group state to call a function of `mapGroupsWithState` or `flatMapGroupsWithState` with in a test; it tells afterwards what the function did:
 * `isUpdated`, `isRemoved` and `timeoutTimestampMs`.
 *
 * @example
 * ```ts
 * const state = TestGroupState.create({ state: 2, timeout: "ProcessingTimeTimeout", processingTimeMs: 1000 });
 * count("ada", [{ user: "ada" }], state);
 * expect(state.get()).toBe(3);
 * expect(state.timeoutTimestampMs).toBe(11_000);
 * ```
 */
export class TestGroupState<S> extends TrackedGroupState<S> {
  /** A state as the engine would hand it to the function. */
  static create<S>(options: TestGroupStateOptions<S> = {}): TestGroupState<S> {
    const { state, timeout = GroupStateTimeout.NoTimeout, processingTimeMs = 0, watermarkMs } = options;
    const hasTimedOut = options.hasTimedOut ?? false;
    if (processingTimeMs < 0) throw new RangeError("processingTimeMs must be 0 or positive");
    if (watermarkMs !== undefined && watermarkMs < 0)
      throw new RangeError("watermarkMs must be 0 or positive");
    if (hasTimedOut && timeout === GroupStateTimeout.NoTimeout) {
      throw new StreamError({
        condition: "MISSING_TIMEOUT_CONFIGURATION",
        sqlState: "HY000",
        message: "The operation has timed out, but there is no timeout: give one, or leave hasTimedOut out.",
      });
    }
    return new TestGroupState<S>({ timeout, processingTimeMs, watermarkMs }, state, hasTimedOut);
  }
}

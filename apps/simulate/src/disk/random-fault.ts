import { StreamError } from "@ss/core";
import { DiskCrash, type DiskFault, type SeededRandom } from "@ss/testkit";

const TRY_AGAIN = "SS_SIMULATED_FAULT";

/** What may happen at a step of the disk: a crash in half of the cases, else a failure, a torn write, or a lost answer. */
export function randomFault(random: SeededRandom): DiskFault {
  const error = random.chance(0.4) ? { error: tryAgain() } : {};
  switch (random.pick(["crash", "crash", "crash", "fail", "tear", "loseAnswer"] as const)) {
    case "crash":
      return random.chance() ? { kind: "crash" } : { kind: "crash", random: random.fork() };
    case "fail":
      return { kind: "fail", ...error };
    case "tear":
      return { kind: "tear", bytes: random.integer(0, 60), ...error };
    case "loseAnswer":
      return { kind: "loseAnswer", ...error };
  }
}

/** A failure that the engine may make good by calling again. */
function tryAgain(): StreamError {
  return new StreamError({
    condition: TRY_AGAIN,
    message: "the disk failed as the seed asked",
    recovery: "retry",
  });
}

/** Whether an error is, or comes from, a fault of the disk. */
export function comesFromDisk(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (DiskCrash.is(at) || at.name === "DiskFailure" || StreamError.is(at, TRY_AGAIN)) return true;
  }
  return false;
}

/** Whether an error says that there is no state to repartition, that a batch is to be ended first, or that nothing is to be done. */
export function isNotToRepartition(error: unknown): boolean {
  return [
    "STATE_REPARTITION_INVALID_CHECKPOINT.NO_COMMITTED_BATCH",
    "STATE_REPARTITION_INVALID_CHECKPOINT.LAST_BATCH_FAILED",
    "STATE_REPARTITION_INVALID_CHECKPOINT.SHUFFLE_PARTITIONS_ALREADY_MATCH",
    "STATE_REWRITER_INVALID_CHECKPOINT.MISSING_OPERATOR_METADATA",
  ].some((condition) => StreamError.is(error, condition));
}

/** Whether an error says that another run took the checkpoint over. */
export function comesFromRival(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (StreamError.is(at, "CONCURRENT_STREAM_LOG_UPDATE")) return true;
  }
  return false;
}

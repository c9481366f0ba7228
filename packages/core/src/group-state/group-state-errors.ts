import { StreamError } from "../errors/stream-error.js";

/** `get` without a state. */
export function noGroupState(): StreamError {
  const message = "State is either not defined or has already been removed";
  return new StreamError({
    condition: "SS_NO_GROUP_STATE",
    message: `${message}: ask for exists, or use getOption().`,
  });
}

/** A duration where timeouts are of another kind. */
export function noProcessingTimeTimeout(): StreamError {
  return new StreamError({
    condition: "_LEGACY_ERROR_TEMP_2203",
    message:
      "Cannot set timeout duration without enabling processing time timeout in [map|flatMap]GroupsWithState: give timeout: GroupStateTimeout.ProcessingTimeTimeout.",
  });
}

/** The watermark of an input without one. */
export function noWatermark(): StreamError {
  return new StreamError({
    condition: "_LEGACY_ERROR_TEMP_2204",
    message:
      "Cannot get event time watermark timestamp without setting watermark before [map|flatMap]GroupsWithState: call withWatermark(...) on the input.",
  });
}

/** A point in time where timeouts are of another kind. */
export function noEventTimeTimeout(): StreamError {
  return new StreamError({
    condition: "_LEGACY_ERROR_TEMP_2205",
    message:
      "Cannot set timeout timestamp without enabling event time timeout in [map|flatMap]GroupsWithState: give timeout: GroupStateTimeout.EventTimeTimeout.",
  });
}

/** A timeout that cannot be. */
export function invalidTimeout(message: string): StreamError {
  return new StreamError({ condition: "SS_INVALID_TIMEOUT", sqlState: "22023", message });
}

/** A text that is no span of time. */
export function invalidSpan(input: string): StreamError {
  const word = input.trim().split(/\s+/)[0]!;
  const [problem, parameters] = problemOf(input, word);
  return new StreamError({
    condition: `INVALID_INTERVAL_FORMAT.${problem}`,
    sqlState: "22006",
    parameters,
    message: `Error parsing '${input}' to interval: write a number and a unit, as in '10 minutes'.`,
  });
}

function problemOf(input: string, word: string): readonly [string, Readonly<Record<string, string>>] {
  if (word === "") return ["INPUT_IS_EMPTY", { input }];
  return /^[+-]?\d/.test(word)
    ? ["MISSING_UNIT", { input, word }]
    : ["UNRECOGNIZED_NUMBER", { input, number: word }];
}

/** A state of null. */
export function nullGroupState(): StreamError {
  return new StreamError({
    condition: "SS_NULL_GROUP_STATE",
    sqlState: "22004",
    message: "'null' is not a valid state value: call remove() to forget the state.",
  });
}

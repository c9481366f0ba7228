/** How many rows the source `rate` has delivered at which time. */
export interface RateSchedule {
  readonly rowsPerSecond: number;
  /** Seconds over which the rate grows from nothing to `rowsPerSecond`, by the same whole number of rows each second. */
  readonly rampUpSeconds: number;
}

/** Rows delivered in the first `seconds` seconds: also the value of the row that comes next. */
export function valueAtSecond(seconds: number, schedule: RateSchedule): number {
  const { rowsPerSecond, rampUpSeconds } = schedule;
  const step = Math.floor(rowsPerSecond / (rampUpSeconds + 1));
  const ramp = Math.min(seconds, rampUpSeconds);
  // second k of the ramp delivers k steps, so that k seconds deliver the triangular number of k
  const duringRamp = step * ((ramp * (ramp + 1)) / 2);
  return duringRamp + (seconds - ramp) * rowsPerSecond;
}

/** The seconds after which values would leave the whole numbers that a double holds exactly. */
export function secondsMax({ rowsPerSecond }: RateSchedule): number {
  return Math.floor(Number.MAX_SAFE_INTEGER / rowsPerSecond);
}

/** One engine on one work. */
export interface Line {
  readonly work: string;
  readonly engine: string;
  readonly threads: number;
  readonly rows: number;
  readonly cpuSecondsPerMillion: number;
  readonly wallSeconds: number;
  readonly peakRssMb: number;
  readonly answerRight: boolean;
}

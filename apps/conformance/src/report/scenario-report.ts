import type { Status } from "../golden/run-golden-file.js";
import { PROMISED_SCENARIOS } from "../promised-scenarios.js";
import { type Tally, tallyBy, tallyOf, tallyTable } from "./tally.js";

/** How a scenario came out, straight through and with a restart after every step. */
export interface ScenarioReport {
  readonly id: string;
  readonly area: string;
  readonly straight: Status;
  readonly restarted: Status;
  readonly reasons: readonly string[];
}

/** Passed, failed and skipped runs of a scenario. */
export function scenarioTally({ straight, restarted }: ScenarioReport): Tally {
  return tallyOf([straight, restarted]);
}

/** The lines about the scenarios: runs by area. */
export function scenarioText(reports: readonly ScenarioReport[]): string {
  const areas = tallyTable(
    "scenario area",
    tallyBy(reports, ({ area }) => area, scenarioTally),
  );
  const promised = reports.filter(({ id }) => PROMISED_SCENARIOS.includes(id));
  const kept = promised.filter(({ straight, restarted }) => straight !== "failed" && restarted !== "failed");
  return `${areas}\n\nPromised scenarios: ${kept.length} of ${promised.length} hold.`;
}

/** The promises that are broken, one line each. */
export function brokenPromises(reports: readonly ScenarioReport[]): string[] {
  return reports
    .filter(({ id }) => PROMISED_SCENARIOS.includes(id))
    .filter(({ straight, restarted }) => straight === "failed" || restarted === "failed")
    .map(({ id, reasons }) => `The promised scenario ${id} fails: ${reasons[0]}`);
}

import { type Guarantee, registerGuarantees, type SubjectOptions, type TestFunction } from "./guarantees.js";
import { orderGuarantees } from "./state-store/order.js";
import { modelGuarantees } from "./state-store/random-changes.js";
import { rowGuarantees } from "./state-store/rows.js";
import type { StateStoreUnderTest } from "./state-store/subject.js";
import { versionGuarantees } from "./state-store/versions.js";

/** The promises of the `StateStore` contract as tests, crashes at every write and defective files among them. */
export function stateStoreConformance(
  test: TestFunction,
  options: SubjectOptions<StateStoreUnderTest>,
): void {
  registerGuarantees(test, guarantees, options);
}

const guarantees: Readonly<Record<string, Guarantee<StateStoreUnderTest>>> = {
  ...rowGuarantees,
  ...orderGuarantees,
  ...versionGuarantees,
  ...modelGuarantees,
};

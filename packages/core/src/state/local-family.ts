import type { AcceleratorFactory } from "../column/key/bytes-dictionary.js";
import type { StructType } from "../schema/struct-type.js";
import { FamilyHolder } from "./family-holder.js";
import type { RemoteFamily, StateBlocks, StateImage } from "./remote-family.js";
import type { FamilySpec, StateFamily } from "./state-store.js";

/** A family that the store holds itself, whole, seen as one that is held elsewhere. */
export class LocalFamily implements RemoteFamily {
  readonly spec: FamilySpec;
  private readonly holder: FamilyHolder;

  constructor(spec: FamilySpec, accelerator?: AcceleratorFactory) {
    this.spec = spec;
    this.holder = new FamilyHolder(spec, null, accelerator);
  }

  get family(): StateFamily {
    return this.holder.family;
  }
  get rowCount(): number {
    return this.holder.rowCount;
  }
  get byteSize(): number {
    return this.holder.byteSize;
  }
  get updatedCount(): number {
    return this.holder.updatedCount;
  }
  get removedCount(): number {
    return this.holder.removedCount;
  }
  async clear(): Promise<void> {
    this.holder.clear();
  }
  async apply(block: Uint8Array, stored?: StructType): Promise<void> {
    this.holder.apply(block, stored);
  }
  changes(number: number): StateBlocks | null {
    return this.holder.changes(number);
  }
  async committed(): Promise<void> {
    this.holder.committed();
  }
  image(number: number): StateImage {
    return this.holder.image(number);
  }
}

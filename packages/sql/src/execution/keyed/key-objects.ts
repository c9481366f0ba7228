import type { Column } from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import type { ExternalOptions } from "../../expression/external-value.js";
import { ObjectReader, type Reader, valueReader } from "../../expression/object-reader.js";

/** Keys as a program sees them: the value of a single column, an object of several. */
export class KeyObjects {
  private readonly names: readonly string[];
  private readonly objects: ObjectReader;
  private readonly options: ExternalOptions;

  constructor(keys: readonly Attribute[], options: ExternalOptions) {
    this.names = keys.map((key) => key.name);
    this.objects = new ObjectReader(this.names, options);
    this.options = options;
  }

  over(columns: readonly Column[]): Reader<unknown> {
    return columns.length === 1
      ? valueReader(columns[0]!, this.options, this.names[0]!)
      : this.objects.over(columns);
  }
}

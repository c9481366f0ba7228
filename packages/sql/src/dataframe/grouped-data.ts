import { IntegerType } from "@ss/core";
import { call, type Expression, literal } from "../expression/expression.js";
import { Column, namedColumn } from "./column.js";
import { columnArgument } from "./column-argument.js";
import { DataFrame } from "./dataframe.js";
import type { AnyRow, ColumnName, Counted } from "./row-types.js";

/** A table divided into groups, to be aggregated. `Keys` is the type of the grouping columns where they were given by name. */
export class GroupedData<Row extends object = AnyRow, Keys extends object = AnyRow> {
  private readonly table: DataFrame<Row>;
  private readonly keys: readonly Expression[];

  constructor(table: DataFrame<Row>, keys: readonly Expression[]) {
    this.table = table;
    this.keys = keys;
  }

  /** The keys and some aggregates: columns, or functions by the name of their column (`agg({ price: "sum" })`). */
  agg(...aggregates: readonly Column[] | readonly [Readonly<Record<string, string>>]): DataFrame {
    return this.aggregated(aggregates.flatMap(aggregatesOf));
  }

  /** The keys and the number of rows, as `count`. */
  count(): DataFrame<Counted<Keys>> {
    const rows = call("count", literal(1, IntegerType));
    return this.aggregated([{ kind: "alias", child: rows, names: ["count"], id: 0 }]);
  }

  sum(...columns: readonly ColumnName<Row>[]): DataFrame {
    return this.each("sum", columns);
  }
  avg(...columns: readonly ColumnName<Row>[]): DataFrame {
    return this.each("avg", columns);
  }
  mean(...columns: readonly ColumnName<Row>[]): DataFrame {
    return this.each("avg", columns);
  }
  max(...columns: readonly ColumnName<Row>[]): DataFrame {
    return this.each("max", columns);
  }
  min(...columns: readonly ColumnName<Row>[]): DataFrame {
    return this.each("min", columns);
  }

  private each(name: string, columns: readonly string[]): DataFrame {
    return this.aggregated(columns.map((column) => call(name, namedColumn(column).expression)));
  }

  private aggregated<R extends object = AnyRow>(aggregates: readonly Expression[]): DataFrame<R> {
    const { plan, executor } = this.table;
    const expressions = [...this.keys, ...aggregates];
    return new DataFrame({ kind: "aggregate", child: plan, keys: this.keys, expressions }, executor);
  }
}

function aggregatesOf(aggregate: Column | Readonly<Record<string, string>>): readonly Expression[] {
  if (aggregate instanceof Column) return [aggregate.expression];
  if (typeof aggregate !== "object" || aggregate === null)
    return [columnArgument(aggregate, "agg").expression];
  return Object.entries(aggregate).map(([name, fn]) =>
    call(fn, name === "*" ? literal(1, IntegerType) : namedColumn(name).expression),
  );
}

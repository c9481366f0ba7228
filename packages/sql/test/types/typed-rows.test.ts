import { MemorySource, memorySource } from "@ss/source-memory";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type AnyRow,
  avg,
  col,
  type DataFrame,
  lit,
  SparkSession,
  StatefulProcessor,
  StructType,
  schemaOf,
  type ValueState,
  window,
} from "../../src/index.js";

// Most of these tests are for the type checker: a line below `@ts-expect-error` that compiles fails the build.

const sales = schemaOf({
  item: "string",
  quantity: "int",
  price: "decimal(10,2)",
  at: "timestamp",
  tags: "array<string>",
});
const items = schemaOf({ item: "string", weight: "double" });

interface Sale {
  item: string | null;
  quantity: number | null;
  price: string | null;
  at: Date | null;
  tags: unknown;
}

const spark = await SparkSession.builder().use(memorySource()).create();
const typed = (): DataFrame<Sale> =>
  spark.readStream.format("memory").option("name", "typed").schema(sales).load();
const untyped = (): DataFrame =>
  spark.readStream
    .format("memory")
    .option("name", "untyped")
    .schema(StructType.fromDDL("item STRING, quantity INT"))
    .load();

/** Keeps code that only the type checker reads from running. */
function unrun(_: () => unknown): void {}

describe("a state by key", () => {
  test("keys, rows, states and results have the types that were declared", () => {
    const counted = typed()
      .groupByKey("item")
      .flatMapGroupsWithState(
        { state: { n: "int", at: "timestamp" }, output: { item: "string", n: "int" }, outputMode: "append" },
        (key, rows, state) => {
          expectTypeOf(key).toEqualTypeOf<string | null>();
          expectTypeOf(rows).toEqualTypeOf<Iterable<Sale>>();
          expectTypeOf(state.get).returns.toEqualTypeOf<{ n: number | null; at: Date | null }>();
          return [{ item: key, n: 1 }];
        },
      );
    expectTypeOf(counted.collect).returns.resolves.toEqualTypeOf<
      { item: string | null; n: number | null }[]
    >();
    typed()
      .groupByKey("item", "at")
      .mapGroupsWithState({ state: "bigint", output: { n: "int" } }, (key, _rows, state) => {
        expectTypeOf(key).toEqualTypeOf<Pick<Sale, "item" | "at">>();
        expectTypeOf(state.get).returns.toEqualTypeOf<number>();
        return { n: 1 };
      });
  });
  test("a processor takes the rows of the table and gives out the declared columns", () => {
    class Total extends StatefulProcessor<string, Sale, { item: string; total: number }> {
      private total!: ValueState<number>;
      override init(): void {
        this.total = this.getHandle().getValueState("total", "bigint");
        expectTypeOf(
          this.getHandle().getMapState("m", "string", { at: "timestamp" }).getValue,
        ).returns.toEqualTypeOf<{ at: Date | null } | null>();
      }
      override *handleInputRows(
        item: string,
        rows: Iterable<Sale>,
      ): Iterable<{ item: string; total: number }> {
        for (const { quantity } of rows) this.total.update((this.total.get() ?? 0) + (quantity ?? 0));
        yield { item, total: this.total.get()! };
      }
    }
    const totals = typed()
      .groupByKey("item")
      .transformWithState(new Total(), { output: { item: "string", total: "bigint" }, outputMode: "update" });
    expectTypeOf(totals.collect).returns.resolves.toEqualTypeOf<
      { item: string | null; total: number | null }[]
    >();
    unrun(() => {
      const options = { output: { item: "string", total: "string" }, outputMode: "update" } as const;
      // @ts-expect-error: the processor gives out a number
      typed().groupByKey("item").transformWithState(new Total(), options);
      const misspelt = { output: { name: "string", total: "bigint" }, outputMode: "update" } as const;
      // @ts-expect-error: the processor gives out no name
      typed().groupByKey("item").transformWithState(new Total(), misspelt);
    });
  });
  test("a misspelt key, state or result is a compile error", () => {
    unrun(() => {
      // @ts-expect-error: the column is called item
      typed().groupByKey("itme");
      typed()
        .groupByKey("item")
        .mapGroupsWithState({ state: { n: "int" }, output: { n: "int" } }, (_key, _rows, state) => {
          // @ts-expect-error: the field is called n
          state.update({ m: 1 });
          return { n: 1 };
        });
      typed()
        .groupByKey("item")
        // @ts-expect-error: n is a number
        .mapGroupsWithState({ state: "int", output: { n: "int" } }, () => ({ n: "one" }));
    });
  });
});

describe("with a typed schema", () => {
  test("rows have the types of their columns", async () => {
    MemorySource.reset("typed");
    const rows = await spark.createDataFrame([["pen", 2, "1.50", new Date(0), ["a"]]], sales).collect();
    expectTypeOf(rows).toEqualTypeOf<Sale[]>();
    expect(rows).toEqual([{ item: "pen", quantity: 2, price: "1.50", at: new Date(0), tags: ["a"] }]);
  });
  test("a selection has the selected columns", () => {
    const table = typed();
    const chosen = table.select("item", "quantity");
    expectTypeOf(chosen.collect).returns.resolves.toEqualTypeOf<Pick<Sale, "item" | "quantity">[]>();
    expectTypeOf(table.filter("quantity > 1").where(col("item").isNotNull()).limit(3)).toEqualTypeOf<
      DataFrame<Sale>
    >();
    expectTypeOf(table.select(col("item"), "quantity")).toEqualTypeOf<DataFrame>();
    expectTypeOf(table.select("*")).toEqualTypeOf<DataFrame>();
  });
  test("a misspelt column does not compile", () => {
    unrun(() => {
      const table = typed();
      // @ts-expect-error no such column
      table.select("itme");
      // @ts-expect-error no such column
      table.select("item", col("price"), "quantty");
      // @ts-expect-error no such column
      table.groupBy("itme");
      // @ts-expect-error no such column
      table.groupBy(window("at", "1 hour"), "itme");
      // @ts-expect-error no such column
      table.groupBy("item").sum("quantty");
      // @ts-expect-error no such column
      table.withWatermark("att", "10 minutes");
      // @ts-expect-error no such column
      table.drop("itme");
      // @ts-expect-error no such column
      table.orderBy("itme");
      // @ts-expect-error no such column
      table.sort(col("item"), "itme");
      // @ts-expect-error no such column
      table.dropDuplicates(["itme"]);
      // @ts-expect-error no such column
      table.withColumnRenamed("itme", "name");
      // @ts-expect-error no such column
      table.col("itme");
    });
  });
  test("a key of a join has to be on both sides", () => {
    const table = typed();
    const right = spark.createDataFrame([], items);
    const joined = table.join(right, "item");
    expectTypeOf(joined.select("item", "quantity", "weight").collect).returns.resolves.toEqualTypeOf<
      { item: string | null; quantity: number | null; weight: number | null }[]
    >();
    expectTypeOf(table.join(right, ["item"], "left").select("weight")).toEqualTypeOf<
      DataFrame<{ weight: number | null }>
    >();
    expectTypeOf(table.join(right, "item", "left_semi").select("quantity")).toEqualTypeOf<
      DataFrame<{ quantity: number | null }>
    >();
    expectTypeOf(table.crossJoin(right).select("weight")).toEqualTypeOf<
      DataFrame<{ weight: number | null }>
    >();
    unrun(() => {
      // @ts-expect-error a column of one side only
      table.join(right, "quantity");
      // @ts-expect-error no such column
      table.join(right, ["itme"]);
      // @ts-expect-error a semi join gives out the left side's columns
      table.join(right, "item", "left_semi").select("weight");
    });
  });
  test("added, renamed and dropped columns are known", () => {
    const table = typed();
    const added = table.withColumn("total", col("quantity").multiply(2));
    expectTypeOf(added.select("total", "item")).toEqualTypeOf<
      DataFrame<{ total: unknown; item: string | null }>
    >();
    const renamed = table.withColumnRenamed("quantity", "count");
    expectTypeOf(renamed.select("count")).toEqualTypeOf<DataFrame<{ count: number | null }>>();
    const dropped = table.drop("tags", "at");
    expectTypeOf(dropped.select("item", "price")).toEqualTypeOf<DataFrame<Pick<Sale, "item" | "price">>>();
    unrun(() => {
      // @ts-expect-error it is called total
      added.select("totl");
      // @ts-expect-error it has another name now
      renamed.select("quantity");
      // @ts-expect-error it is gone
      dropped.select("at");
      // @ts-expect-error added by a name that is written another way
      table.withColumns({ double: col("quantity"), half: lit(1) }).select("triple");
    });
    expectTypeOf(table.drop(col("item"))).toEqualTypeOf<DataFrame>();
  });
  test("groups by name know their keys and counts", () => {
    const counted = typed().groupBy("item", "at").count();
    expectTypeOf(counted.collect).returns.resolves.toEqualTypeOf<
      { item: string | null; at: Date | null; count: number }[]
    >();
    expectTypeOf(typed().groupBy(window("at", "1 hour")).count()).toEqualTypeOf<DataFrame>();
    expectTypeOf(typed().groupBy("item").agg(avg("price"))).toEqualTypeOf<DataFrame>();
  });
  test("tables of other columns may be united by position, and passed on as tables of any columns", () => {
    const first = spark.createDataFrame([], items);
    const second = spark.createDataFrame([], schemaOf({ name: "string", kilos: "double" }));
    expectTypeOf(first.union(second)).toEqualTypeOf<
      DataFrame<{ item: string | null; weight: number | null }>
    >();
    const anyTable: DataFrame = first;
    expectTypeOf(anyTable.unionByName(second)).toEqualTypeOf<DataFrame>();
    const show = (table: DataFrame): DataFrame => table;
    expectTypeOf(show(typed())).toEqualTypeOf<DataFrame>();
  });
  test("sinks of the program get typed rows", () => {
    unrun(() =>
      typed().writeStream.foreach((row) => {
        expectTypeOf(row).toEqualTypeOf<Sale>();
      }),
    );
    unrun(() =>
      typed().writeStream.foreachBatch((batch, id) => {
        expectTypeOf(batch).toEqualTypeOf<DataFrame<Sale>>();
        expectTypeOf(id).toEqualTypeOf<number>();
      }),
    );
  });
});

describe("with a schema of run time", () => {
  test("any name and any type goes", () => {
    const table = untyped();
    expectTypeOf(table.collect).returns.resolves.toEqualTypeOf<AnyRow[]>();
    expectTypeOf(table.select("item", "whatever")).toEqualTypeOf<DataFrame>();
    expectTypeOf(table.groupBy("item").count()).toEqualTypeOf<DataFrame>();
    expectTypeOf(
      table.withWatermark("at", "1 second").drop("x").orderBy("y").dropDuplicates(["z"]),
    ).toEqualTypeOf<DataFrame>();
    expectTypeOf(table.join(untyped(), ["item", "quantity"])).toEqualTypeOf<DataFrame>();
    expectTypeOf(table.join(spark.createDataFrame([], items), "item")).toEqualTypeOf<DataFrame>();
    expectTypeOf(spark.sql("SELECT 1").select("anything")).toEqualTypeOf<DataFrame>();
    expectTypeOf(table.withColumn("b", lit(1)).withColumnRenamed("b", "c")).toEqualTypeOf<DataFrame>();
  });
  test("rows are what they are", async () => {
    const rows = await spark.createDataFrame([["pen", 2]], "item STRING, quantity INT").collect();
    expect(rows[0]!["item"]).toBe("pen");
  });
});

test("aggregates of keys know the keys, and what mapValues made", () => {
  const keyed = typed().groupByKey("item");
  expectTypeOf(keyed.keys()).toEqualTypeOf<DataFrame<Pick<Sale, "item">>>();
  expectTypeOf(keyed.count()).toEqualTypeOf<DataFrame<{ item: string | null; count: number }>>();
  expectTypeOf(keyed.reduceGroups((a, b) => ((a.quantity ?? 0) > (b.quantity ?? 0) ? a : b))).toEqualTypeOf<
    DataFrame<{ item: string | null; reduced: Sale }>
  >();
  const amounts = typed()
    .groupByKey("item", "at")
    .mapValues("double", ({ quantity }) => quantity ?? 0);
  expectTypeOf(amounts.reduceGroups((a, b) => a + b)).toEqualTypeOf<
    DataFrame<{ item: string | null; at: Date | null; reduced: number }>
  >();
  // @ts-expect-error it is a number
  amounts.mapValues("string", (amount) => amount.item);
  // @ts-expect-error a number is asked for
  keyed.mapValues("double", ({ item }) => item);
  expectTypeOf(
    untyped()
      .groupByKey("item")
      .reduceGroups((a) => a),
  ).toEqualTypeOf<DataFrame<AnyRow>>();
});

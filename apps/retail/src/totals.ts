import { col, type DataFrame, window } from "@ss/sql";

/** What each customer spent on each day. The same function serves the table and the stream. */
export function totalsPerDay(sales: DataFrame): DataFrame {
  return sales
    .selectExpr("CustomerId", "(UnitPrice * Quantity) as total_cost", "InvoiceDate")
    .groupBy(col("CustomerId"), window(col("InvoiceDate"), "1 day"))
    .sum("total_cost");
}

/** Sales to known customers, returns left out, with their cost. */
export function cleaned(sales: DataFrame): DataFrame {
  return sales
    .where("CustomerID IS NOT NULL AND Quantity > 0")
    .selectExpr("*", "(UnitPrice * Quantity) as total_cost");
}

/** The totals in pence by customer and day, for comparison. */
export async function penceByGroup(totals: DataFrame): Promise<Map<string, number>> {
  const pence = new Map<string, number>();
  for await (const row of totals.toLocalIterator()) {
    const day = (row["window"] as { start: Date }).start.toISOString();
    pence.set(`${row["CustomerId"]} ${day}`, Math.round(Number(row["sum(total_cost)"]) * 100));
  }
  return pence;
}

/** The groups that stand in only one of two results, or with another sum. */
export function differences(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): string[] {
  const groups = new Set([...a.keys(), ...b.keys()]);
  return [...groups].filter((group) => a.get(group) !== b.get(group));
}

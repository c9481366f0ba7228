import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

const firstMs = Date.UTC(2024, 5, 1);
const hourMs = 3_600_000;

/** The columns of the files. */
export const readingSchema = "time TIMESTAMP, sensor STRING, celsius DOUBLE";

/** The readings of an hour as CSV: one every twelve seconds, warmer towards noon. */
export function readingsOf(hour: number): string {
  const lines = Array.from({ length: 300 }, (_, k) => {
    const time = new Date(firstMs + hour * hourMs + k * 12_000).toISOString();
    const celsius = 12 + 8 * Math.sin((Math.PI * (hour + k / 300 - 6)) / 12) + (k % 3) / 10;
    return `${time},sensor-${k % 5},${celsius.toFixed(2)}`;
  });
  return `${lines.join("\n")}\n`;
}

/** Writes a file for each hour of a range, their times in the order of the hours. */
export async function writeReadings(folder: string, from: number, to: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const now = Date.now() / 1000;
  for (let hour = from; hour < to; hour++) {
    const file = join(folder, `hour-${String(hour).padStart(2, "0")}.csv`);
    await writeFile(file, readingsOf(hour));
    await utimes(file, now - to + hour, now - to + hour);
  }
}

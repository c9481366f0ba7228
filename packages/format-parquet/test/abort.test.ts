import { ArrayType, type FileWriter, IntegerType, Options, StructField, StructType } from "@ss/core";
import { parquetFormat } from "@ss/format-parquet";
import { expect, test } from "vitest";
import { context } from "./harness.js";

test("the file is given up although the encoder cannot be", async () => {
  let isAborted = false;
  const output: FileWriter = {
    size: 0,
    write: async () => {},
    close: async () => {},
    abort: async () => {
      isAborted = true;
    },
  };
  const schema = new StructType([StructField("l", ArrayType(IntegerType))]);
  const file = await parquetFormat.writer!.open(schema, new Options(), context)(output);
  const encoder = {
    abort: () => {
      throw new Error("stuck");
    },
  };
  await expect(Object.assign(file, { encoder }).abort()).rejects.toThrow("stuck");
  expect(isAborted).toBe(true);
});

import { StreamError } from "@ss/core";
import { type Flags, type Form, forms, parseFlags, usage } from "./flags.js";
import { countOwnLines, newSession, startCounting } from "./run.js";

function flagsOrExit(): Flags {
  try {
    return parseFlags(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

const titles = {
  arrays: "split(value, '\\s') as word: equal lines are counted, since the key is the array",
  words: "explode(split(value, '\\s')) as word: words are counted",
  hashtags: "hashtags in windows of five minutes",
};

/** Counts what others say, until Ctrl-C. */
async function countLinesFrom(host: string, port: number, form: Form): Promise<void> {
  const spark = await newSession(process.stdout);
  const query = await startCounting(spark, form, { host, port });
  process.once("SIGINT", () => void query.stop());
  await query.awaitTermination();
}

const { help, form, host, port } = flagsOrExit();
if (help) {
  process.stdout.write(usage);
} else if (port !== undefined) {
  try {
    await countLinesFrom(host, port, form ?? "words");
  } catch (error) {
    if (!StreamError.is(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
} else {
  const spark = await newSession(process.stdout);
  for (const one of form ? [form] : forms) {
    console.log(`\n${titles[one]}\n`);
    await countOwnLines(spark, one);
  }
}

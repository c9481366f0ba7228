import { type Flags, forms, parseFlags, usage } from "./flags.js";
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

const { help, form, host, port } = flagsOrExit();
if (help) {
  process.stdout.write(usage);
} else if (port !== undefined) {
  const spark = await newSession(process.stdout);
  const query = await startCounting(spark, form ?? "words", { host, port });
  process.once("SIGINT", () => void query.stop());
  await query.awaitTermination();
} else {
  const spark = await newSession(process.stdout);
  for (const one of form ? [form] : forms) {
    console.log(`\n${titles[one]}\n`);
    await countOwnLines(spark, one);
  }
}

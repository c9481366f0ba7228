import type {
  KinesisClient as AwsKinesis,
  _Record as AwsRecord,
  Shard as AwsShard,
  KinesisClientConfig,
} from "@aws-sdk/client-kinesis";
import type {
  KinesisClient,
  KinesisRecord,
  RecordPage,
  Shard,
  StartingPosition,
  StreamSummary,
  SubscriptionEvent,
} from "./kinesis-client.js";

/** How the service is reached. What is not given comes from the environment, as with every program of AWS. */
export interface AwsSettings {
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  readonly sessionToken?: string | undefined;
}

type Sdk = typeof import("@aws-sdk/client-kinesis");

const HOUR_MS = 3_600_000;
/** A server that does not answer is one that failed. */
const TIMEOUTS = { connectionTimeout: 10_000, requestTimeout: 30_000 } as const;

/** A client on the SDK of AWS, which is loaded now: it takes a third of a second. */
export async function connectToAws(settings: AwsSettings): Promise<KinesisClient> {
  const sdk = await import("@aws-sdk/client-kinesis");
  const { region, endpointUrl, accessKey, secretKey, sessionToken } = settings;
  const config: KinesisClientConfig = {
    // whoever reads decides what is worth another attempt, and waits by its own clock
    maxAttempts: 1,
    requestHandler: { requestTimeout: TIMEOUTS.requestTimeout },
    ...(region !== undefined && { region }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    ...(accessKey !== undefined &&
      secretKey !== undefined && {
        credentials: {
          accessKeyId: accessKey,
          secretAccessKey: secretKey,
          ...(sessionToken !== undefined && { sessionToken }),
        },
      }),
  };
  // the SDK speaks HTTP/2, which servers without encryption do not understand
  if (endpointUrl?.toLowerCase().startsWith("http:")) {
    const { NodeHttpHandler } = await import("@smithy/node-http-handler");
    Object.assign(config, {
      requestHandler: new NodeHttpHandler({ ...TIMEOUTS, throwOnRequestTimeout: true }),
    });
  }
  return new AwsClient(sdk, new sdk.KinesisClient(config));
}

class AwsClient implements KinesisClient {
  private readonly sdk: Sdk;
  private readonly aws: AwsKinesis;

  constructor(sdk: Sdk, aws: AwsKinesis) {
    this.sdk = sdk;
    this.aws = aws;
  }

  async listShards(stream: string): Promise<readonly Shard[]> {
    const shards: Shard[] = [];
    for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
      // a token stands for the stream's name, too
      const input = token === undefined ? { StreamName: stream } : { NextToken: token };
      const page = await this.aws.send(new this.sdk.ListShardsCommand(input));
      shards.push(...(page.Shards ?? []).map(shardOf));
      token = page.NextToken;
    }
    return shards;
  }

  async summary(stream: string): Promise<StreamSummary> {
    const input = { StreamName: stream };
    const { StreamDescriptionSummary: summary } = await this.aws.send(
      new this.sdk.DescribeStreamSummaryCommand(input),
    );
    return { arn: summary!.StreamARN!, retentionMs: (summary!.RetentionPeriodHours ?? 24) * HOUR_MS };
  }

  async shardIterator(stream: string, shardId: string, position: StartingPosition): Promise<string> {
    const { Type: ShardIteratorType, SequenceNumber, Timestamp } = startingPosition(position);
    const { ShardIterator } = await this.aws.send(
      new this.sdk.GetShardIteratorCommand({
        StreamName: stream,
        ShardId: shardId,
        ShardIteratorType,
        ...(SequenceNumber !== undefined && { StartingSequenceNumber: SequenceNumber }),
        ...(Timestamp !== undefined && { Timestamp }),
      }),
    );
    return ShardIterator!;
  }

  async records(iterator: string, limit: number): Promise<RecordPage> {
    const { Records, NextShardIterator, MillisBehindLatest } = await this.aws.send(
      new this.sdk.GetRecordsCommand({ ShardIterator: iterator, Limit: limit }),
    );
    return {
      records: (Records ?? []).map(recordOf),
      nextIterator: NextShardIterator ?? null,
      millisBehindLatest: MillisBehindLatest ?? 0,
    };
  }

  async consumer(streamArn: string, name: string): Promise<string | null> {
    const wanted = { StreamARN: streamArn, ConsumerName: name };
    try {
      const { ConsumerDescription: found } = await this.aws.send(
        new this.sdk.DescribeStreamConsumerCommand(wanted),
      );
      return found?.ConsumerStatus === "ACTIVE" ? found.ConsumerARN! : null;
    } catch (error) {
      if ((error as Error).name !== "ResourceNotFoundException") throw error;
      await this.aws.send(new this.sdk.RegisterStreamConsumerCommand(wanted));
      return null;
    }
  }

  async deregisterConsumer(consumerArn: string): Promise<void> {
    await this.aws.send(new this.sdk.DeregisterStreamConsumerCommand({ ConsumerARN: consumerArn }));
  }

  async subscribe(
    consumerArn: string,
    shardId: string,
    position: StartingPosition,
    signal: AbortSignal,
  ): Promise<AsyncIterable<SubscriptionEvent>> {
    const input = {
      ConsumerARN: consumerArn,
      ShardId: shardId,
      StartingPosition: startingPosition(position),
    };
    const { EventStream } = await this.aws.send(new this.sdk.SubscribeToShardCommand(input), {
      abortSignal: signal,
    });
    return subscriptionEvents(EventStream!);
  }

  close(): void {
    this.aws.destroy();
  }
}

type AwsEvents = AsyncIterable<import("@aws-sdk/client-kinesis").SubscribeToShardEventStream>;

/** What a subscription of the SDK delivers. */
export async function* subscriptionEvents(events: AwsEvents): AsyncGenerator<SubscriptionEvent> {
  for await (const event of events) {
    const part = event.SubscribeToShardEvent;
    if (part === undefined) {
      // every other event is an error of the service
      const [failure] = Object.values(event).filter((value) => value instanceof Error);
      if (failure !== undefined) throw failure;
      continue;
    }
    const continuation = part.ContinuationSequenceNumber || null;
    yield {
      records: (part.Records ?? []).map(recordOf),
      millisBehindLatest: part.MillisBehindLatest ?? 0,
      continuation,
      isEnd: continuation === null || (part.ChildShards?.length ?? 0) > 0,
    };
  }
}

function startingPosition(position: StartingPosition): {
  readonly Type: StartingPosition["type"];
  readonly SequenceNumber?: string;
  readonly Timestamp?: Date;
} {
  switch (position.type) {
    case "TRIM_HORIZON":
      return { Type: position.type };
    case "AT_TIMESTAMP":
      return { Type: position.type, Timestamp: new Date(position.timestamp) };
    default:
      return { Type: position.type, SequenceNumber: position.sequenceNumber };
  }
}

function shardOf(shard: AwsShard): Shard {
  return {
    shardId: shard.ShardId!,
    parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter(
      (id) => id !== undefined && id !== null,
    ),
    isClosed: (shard.SequenceNumberRange?.EndingSequenceNumber ?? null) !== null,
    hashKeys: {
      first: BigInt(shard.HashKeyRange!.StartingHashKey!),
      last: BigInt(shard.HashKeyRange!.EndingHashKey!),
    },
  };
}

function recordOf(record: AwsRecord): KinesisRecord {
  return {
    sequenceNumber: record.SequenceNumber!,
    partitionKey: record.PartitionKey!,
    data: record.Data!,
    arrivalMs: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
  };
}

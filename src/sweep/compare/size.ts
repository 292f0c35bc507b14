import { existsSync } from 'node:fs';
import { readBytes } from '../../core/files.js';
import { decodeSafetensors } from '../../core/safetensors.js';
import { describeNetwork } from '../../train/networks/index.js';
import { multiplyAdds, parameterCount, prunableCount } from '../../train/networks/tensors.js';
import type { KnownRun } from '../../train/run/open.js';
import { readTicketFile } from '../../train/ticket/score.js';

/** How large a run's network is before anything is pruned. */
export interface NetworkSize {
  /** Weights of its convolutions and dense layers. */
  readonly weights: number;
  /** With biases and affine norms, which SGD trains. */
  readonly parameters: number;
  /** Of one image. */
  readonly multiplyAdds: number;
}

/** Channels and classes of the sets that every run of their name has. */
const KNOWN: Readonly<Record<string, readonly [channels: number, classes: number]>> = {
  mnist: [1, 10],
  cifar10: [3, 10],
};

/** The size of a run's network; undefined where nothing that was kept of the run tells its channels and classes. */
export function networkSize(run: KnownRun, ticket?: string): NetworkSize | undefined {
  const { network, width, imageSize } = run.spec;
  if (typeof network === 'object') return sizes(network);
  const shape = KNOWN[run.spec.data] ?? shapeFromFiles(run, ticket);
  if (shape === undefined) return undefined;
  const [channels, classes] = shape;
  return sizes(describeNetwork({ network, width, imageSize, channels, classes }));
}

const sizes = (network: Parameters<typeof multiplyAdds>[0]): NetworkSize => ({
  weights: prunableCount(network),
  parameters: parameterCount(network),
  multiplyAdds: multiplyAdds(network),
});

function shapeFromFiles({ paths }: KnownRun, ticket = paths.ticket): readonly [number, number] | undefined {
  if (existsSync(ticket)) {
    const { channels, classes } = readTicketFile(ticket).header.data;
    return [channels, classes.length];
  }
  const kept = [paths.tensors, paths.last].find((path) => existsSync(path));
  if (kept === undefined) return undefined;
  // The first layer takes the image's channels, the last gives one logit a class.
  const weights = [...decodeSafetensors(readBytes(kept), kept).tensors].filter(([name]) =>
    name.endsWith('.weight'),
  );
  return [weights[0]![1].shape[1]!, weights.at(-1)![1].shape[0]!];
}

import { existsSync } from 'node:fs';
import { readBytes } from '../../core/files.js';
import { decodeSafetensors } from '../../core/safetensors.js';
import { describeNetwork } from '../../train/networks/index.js';
import { multiplyAdds, parameterCount, prunableCount } from '../../train/networks/tensors.js';
import { isKnownRule } from '../../train/prune/rules/index.js';
import type { KnownRun } from '../../train/run/open.js';
import { readTicketHeader } from '../../train/ticket/run.js';
import { readTicketFile } from '../../train/ticket/score.js';
import { keptAtCheckpoint } from './kept.js';

/** How large a run's network is. */
export interface NetworkSize {
  /** Weights of its convolutions and dense layers, before anything is pruned. */
  readonly weights: number;
  /** Weights that it uses once pruned; undefined where neither a sparsity, a ticket nor a checkpoint tells. */
  readonly kept?: number;
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

/**
 * The size of a run's network; undefined where nothing that was kept of the run tells its channels and classes.
 *
 * @param ticket where its ticket is; by default in its folder, if it is there
 * @throws InputError that names a damaged file
 */
export function networkSize(run: KnownRun, ticket = run.paths.ticket): NetworkSize | undefined {
  const { network, width, imageSize, biases } = run.spec;
  const own = biases === undefined ? {} : { biases };
  const described = () => {
    if (typeof network === 'object') return network;
    const shape = KNOWN[run.spec.data] ?? shapeFromFiles(run, ticket);
    if (shape === undefined) return undefined;
    const [channels, classes] = shape;
    return describeNetwork({ network, width, imageSize, channels, classes, ...own });
  };
  const found = described();
  if (found === undefined) return undefined;
  const weights = prunableCount(found);
  const kept = keptWeights(run, weights, ticket);
  return {
    weights,
    ...(kept === undefined ? {} : { kept }),
    parameters: parameterCount(found),
    multiplyAdds: multiplyAdds(found),
  };
}

/** Masks that are drawn keep as many as their ticket or their last checkpoint says; nothing else fixes it. */
function keptWeights({ spec, paths }: KnownRun, weights: number, ticket: string): number | undefined {
  const { method, sparsity, rule } = spec;
  if (method === 'sgd') return weights;
  if (sparsity !== undefined) return Math.round(weights * (1 - sparsity));
  if (rule === undefined || !isKnownRule(rule)) return undefined;
  if (!existsSync(ticket)) return keptAtCheckpoint({ paths, spec });
  const { layers } = readTicketFile(ticket).ticket;
  return layers.reduce((sum, { mask }) => sum + mask.filter((bit) => bit === 1).length, 0);
}

function shapeFromFiles({ paths }: KnownRun, ticket: string): readonly [number, number] | undefined {
  if (existsSync(ticket)) {
    const { channels, classes } = readTicketHeader(readBytes(ticket), ticket).data;
    return [channels, classes.length];
  }
  const kept = [paths.tensors, paths.last].find((path) => existsSync(path));
  if (kept === undefined) return undefined;
  // The first layer takes the image's channels, the last gives one logit a class.
  const weights = [...decodeSafetensors(readBytes(kept), kept).tensors].filter(([name]) =>
    name.endsWith('.weight'),
  );
  const [first, last] = [weights[0]?.[1].shape[1], weights.at(-1)?.[1].shape[0]];
  return first === undefined || last === undefined ? undefined : [first, last];
}

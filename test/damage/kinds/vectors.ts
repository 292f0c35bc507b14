import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../src/core/errors.js';
import { stream } from '../../../src/core/rng.js';
import { decodeSafetensors, encodeSafetensors } from '../../../src/core/safetensors.js';
import { describeNetwork } from '../../../src/train/networks/index.js';
import { stateTensors } from '../../../src/train/networks/tensors.js';
import { agrees } from '../../../src/train/vectors/kind.js';
import { parseRecording } from '../../../src/train/vectors/recording.js';
import { replayFile } from '../../../src/train/vectors/replay.js';
import { safetensorsHeader } from '../damager.js';
import { plain, referenceTensors } from '../reference.js';
import { type Kind, kind } from './kind.js';

export function vectorKinds(folder: string): Kind[] {
  const { tensors } = decodeSafetensors(
    readFileSync(new URL('../../fixtures/augment-cifar10.safetensors', import.meta.url)),
    'fixture',
  );
  const three = [...tensors].map(([name, { shape, data }]) => {
    const size = (3 * data.length) / shape[0]!;
    return [name, { shape: [3, ...shape.slice(1)], data: data.slice(0, size) }] as const;
  });
  const readRecording = (path: string) => {
    const { file, losses, labels, ...rest } = parseRecording(
      decodeSafetensors(readFileSync(path), path),
      path,
    );
    const { momentum, weightDecay, learningRate, sparsity, mode } = rest;
    return { tensors: plain(file.tensors), losses, mode, momentum, weightDecay, learningRate, sparsity };
  };
  const metadataOf = (bytes: Uint8Array) => JSON.parse(safetensorsHeader.text(bytes)).__metadata__;
  return [
    kind('vectors, augmentation', join(folder, 'augment.safetensors'), encodeSafetensors(three), {
      json: safetensorsHeader,
      async read(path) {
        const report = await replayFile(path);
        // Exit code 1: told, not silent.
        if (!agrees(report)) throw new InputError(path, 'deviates', 'look at the numbers');
        return report.deviations.map((d) => d.quantity);
      },
      command: ['vectors', join(folder, 'augment.safetensors')],
    }),
    kind('vectors, training', join(folder, 'recording.safetensors'), recording(), {
      json: safetensorsHeader,
      read: readRecording,
      now(bytes) {
        const { losses, mode, momentum, weight_decay, learning_rate, sparsity } = metadataOf(bytes);
        return {
          tensors: referenceTensors(bytes),
          losses: JSON.parse(losses),
          mode,
          momentum: Number(momentum),
          weightDecay: Number(weight_decay),
          learningRate: Number(learning_rate),
          sparsity: mode === 'score' ? Number(sparsity) : 0,
        };
      },
    }),
  ];
}

/** A recording of one step of a tiny network; nobody recorded it, but it is read as one. */
function recording(): Uint8Array {
  const network = describeNetwork({ network: 'conv2', width: 0.05, imageSize: 8, classes: 3 });
  const { uniform } = stream(1, 'recording');
  const filled = (shape: readonly number[]) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, uniform),
  });
  const state = stateTensors(network, 'score').filter((t) => t.role === 'weight' || t.role === 'score');
  const tensors = [
    ['x', filled([1, 2, 3, 8, 8])],
    ['y', { shape: [1, 2], data: BigInt64Array.of(0n, 2n) }],
    ...state.map(({ name, shape }) => [`init.${name}`, filled(shape)] as const),
    ['final.fc3.score', filled(state.find((t) => t.name === 'fc3.score')!.shape)],
  ] as const;
  return encodeSafetensors(tensors, {
    network: 'conv2',
    width: '0.05',
    classes: '3',
    mode: 'score',
    sparsity: '0.5',
    learning_rate: '0.1',
    momentum: '0.9',
    weight_decay: '1e-4',
    losses: '[1.25]',
  });
}

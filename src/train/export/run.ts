import { writeAtomic } from '../../core/files.js';
import { encodeSafetensors, type Tensor } from '../../core/safetensors.js';
import { weightLayers } from '../networks/description.js';
import type { Rule } from '../prune/rules/rule.js';
import type { Checkpoint } from '../run/checkpoint.js';
import type { KnownRun } from '../run/open.js';
import { type Which, withRun } from '../run/score.js';
import type { Machine, Setup } from '../run/setup.js';
import { specNetworkName } from '../spec/spec.js';
import { isSameWeight } from '../ticket/binary.js';
import { type TicketSizes, ticketSizes } from '../ticket/index.js';
import { readTicket, rebuild, ticketOfRun, writeTicket } from '../ticket/run.js';
import { inferenceTensors } from './inference.js';
import { inferenceModel } from './onnx.js';
import { targetFile } from './target.js';

/** Files to write; each is left out if it has no path. */
export interface ExportFiles {
  readonly ticket?: string;
  readonly safetensors?: string;
  readonly onnx?: string;
  /** As a target of the theory: the matrices alone. */
  readonly target?: string;
}

/** Writes a run's network at a checkpoint to files; returns the ticket's sizes if there is one. */
export function exportRun(
  run: KnownRun,
  which: Which,
  files: ExportFiles,
  machine: Machine = {},
): Promise<TicketSizes | undefined> {
  return withRun(run, which, machine, async (setup, checkpoint) => {
    const { engine, dataset } = setup;
    const inference = await inferenceTensors(engine);
    const { transform } = dataset;
    const { mean, std } = transform;
    const about = {
      network: specNetworkName(run.spec),
      run: run.paths.name,
      classes: JSON.stringify(dataset.classes),
      'input mean': JSON.stringify(mean),
      'input std': JSON.stringify(std),
    };
    // All is made before any is written, so that a ticket that cannot be made leaves no other file behind.
    const made: [path: string, bytes: Uint8Array][] = [];
    if (files.safetensors !== undefined) made.push([files.safetensors, encodeSafetensors(inference, about)]);
    if (files.onnx !== undefined) made.push([files.onnx, inferenceModel(engine.network, inference, about)]);
    if (files.target !== undefined)
      made.push([files.target, targetFile(engine.network, transform, inference, about)]);
    const ticket =
      files.ticket === undefined
        ? undefined
        : await checkedTicket(run, setup, checkpoint, inference, files.ticket, machine.rule);
    if (ticket) made.push([files.ticket!, ticket.bytes]);
    for (const [path, bytes] of made) writeAtomic(path, bytes);
    return ticket?.sizes;
  });
}

/** The run's ticket, after the weights it gives back have been found equal (bit for bit where seeds give them); the engine then holds those. */
async function checkedTicket(
  { spec, seed }: KnownRun,
  { engine, dataset }: Setup,
  checkpoint: Checkpoint,
  inference: ReadonlyMap<string, Tensor>,
  path: string,
  own: Rule | undefined,
): Promise<{ bytes: Uint8Array; sizes: TicketSizes }> {
  const ticket = await ticketOfRun(
    { seed, spec, steps: checkpoint.standing.step },
    engine,
    checkpoint,
    dataset,
  );
  const bytes = writeTicket(ticket, own);
  const read = readTicket(bytes, path, own);
  await rebuild(read.ticket, read.header, engine);
  const rebuilt = await inferenceTensors(engine);
  for (const { name } of weightLayers(engine.network)) {
    const [a, b] = [inference, rebuilt].map((t) => t.get(`${name}.weight`)!.data as Float32Array);
    if (
      !isSameWeight(
        a!,
        b!,
        ticket.layers.some(({ signs }) => signs !== undefined),
      )
    )
      throw new Error(`${name}: the ticket does not give the run's weights back`);
  }
  return { bytes, sizes: ticketSizes(ticket, bytes.length) };
}

import { writeAtomic } from '../../core/files.js';
import { encodeSafetensors } from '../../core/safetensors.js';
import { fileError } from '../../runs/failure.js';
import { weightLayers } from '../networks/description.js';
import type { KnownRun } from '../run/open.js';
import { type Which, withRun } from '../run/score.js';
import type { Machine } from '../run/setup.js';
import { type TicketSizes, ticketSizes } from '../ticket/index.js';
import { readTicket, rebuild, ticketOfRun, writeTicket } from '../ticket/run.js';
import { inferenceTensors } from './inference.js';
import { inferenceModel } from './onnx.js';

/** Files to write; each is left out if it has no path. */
export interface ExportFiles {
  readonly ticket?: string;
  readonly safetensors?: string;
  readonly onnx?: string;
}

/** Writes a run's network at a checkpoint to files; returns the ticket's sizes if there is one. */
export function exportRun(
  run: KnownRun,
  which: Which,
  files: ExportFiles,
  machine: Machine = {},
): Promise<TicketSizes | undefined> {
  return withRun(run, which, machine, async ({ engine, dataset }, checkpoint) => {
    const { spec, seed } = run;
    const inference = inferenceTensors(engine);
    const { mean, std } = dataset.transform;
    const about = {
      network: spec.network,
      run: run.paths.name,
      classes: JSON.stringify(dataset.classes),
      'input mean': JSON.stringify(mean),
      'input std': JSON.stringify(std),
    };
    if (files.safetensors !== undefined) write(files.safetensors, encodeSafetensors(inference, about));
    if (files.onnx !== undefined) write(files.onnx, inferenceModel(engine.network, inference, about));
    if (files.ticket === undefined) return undefined;
    const ticket = ticketOfRun({ seed, spec, steps: checkpoint.standing.step }, engine, checkpoint, dataset);
    const bytes = writeTicket(ticket);
    const read = readTicket(bytes, files.ticket);
    rebuild(read.ticket, read.header, engine);
    const rebuilt = inferenceTensors(engine);
    for (const { name } of weightLayers(engine.network)) {
      const [a, b] = [inference, rebuilt].map((t) => Buffer.from(t.get(`${name}.weight`)!.data.buffer));
      if (!a!.equals(b!)) throw new Error(`${name}: the ticket does not give the run's weights back`);
    }
    write(files.ticket, bytes);
    return ticketSizes(ticket, bytes.length);
  });
}

function write(path: string, bytes: Uint8Array): void {
  try {
    writeAtomic(path, bytes);
  } catch (error) {
    throw fileError(path, error);
  }
}

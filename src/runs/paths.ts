import { join } from 'node:path';

/** Where a run keeps what it writes: `<root>/<label>-<spec id>/seed-<seed>/`. The seed sits outside the id: replicates share a folder. */
export interface RunPaths {
  /** `<label>-<spec id>/seed-<seed>`: how the command line names the run. */
  readonly name: string;
  readonly folder: string;
  /** The spec with all defaults, the seed, the schema's version. */
  readonly spec: string;
  /** Its state (planned, running, stopped, finished, failed). */
  readonly state: string;
  /** There while a process works on the run. */
  readonly lock: string;
  /** Loss of every step, JSON lines. */
  readonly steps: string;
  /** Train and validation metrics of every epoch, JSON lines. */
  readonly epochs: string;
  /** Wall times, JSON lines; apart, so that the other files are the same bytes in every run of the spec. */
  readonly times: string;
  /** The newest checkpoint, and after the last epoch the final state. */
  readonly last: string;
  /** The checkpoint of the best validation accuracy. */
  readonly best: string;
  /** The state before a step whose loss was not finite. */
  readonly failed: string;
  /** Parts of a run of the theory that are done, JSON lines, until it has its result. */
  readonly parts: string;
  /** The finished run's result. */
  readonly result: string;
  /** The network of a run that was taken in without its checkpoints: its ticket, or the tensors of one trained by SGD. */
  readonly ticket: string;
  readonly tensors: string;
  /** Where a run that was taken in was made. */
  readonly provenance: string;
}

/** The folder of a spec's runs. */
export const specFolder = (label: string, id: string): string => `${label}-${id}`;

/** The folder of one seed. */
export const seedFolder = (seed: number): string => `seed-${seed}`;

/** Every path of the run in a folder. */
export function runPaths(root: string, name: string): RunPaths {
  const folder = join(root, name);
  const at = (file: string) => join(folder, file);
  return {
    name,
    folder,
    spec: at('spec.json'),
    state: at('state.json'),
    lock: at('lock.json'),
    steps: at('steps.jsonl'),
    epochs: at('epochs.jsonl'),
    times: at('times.jsonl'),
    last: at('last.safetensors'),
    best: at('best.safetensors'),
    failed: at('failed.safetensors'),
    parts: at('parts.jsonl'),
    result: at('result.json'),
    ticket: at('final.ticket'),
    tensors: at('final.safetensors'),
    provenance: at('provenance.json'),
  };
}

import { lockKind, memoryKind, specKind } from './alone.js';
import { cifarKinds } from './images.js';
import type { Kind } from './kind.js';
import { runKinds } from './runs.js';
import { sweepKinds } from './sweep.js';
import { theoryKinds } from './theory.js';
import { ticketKinds } from './ticket.js';
import { vectorKinds } from './vectors.js';

/** One valid small file of each kind, in a fresh folder. */
export async function makeKinds(folder: string): Promise<readonly Kind[]> {
  return [
    ...(await theoryKinds(folder)),
    ...vectorKinds(folder),
    ...ticketKinds(folder),
    ...(await cifarKinds(folder)),
    ...(await runKinds(folder)),
    await memoryKind(folder),
    ...(await sweepKinds(folder)),
    specKind(folder),
    await lockKind(folder),
  ];
}

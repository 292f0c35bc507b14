import { openEngine } from '../../../src/train/engines/open.js';
import { requireBackend } from '../../../src/train/engines/tfjs/backends.js';
import { openDevice } from '../../../src/train/engines/tfjs/device.js';
import { holdLaws } from '../law-harness.js';
import { type LawsFound, toldLaw } from '../laws.js';
import type { Where } from '../paths.js';

/** Holds an engine to the laws of every engine, on small networks, and tells each as it was held. @param of only the laws whose names hold this text */
export async function laws({ on, only }: { readonly on: Where; readonly only?: string }): Promise<LawsFound> {
  // Held to the end: an engine that is the only one begins and ends its device.
  const device = on.engine === 'tfjs' ? await openDevice(requireBackend(on.backend!)) : undefined;
  try {
    return await holdLaws(
      async () => {
        const { engineLaws } = await import('../../../test/train/engines/laws/index.js');
        engineLaws(
          'laws',
          (network, options) => openEngine({ ...options, ...on }, network, options.threads),
          'light',
        );
      },
      only,
      (found) => process.stdout.write(`${toldLaw(found)}\n`),
    );
  } finally {
    await device?.release();
  }
}

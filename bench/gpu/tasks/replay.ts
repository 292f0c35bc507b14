import { requireProvider } from '../../../src/train/engines/onnx/available.js';
import { requireBackend } from '../../../src/train/engines/tfjs/backends.js';
import { agrees } from '../../../src/train/vectors/kind.js';
import { replayFile } from '../../../src/train/vectors/replay.js';
import type { Where } from '../paths.js';

/** Replays a file of reference vectors. */
export async function replay({ on, file }: { readonly on: Where; readonly file: string }) {
  const where =
    on.engine === 'tfjs'
      ? { backend: requireBackend(on.backend!) }
      : {
          provider: requireProvider(on.provider!),
          ...(on.together === undefined ? {} : { together: on.together }),
        };
  const report = await replayFile(file, where);
  const worst = report.deviations.reduce((a, b) =>
    b.deviation / b.tolerance > a.deviation / a.tolerance || Number.isNaN(b.deviation) ? b : a,
  );
  return {
    agrees: agrees(report),
    worst: `${worst.quantity} ${worst.deviation.toExponential(1)}, at most ${worst.tolerance.toExponential(0)}`,
  };
}

import type { Provider } from '../../../src/train/engines/onnx/providers.js';
import { agrees } from '../../../src/train/vectors/kind.js';
import { replayFile } from '../../../src/train/vectors/replay.js';

/** Replays a file of reference vectors. */
export async function replay({ provider, file }: { readonly provider: Provider; readonly file: string }) {
  const report = await replayFile(file, { provider });
  const worst = report.deviations.reduce((a, b) =>
    b.deviation / b.tolerance > a.deviation / a.tolerance || Number.isNaN(b.deviation) ? b : a,
  );
  return {
    agrees: agrees(report),
    worst: `${worst.quantity} ${worst.deviation.toExponential(1)}, at most ${worst.tolerance.toExponential(0)}`,
  };
}

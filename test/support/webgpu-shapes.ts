// Prints, as JSON, how far 270 shapes of convolutions on WebGPU lie from the CPU's; a process of its own, since a live GPU device may
// take the process that ends early down with it.
import { type ConvShape, convDeviations } from '../../src/train/engines/onnx/self-check.js';

const shapes: ConvShape[] = [];
for (const [kernel, stride] of [
  [3, 1],
  [3, 2],
  [1, 2],
] as const)
  for (const inputs of [3, 4, 5, 6, 8, 9, 12, 15, 16, 18, 24, 30, 33, 48, 51])
    for (const outputs of [4, 6, 8, 10, 12, 16]) shapes.push({ inputs, outputs, size: 8, kernel, stride });
process.stdout.write(JSON.stringify(await convDeviations('webgpu', shapes)));

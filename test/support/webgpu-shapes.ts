// Prints, as JSON, how far 270 shapes of convolutions on WebGPU lie from the CPU's; a process of its own, since a live GPU device may
// take the process that ends early down with it.
import { convDeviations } from '../../src/train/engines/onnx/self-check.js';
import { CONV_SHAPES } from './conv-shapes.js';

const shapes = CONV_SHAPES.map((shape) => ({ ...shape, size: 8 }));
process.stdout.write(JSON.stringify(await convDeviations('webgpu', shapes)));

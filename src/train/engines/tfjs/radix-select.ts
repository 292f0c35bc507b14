import type { Tensor, Tf } from './tensor.js';
import type { Select } from './thresholds.js';

/** What is used of tfjs's WebGPU backend and of WebGPU. */
interface WebgpuBackend {
  readonly device: GpuDevice;
  readonly tensorMap: { get(dataId: object): { resource?: GpuBuffer } | undefined };
  /** The commands gathered so far, if there are any. */
  readonly commandEncoder?: object | null;
  uploadToGPU(dataId: object): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}
type GpuBuffer = { destroy(): void };
type Opaque = object;
interface GpuPass {
  setPipeline(pipeline: Opaque): void;
  setBindGroup(index: number, group: Opaque): void;
  dispatchWorkgroups(count: number): void;
  end(): void;
}
interface GpuDevice {
  readonly queue: {
    writeBuffer(to: GpuBuffer, offset: number, data: Uint32Array): void;
    submit(commands: readonly Opaque[]): void;
  };
  createBuffer(descriptor: { size: number; usage: number }): GpuBuffer;
  createBindGroupLayout(descriptor: object): Opaque;
  createPipelineLayout(descriptor: object): Opaque;
  createShaderModule(descriptor: { code: string }): Opaque;
  createComputePipeline(descriptor: object): Opaque;
  createBindGroup(descriptor: object): Opaque;
  createCommandEncoder(): { beginComputePass(): GpuPass; finish(): Opaque };
}

// Flags of the WebGPU standard.
const COPY_SRC = 4;
const COPY_DST = 8;
const STORAGE = 128;
const COMPUTE_STAGE = 4;

const THREADS = 256;
const MOST_GROUPS = 1024;
/** Bits looked at in a round. */
const DIGIT = 8;

/**
 * The k-th smallest by a radix select: a float's bits, made to order as unsigned integers do, digit by digit from the highest; each round
 * counts the values that share the digits found so far by their next one. It stays on the device.
 */
export function selectByRadix(tf: Tf): Select {
  const backend = tf.backend() as WebgpuBackend;
  const { device } = backend;
  const { layout, rounds } = pipelines(device);
  return (values, k) => {
    backend.uploadToGPU(values.dataId);
    const source = backend.tensorMap.get(values.dataId)!.resource!;
    // tfjs gathers its commands: what computes the values must come before.
    if (backend.commandEncoder) {
      backend.endComputePassEncoder();
      backend.submitQueue();
    }
    const buffer = (words: number) =>
      device.createBuffer({ size: 4 * words, usage: STORAGE | COPY_SRC | COPY_DST });
    const [counts, standing, found] = [buffer(2 ** DIGIT), buffer(4), buffer(1)];
    device.queue.writeBuffer(standing, 0, Uint32Array.of(0, k, values.size, 0));
    const group = device.createBindGroup({
      layout,
      entries: [source, counts, standing, found].map((b, binding) => ({ binding, resource: { buffer: b } })),
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { count, find } of rounds) {
      pass.setPipeline(count);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(Math.min(MOST_GROUPS, Math.ceil(values.size / THREADS)));
      pass.setPipeline(find);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(1);
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
    // What has been submitted keeps them until it is done.
    counts.destroy();
    standing.destroy();
    return fromBuffer(tf, found);
  };
}

/** A tensor of one value on a buffer, which it then owns. */
function fromBuffer(tf: Tf, buffer: GpuBuffer): Tensor {
  const make = tf.tensor as unknown as (data: object, shape: readonly number[], type: 'float32') => Tensor;
  return make({ buffer, zeroCopy: true }, [], 'float32');
}

function pipelines(device: GpuDevice) {
  const types = ['read-only-storage', 'storage', 'storage', 'storage'];
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({ binding, visibility: COMPUTE_STAGE, buffer: { type } })),
  });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const rounds = Array.from({ length: 32 / DIGIT }, (_, round) => {
    const module = device.createShaderModule({ code: shader(round) });
    const pipeline = (entryPoint: string) =>
      device.createComputePipeline({ layout: pipelineLayout, compute: { module, entryPoint } });
    return { count: pipeline('count'), find: pipeline('find') };
  });
  return { layout, rounds };
}

/** Round 0 looks at the highest digit. */
function shader(round: number): string {
  const below = 32 - DIGIT * (round + 1);
  const shares = round === 0 ? 'true' : `(k >> ${below + DIGIT}u) == standing[0]`;
  const last = below === 0;
  return `
@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>, ${2 ** DIGIT}>;
// The digits found so far, the rank among the values that share them, how many values there are.
@group(0) @binding(2) var<storage, read_write> standing: array<u32, 4>;
@group(0) @binding(3) var<storage, read_write> found: array<u32>;
var<workgroup> own: array<atomic<u32>, ${2 ** DIGIT}>;

fn key(bits: u32) -> u32 { return bits ^ select(0x80000000u, 0xffffffffu, (bits >> 31u) == 1u); }

@compute @workgroup_size(${THREADS})
fn count(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32, @builtin(num_workgroups) groups: vec3u) {
  atomicStore(&own[local], 0u);
  workgroupBarrier();
  for (var i = id.x; i < standing[2]; i += groups.x * ${THREADS}u) {
    let k = key(values[i]);
    if (${shares}) { atomicAdd(&own[(k >> ${below}u) & ${2 ** DIGIT - 1}u], 1u); }
  }
  workgroupBarrier();
  let n = atomicLoad(&own[local]);
  if (n > 0u) { atomicAdd(&counts[local], n); }
}

@compute @workgroup_size(1)
fn find() {
  var rank = standing[1];
  var digit = 0u;
  loop {
    let n = atomicLoad(&counts[digit]);
    if (rank <= n || digit == ${2 ** DIGIT - 1}u) { break; }
    rank -= n;
    digit++;
  }
  standing[1] = rank;
  standing[0] = (standing[0] << ${DIGIT}u) | digit;
  for (var i = 0u; i < ${2 ** DIGIT}u; i++) { atomicStore(&counts[i], 0u); }
  ${last ? 'found[0] = standing[0] ^ select(0xffffffffu, 0x80000000u, (standing[0] >> 31u) == 1u);' : ''}
}`;
}

import { copyModel } from './encode.js';
import type { InferenceSession, Tensor } from './library.js';
import type { Provider } from './providers.js';
import { createSession } from './session.js';

/** Copies tensors between the host and a device that sessions keep state on. */
export class Copies {
  private constructor(
    readonly toDevice: InferenceSession,
    readonly toHost: InferenceSession,
  ) {}

  static async open(provider: Provider): Promise<Copies> {
    const model = copyModel();
    const toDevice = await createSession(model, provider, 1, { resident: { y: 'gpu-buffer' } });
    return new Copies(toDevice, await createSession(model, provider, 1));
  }

  /** A new tensor on the device with the values of one on the host. */
  async upload(tensor: Tensor): Promise<Tensor> {
    return (await this.toDevice.run({ x: tensor })).y!;
  }

  /** The values of a tensor on the device. Its own getData would end the process (onnxruntime-node 1.30). */
  async download(tensor: Tensor): Promise<Float32Array> {
    return (await this.toHost.run({ x: tensor })).y!.data as Float32Array;
  }

  async release(): Promise<void> {
    await Promise.all([this.toDevice.release(), this.toHost.release()]);
  }
}

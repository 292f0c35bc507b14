import { InputError } from '../../core/errors.js';

/** Lets one call of an engine run at a time. */
export class Exclusive {
  /** The call under way. */
  #running: string | undefined;

  /** Runs a call that no other may overlap. @throws InputError while another runs, which goes on as if alone */
  async run<T>(call: string, work: () => T | Promise<T>): Promise<T> {
    this.requireIdle(call);
    this.#running = call;
    try {
      return await work();
    } finally {
      this.#running = undefined;
    }
  }

  /** @throws InputError while a call runs */
  requireIdle(call: string): void {
    if (this.#running !== undefined)
      throw new InputError(
        `engine.${call}`,
        `engine.${this.#running} has not ended, and an engine's calls must not overlap`,
        `await ${this.#running} first`,
      );
  }
}

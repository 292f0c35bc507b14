import { InputError } from './errors.js';

/** One call of a worker's default export, as a message to a thread. */
export interface ThreadTask {
  /** URL of its module. */
  readonly file: string;
  readonly input: unknown;
}

/** What came of it. An error loses its class between threads, so that a bad input travels as its three parts. */
export type ThreadResult =
  | { readonly out: unknown }
  | { readonly what: string; readonly rule: string; readonly fix: string };

/** Carries out one task in a thread. */
export default async function runTask({ file, input }: ThreadTask): Promise<ThreadResult> {
  try {
    const { default: run } = (await import(file)) as { default: (input: unknown) => unknown };
    return { out: await run(input) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { what, rule, fix } = error;
    return { what, rule, fix };
  }
}

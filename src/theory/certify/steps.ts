/**
 * Long work is written as generators that yield between pieces: a caller runs them to the end, or lets time, signals and progress get
 * their turn in between.
 */
/** Runs a generator to its end. */
export function finished<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Asked between pieces of work; false: give up what is optional. */
export type KeepGoing = () => boolean;
